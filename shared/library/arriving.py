"""How files come into the library: an upload begins, is completed or given up; or a small one arrives whole.

Each verb carries all that belongs to its moment. All may be repeated.
"""

import hashlib
import time
import uuid
from collections.abc import Mapping
from typing import Any

from shared import clock, edge, storage
from shared.errors import Conflict, TooLarge
from shared.library import caching, due, files, ids, keys, library, links, multipart, streams, uploads
from shared.library.categories import category_of
from shared.library.files import File, NewFile
from shared.library.uploads import Upload
from shared.table import Put

SMALL = 10 << 20  # bytes; a file of this size or more comes in parts
CLEARING = (0.25, 0.5, 1.0, 1.5)  # seconds between looks whether a deleted file's id is free again


def begin(new: NewFile) -> Upload | File:
    """Start an upload in parts; or the file that makes it unnecessary.

    Raises Invalid for an id no file can have, Conflict when it is another file's or somebody else's.
    """
    ids.new(new.file_id)
    if known := _already_here(new):
        return known
    upload_id = multipart.begin(new)
    try:
        return uploads.record(new, upload_id, multipart.part_size(new.size))
    except Conflict:
        multipart.discard(new.category, new.file_id, upload_id)
        raise


def complete(upload: Upload, claimed: set[int], said: Mapping[str, Any]) -> None:
    """Put the parts together and record the file. `said` are the fields of NewFile that were told on completion.

    Raises Invalid when parts are missing, Conflict when a later upload has the file's id.
    """
    if upload.state == "open":
        if not uploads.holds(upload):
            raise uploads.superseded()
        multipart.assemble(upload, claimed)
        new = NewFile(
            upload.file_id,
            upload.category,
            said.get("filename") or upload.filename or upload.file_id,
            upload.size,
            upload.mime_type,
            upload.account_id,
            upload.sha256,
            said.get("file_created_at"),
            said.get("described") or {},
        )
        uploads.finish(upload, new, _stream_due(upload.file_id))
        library.fetch_picture(new.file())
    _arrived(upload.file_id, upload.category, upload.account_id)


def cancel(upload: Upload) -> None:
    """Give up an upload: its parts go, its id is free. Raises Conflict when it is complete."""
    if not uploads.give_up(upload):
        raise Conflict("Upload complete", explanation="the upload has become a file; delete that")
    parts = multipart.discard(upload.category, upload.file_id, upload.upload_id)
    if not parts and uploads.holds(upload) and files.any_state(upload.file_id) is None:
        storage.delete([keys.original(upload.category, upload.file_id)])  # made, and never recorded
    uploads.release(upload)


def receive(
    account_id: str, filename: str, kind: str, body: bytes, created: int | None, described: Mapping[str, Any]
) -> tuple[File, bool]:
    """File a small body that arrived whole; the file, and whether these bytes were here already.

    Raises TooLarge for 10 MiB or more.
    """
    if len(body) >= SMALL:
        raise TooLarge("File too large", explanation="under 10 MiB; use /api/upload/init for more")
    sha256 = hashlib.sha256(body).hexdigest()
    if (known := files.id_of_hash(sha256)) and (found := files.find(known)):
        library.take(account_id, known, filename)
        return found, True
    new = NewFile(
        str(uuid.uuid4()), category_of(kind), filename, len(body), kind, account_id, sha256, created, described
    )
    multipart.store(new, body)
    return arrive(new), False


def adopt(new: NewFile, key: str) -> str:
    """File what lies elsewhere in our bucket (5 GiB at most), with the hash that we have made of it; its id, which is
    another file's where these bytes are here already. May be repeated."""
    if (known := files.id_of_hash(new.sha256)) and files.find(known):
        library.take(new.account_id, known, new.filename)
        return known
    multipart.copy(new, key)
    try:
        arrive(new)
    except Conflict:  # by an attempt before this one
        if not links.has(new.account_id, new.file_id):
            raise
        _arrived(new.file_id, new.category, new.account_id)
    return new.file_id


def arrive(new: NewFile) -> File:
    """The bytes are at their place (`keys.original`): record the file with its first owner. Raises Conflict."""
    file = new.file()
    links.create(file, new.account_id, _stream_due(new.file_id))
    library.fetch_picture(file)
    _arrived(new.file_id, new.category, new.account_id)
    return file


def _already_here(new: NewFile) -> File | None:
    """The file that makes an upload unnecessary. Raises Conflict when the id is another file's, or not the caller's."""
    same = files.id_of_hash(new.sha256) if new.sha256 else None
    if same and (found := files.find(same)):
        return found
    found = _cleared(new.file_id)
    if found is None:
        return None
    other_bytes = found.size != new.size or (new.sha256 and found.sha256 not in ("", new.sha256.lower()))
    if other_bytes or found.category != new.category or not links.has(new.account_id, new.file_id):
        raise files.taken()
    return found


def _cleared(file_id: str) -> File | None:
    """The file of this id. One that was just deleted is given a moment to be collected."""
    for pause in CLEARING:
        file = files.any_state(file_id)
        if file is None or file.owners > 0:
            return file
        time.sleep(pause)
    return None  # the reservation will say that the id is not free yet


def _stream_due(file_id: str) -> Put:
    return due.at(clock.now() + streams.LATE, "stream", file_id)


def _arrived(file_id: str, category: str, account_id: str) -> None:
    """Have the worker look at it, and the edge forget what it knew. The job is claimed by file id."""
    streams.ask(file_id)
    edge.invalidate(caching.listing_path(account_id), *caching.description_paths(category, file_id))
