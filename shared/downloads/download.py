"""A download: what is asked for, how far it is, its entries and its files.

Access patterns, all in the Traffic table:
    a download              DOWNLOAD#<id> / DOWNLOAD
    … with all that is its  DOWNLOAD#<id>             one query: the row, ENTRY#<nnnn>, FILE#<name>
    the same one, asked for again while it is unfinished     REQUEST#<caller>#<hash> / DOWNLOAD
An id that is nobody's is a UUIDv4: who has it may read it. Files are there for an hour after the end, and what is
known of a download for a day; of an account's for 90 days.
"""

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct

from shared import clock
from shared.table import Item, Key
from shared.tables import TRAFFIC

Kind = Literal["download", "playlist", "convert"]
State = Literal["queued", "downloading", "processing", "converting", "completed", "failed", "cancelled"]
Role = Literal["media", "thumbnail", "subtitle", "archive"]
Format = Literal["mp4", "webm", "mkv", "mp3", "aac", "flac"]
LIVE: tuple[State, ...] = ("queued", "downloading", "processing", "converting")
OVER: tuple[State, ...] = ("completed", "failed", "cancelled")

FILES_LAST = 3600  # seconds after the end (redstream: Nettoyage automatique)
KNOWN, KNOWN_OWNED = 86400, 90 * 86400  # seconds a download is known, nobody's and an account's
MOST_ENTRIES = 500
ARCHIVE = "archive.zip"


class Wanted(Struct, frozen=True, omit_defaults=True):
    """What is asked of each entry. Times in seconds."""

    format_id: str = ""
    extract_audio: bool = False
    include_thumbnail: bool = True
    include_subtitles: bool = False
    start: float | None = None
    end: float | None = None
    chapter: str | None = None
    output_format: str = ""
    save_to_library: bool = False
    notify: bool = False


class Entry(Struct, frozen=True, kw_only=True):
    """`url` is a link; of a conversion it is the name of a file, whose object is `key`."""

    number: int
    url: str
    key: str = ""
    state: Literal["queued", "done", "failed"] = "queued"
    rounds: int = 0  # invocations that it took, and did not end in
    title: str = ""
    error: str = ""
    detail: str = ""
    code: str = ""
    status: int = 0


class Piece(Struct, frozen=True, kw_only=True):
    """A file of a download: `name` is what people see, `key` where it is, `library` its id in the owner's library."""

    name: str
    key: str
    size: int
    role: Role
    entry: int = 0
    order: int = 0
    library: str = ""


class Download(Struct, frozen=True, kw_only=True):
    """`until` is when its files go, in seconds since the epoch; `told` what was last said of how far it is; the error
    is that of its first entry, when all have failed. `caller` is who asked, an account or an address, and `place` which
    of theirs it holds (`places`)."""

    id: str
    kind: Kind
    created: float
    updated: float
    expires: int
    caller: str
    request: str
    url: str
    total: int
    owner: str = ""
    wanted: Wanted = Wanted()
    language: str = "en"
    source: str = ""
    state: State = "queued"
    succeeded: int = 0
    failed: int = 0
    percent: float = 0
    told: dict[str, str] = {}
    title: str = ""
    error: str = ""
    detail: str = ""
    code: str = ""
    status: int = 0
    ended: float = 0
    until: float = 0
    place: int = 0

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def has_files(self) -> bool:
        """False once they have gone, or should have."""
        return self.state != "cancelled" and not (self.is_over and self.until <= clock.now())


class Whole(Struct, frozen=True):
    """A download with all that is its, in order; files of entries that are not done are not shown yet."""

    download: Download
    entries: list[Entry]
    pieces: list[Piece]

    def named(self, role: Role) -> list[str]:
        return [one.name for one in self.pieces if one.role == role] if self.download.has_files else []


# ---- keys


def key(download_id: str) -> Key:
    return f"DOWNLOAD#{download_id}", "DOWNLOAD"


def entry_key(download_id: str, number: int) -> Key:
    return f"DOWNLOAD#{download_id}", f"ENTRY#{number:04}"


def piece_key(download_id: str, name: str) -> Key:
    return f"DOWNLOAD#{download_id}", f"FILE#{name}"


def request_key(caller: str, request: str) -> Key:
    return f"REQUEST#{caller}#{request}", "DOWNLOAD"


def prefix(download_id: str, entry: int | None = None) -> str:
    """Where its objects are, or those of one entry. No id that a client chooses stands in it."""
    return f"downloads/{download_id}/" + ("" if entry is None else f"{entry}/")


def hash_of(kind: Kind, wanted: Wanted, names: list[str], source: str = "") -> str:
    """What is the same for two requests that are the same."""
    said = msgspec.json.encode([kind, wanted, names, source])
    return hashlib.sha256(said).hexdigest()


# ---- rows


def row_of(value: Struct, place: Key, expires: int) -> Item:
    pk, sk = place
    return {"pk": pk, "sk": sk, **msgspec.to_builtins(value), "expires": expires}


def from_item(item: Item) -> Download:
    return msgspec.convert(item, Download)


def find(download_id: str) -> Download | None:
    """The download, unless it is not known (any more): one read."""
    item = TRAFFIC.get(*key(download_id))
    return known(from_item(item)) if item else None


def known(download: Download) -> Download | None:
    """One that is nobody's is known as long as its files are there."""
    over = download.expires <= clock.now() or (
        not download.owner and download.is_over and download.until <= clock.now()
    )
    return None if over else download


def whole(download_id: str) -> Whole | None:
    """The download with its entries and files: one query for each megabyte of them."""
    download: Download | None = None
    entries, pieces = [], []
    for row in TRAFFIC.every(key(download_id)[0]):
        if row["sk"] == "DOWNLOAD":
            download = known(from_item(row))
        elif row["sk"].startswith("ENTRY#"):
            entries.append(msgspec.convert(row, Entry))
        else:
            pieces.append(msgspec.convert(row, Piece))
    if download is None:
        return None
    done = {one.number for one in entries if one.state == "done"}
    shown = [one for one in pieces if one.entry in done or one.role == "archive"]
    return Whole(download, entries, sorted(shown, key=lambda one: (one.entry, one.order)))


def unit(download_id: str, number: int) -> tuple[Download, Entry] | None:
    """An entry with its download, for its worker; None when either is over or gone."""
    rows = TRAFFIC.get_many([key(download_id), entry_key(download_id, number)])
    if len(rows) < 2:
        return None
    download = from_item(rows[key(download_id)])
    entry = msgspec.convert(rows[entry_key(download_id, number)], Entry)
    return None if download.is_over or entry.state != "queued" else (download, entry)


def piece(download_id: str, name: str) -> tuple[Download | None, Piece | None]:
    """A file by its name, with its download: one read of two rows."""
    places = key(download_id), piece_key(download_id, name)
    rows = TRAFFIC.get_many(places)
    download, found = rows.get(places[0]), rows.get(places[1])
    return known(from_item(download)) if download else None, msgspec.convert(found, Piece) if found else None
