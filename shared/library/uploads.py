"""Uploads under way: whose each is, and what it will be. Their bytes are `multipart`'s.

Access patterns, all in the Library table:
    an upload by id              UPLOAD#<upload id>  / UPLOAD
    who is uploading this id     FILE#<id>           / RESERVED     (the latest upload of its owner; nobody else's)
    what has run out             see `due`
The upload id is S3's own: unguessable, and the one thing `part`, `complete` and a cancellation ask for.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from shared import clock
from shared.errors import Conflict, NotFound
from shared.library import due, files, links
from shared.library.categories import Category
from shared.library.files import NewFile
from shared.table import Check, ConditionFailed, Item, Key, Put, Update, Write
from shared.tables import LIBRARY

UploadState = Literal["open", "done", "aborted"]

UPLOAD_SECONDS = 24 * 3600  # an upload nobody completed
KEEP_SECONDS = 86400  # how long its row is remembered after that
NOT_FOUND = "Upload not found"


class Upload(Struct, frozen=True, kw_only=True):
    """`size` and `part_size` in bytes; `ends` in Unix seconds; `filename` is empty until somebody gives one."""

    upload_id: str
    file_id: str
    category: Category
    account_id: str
    size: int
    mime_type: str
    filename: str
    sha256: str
    part_size: int
    ends: int
    state: UploadState = "open"

    def to_item(self) -> Item:
        pk, sk = key(self.upload_id)
        return {"pk": pk, "sk": sk, **msgspec.structs.asdict(self), "expires": self.ends + KEEP_SECONDS}


def key(upload_id: str) -> Key:
    return f"UPLOAD#{upload_id}", "UPLOAD"


def reserved_key(file_id: str) -> Key:
    return f"FILE#{file_id}", "RESERVED"


def superseded() -> Conflict:
    return Conflict("Upload superseded", explanation="a later upload has this fileId")


# ---- reading


def any_state(upload_id: str) -> Upload | None:
    row = LIBRARY.get(*key(upload_id))
    return msgspec.convert(row, Upload) if row else None


def find(upload_id: str) -> Upload:
    """The upload; raises NotFound (`Upload not found`) also when it was cancelled or has run out."""
    upload = any_state(upload_id)
    over = upload is None or upload.state == "aborted" or (upload.state == "open" and upload.ends <= clock.now())
    if upload is None or over:
        raise NotFound(NOT_FOUND)
    return upload


# ---- changing


def record(new: NewFile, upload_id: str, part_size: int) -> Upload:
    """Reserve the file's id for an upload. Raises Conflict when another account has it, or it is a file's."""
    ends = int(clock.now()) + UPLOAD_SECONDS
    upload = Upload(
        upload_id=upload_id,
        file_id=new.file_id,
        category=new.category,
        account_id=new.account_id,
        size=new.size,
        mime_type=new.mime_type,
        filename=new.filename,
        sha256=new.sha256,
        part_size=part_size,
        ends=ends,
    )
    pk, sk = reserved_key(new.file_id)
    reserved = {"pk": pk, "sk": sk, "account_id": new.account_id, "upload_id": upload_id, "ends": ends}
    LIBRARY.transact(
        Put(upload.to_item()),
        Put(
            {**reserved, "expires": ends + KEEP_SECONDS},
            "attribute_not_exists(pk) OR #account_id = :me OR #ends < :now",
            {"me": new.account_id, "now": int(clock.now())},
            refusal=files.taken(),
        ),
        due.at(ends, "upload", upload_id),
        Check(files.key(new.file_id), "attribute_not_exists(pk)", refusal=files.taken()),
    )
    return upload


def name(upload: Upload, filename: str) -> None:
    """Note the name that came with a part, unless the upload has one."""
    named = Update(
        key(upload.upload_id), set={"filename": filename}, condition="#filename = :none", values={"none": ""}
    )
    try:
        LIBRARY.write(named)
    except ConditionFailed:
        return


def finish(upload: Upload, new: NewFile, *also: Write) -> None:
    """Record the file and close the upload in one transaction; content when that has happened already.

    Raises Conflict when a later upload of the same owner took the file's id over.
    """
    closing: list[Write] = [
        Update(key(upload.upload_id), set={"state": "done"}, condition="#state = :open", values={"open": "open"}),
        Update(
            reserved_key(new.file_id),
            set={"ends": 0},
            condition="#upload_id = :mine",
            values={"mine": upload.upload_id},
        ),
    ]
    try:
        links.create(new.file(), new.account_id, *closing, *also)
    except (ConditionFailed, Conflict):
        now = any_state(upload.upload_id)
        if now is None or now.state != "done":
            raise superseded() from None


def give_up(upload: Upload) -> bool:
    """Close an upload that will not be completed; False when it has been after all. Safe to repeat."""
    giving_up = Update(
        key(upload.upload_id), set={"state": "aborted"}, condition="#state <> :done", values={"done": "done"}
    )
    try:
        LIBRARY.write(giving_up)
    except ConditionFailed:
        return False
    return True


def release(upload: Upload) -> None:
    """Free the file's id, unless a later upload has it."""
    freeing = Update(
        reserved_key(upload.file_id), set={"ends": 0}, condition="#upload_id = :mine", values={"mine": upload.upload_id}
    )
    try:
        LIBRARY.write(freeing)
    except ConditionFailed:
        return


def holds(upload: Upload) -> bool:
    """Whether the file's id is still this upload's."""
    reserved = LIBRARY.get(*reserved_key(upload.file_id))
    return reserved is not None and reserved["upload_id"] == upload.upload_id
