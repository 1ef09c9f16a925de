"""What happens to a download. Each verb carries all that belongs to its moment; all may be repeated.

Who may see a download is `seen`. How it is told to those who listen is `ending` and `progress`: whoever calls
a verb here calls them.
"""

import itertools
import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct

from shared import clock, storage
from shared.downloads import due, places, work
from shared.downloads.download import (
    FILES_LAST,
    KNOWN,
    KNOWN_OWNED,
    LIVE,
    Download,
    Entry,
    Kind,
    Piece,
    State,
    Wanted,
    Whole,
    entry_key,
    find,
    from_item,
    hash_of,
    key,
    piece_key,
    prefix,
    request_key,
    row_of,
    whole,
)
from shared.downloads.failure import GIVEN_UP, Failure
from shared.errors import NotFound
from shared.jobs import Cancelled
from shared.table import ABSENT, PRESENT, ConditionFailed, Put, Update, Write, retry_contended
from shared.tables import TRAFFIC

ACTIVE = "#state IN (:queued, :downloading, :processing, :converting)"
STATES: dict[str, Any] = {state: state for state in LIVE}
LOST = 15 * 60  # seconds after which it is looked whether a message got lost
STOPPED = 90  # seconds in which every worker of a cancelled download has stopped
AT_MOST_TOLD = 100  # characters of an entry's error in a report (redstream: POST /api/download/playlist)


class New(Struct, frozen=True):
    """A request. Entries that nobody need try have failed already."""

    kind: Kind
    caller: str
    owner: str
    wanted: Wanted
    entries: Sequence[Entry]
    language: str = "en"
    source: str = ""


def history_key(account_id: str, download: Download) -> tuple[str, str]:
    return f"ACCOUNT#{account_id}", f"DOWNLOAD#{clock.iso(download.created)}#{download.id}"


# ---- reading


def seen(download: Download | None, account_id: str) -> Download:
    """The download, if this caller may see it ("" is nobody). Raises NotFound: an account's is its owner's alone."""
    if download is None or download.owner not in ("", account_id):
        raise NotFound("Téléchargement introuvable", explanation="Ce téléchargement n'existe pas ou a expiré.")
    return download


def seen_whole(download_id: str, account_id: str) -> Whole:
    """As `seen`, with entries and files."""
    found = whole(download_id)
    seen(found.download if found else None, account_id)
    assert found is not None  # noqa: S101  `seen` has raised
    return found


# ---- started


def start(new: New) -> Download:
    """The download of a request: a new one, or the one of the same request that is not over yet. Raises TooManyRequests
    while the caller has as many as one may have.
    """
    return retry_contended(lambda: _start(new))


def _start(new: New) -> Download:
    request = hash_of(new.kind, new.wanted, [one.url for one in new.entries], new.source)
    place = request_key(new.caller, request)
    earlier = TRAFFIC.get(*place)
    same = find(earlier["download"]) if earlier else None
    if same is not None and not same.is_over:
        return same
    now = clock.now()
    download = Download(
        id=str(uuid.uuid4()),
        kind=new.kind,
        created=now,
        updated=now,
        expires=int(now) + (KNOWN_OWNED if new.owner else KNOWN),
        caller=new.caller,
        request=request,
        url=new.entries[0].url,
        total=len(new.entries),
        owner=new.owner,
        wanted=new.wanted,
        language=new.language,
        source=new.source,
        failed=sum(one.state == "failed" for one in new.entries),
        place=places.free_one(new.caller),
    )
    rows = [row_of(one, entry_key(download.id, one.number), download.expires) for one in new.entries]
    if len(rows) > 1:
        TRAFFIC.put_many(rows)
    mark = {"pk": place[0], "sk": place[1], "download": download.id, "expires": int(now) + 2 * KNOWN}
    writes: list[Write] = [
        Put(row_of(download, key(download.id), download.expires)),
        Put(mark, "#download = :earlier", {"earlier": earlier["download"]}) if earlier else Put(mark, ABSENT),
        due.at(now + LOST, download.id),
        places.take(download),
        *([Put(rows[0])] if len(rows) == 1 else []),
    ]
    if new.owner:
        pk, sk = history_key(new.owner, download)
        writes.append(Put({"pk": pk, "sk": sk, "thing": download.id, "expires": download.expires}))
    TRAFFIC.transact(*writes)
    work.ask(download, [one for one in new.entries if one.state == "queued"])
    return download


# ---- going on


def note(download_id: str, state: State, percent: float, told: dict[str, str]) -> Download:
    """Put down how far it is. Raises Cancelled when nobody wants it any more, or it is over."""
    changes = {"state": state, "percent": round(percent, 1), "told": told, "updated": clock.now()}
    try:
        return from_item(TRAFFIC.write(Update(key(download_id), changes, condition=ACTIVE, values=STATES)))
    except ConditionFailed:
        raise Cancelled(download_id) from None


def add_piece(download: Download, piece: Piece) -> Piece:
    """Record a file under a name that no other entry of the download has: the given one, or with a number."""
    stem, dot, extension = piece.name.rpartition(".")
    stem, ending = (stem, dot + extension) if stem else (piece.name, "")
    mine = "attribute_not_exists(pk) OR #key = :mine"
    for number in itertools.count(1):
        name = piece.name if number == 1 else f"{stem} ({number}){ending}"
        named = msgspec.structs.replace(piece, name=name)
        row = row_of(named, piece_key(download.id, name), download.expires)
        with suppress(ConditionFailed):
            if name not in work.RESERVED:
                TRAFFIC.write(Put(row, mine, {"mine": piece.key}))
                return named
    raise AssertionError


def add_archive(download: Download, piece: Piece) -> None:
    """Record what holds all its files, under a name that none of them has."""
    TRAFFIC.write(Put(row_of(piece, piece_key(download.id, piece.name), download.expires)))


def another_round(download: Download, entry: Entry) -> None:
    """It goes on in another invocation."""
    TRAFFIC.write(Update(entry_key(download.id, entry.number), add={"rounds": 1}, condition=PRESENT))


# ---- an entry is over; each answers the download if it is over with it


def entry_done(download: Download, entry: Entry, title: str) -> Download | None:
    """Its files are recorded."""
    return _entry_over(download, entry, {"state": "done", "title": title[:300]}, None)


def entry_failed(download: Download, entry: Entry, failure: Failure) -> Download | None:
    return _entry_over(download, entry, {"state": "failed", **msgspec.structs.asdict(failure)}, failure)


def _entry_over(download: Download, entry: Entry, changes: dict[str, Any], failure: Failure | None) -> Download | None:
    place = entry_key(download.id, entry.number)
    pending = Update(place, changes, condition="#state = :queued", values={"queued": "queued"})
    counted = {"succeeded": 1} if failure is None else {"failed": 1}
    only = download.total == 1
    try:
        if only:
            TRAFFIC.transact(pending, *_over(download, failure, counted, changes.get("title", "")))
        else:
            count = Update(key(download.id), {"updated": clock.now()}, add=counted, condition=ACTIVE, values=STATES)
            TRAFFIC.transact(pending, count)
    except ConditionFailed:
        only = False  # it was over before, or nobody wants it any more
    return find(download.id) if only else finish(download.id)


def finish(download_id: str) -> Download | None:
    """If all its entries are over, so is the download from now on."""
    download = find(download_id)
    if download is None or download.is_over or download.succeeded + download.failed < download.total:
        return None
    failure = None if download.succeeded else _first_failure(download_id)
    try:
        TRAFFIC.transact(*_over(download, failure, {}, ""))
    except ConditionFailed:
        return None  # by another one, at the same time
    return find(download_id)


def _first_failure(download_id: str) -> Failure:
    for row in TRAFFIC.every(key(download_id)[0], "ENTRY#"):
        if row["state"] == "failed":
            return Failure(row["error"], row["detail"], row["code"], row["status"])
    return GIVEN_UP


def _over(download: Download, failure: Failure | None, counted: dict[str, int], title: str) -> list[Write]:
    now = clock.now()
    changes: dict[str, Any] = {"state": "failed" if failure else "completed", "ended": now, "updated": now}
    changes |= {"until": now + FILES_LAST} | ({"title": title} if title else {}) | ({} if failure else {"percent": 100})
    changes |= msgspec.structs.asdict(failure) if failure else {}
    return [
        Update(key(download.id), changes, add=counted, condition=ACTIVE, values=STATES),
        due.at(now + FILES_LAST, download.id),
        *places.leave(download),
    ]


# ---- not wanted any more


def cancel(download: Download) -> Download:
    """Its workers stop within a second or two, and what they have made goes. What is over stays as it is."""
    now = clock.now()
    changes = {"state": "cancelled", "ended": now, "updated": now, "until": now + FILES_LAST}
    with suppress(ConditionFailed):
        TRAFFIC.transact(
            Update(key(download.id), changes, condition=ACTIVE, values=STATES),
            due.at(now + STOPPED, download.id),
            *places.leave(download),
        )
    return find(download.id) or download


def forget(download: Download) -> None:
    """Leave nothing of it: files, entries, its place in a history. A worker that is at it finds nothing, and stops."""
    cancel(download)
    storage.delete_below(prefix(download.id))
    if download.owner:
        TRAFFIC.delete_many([history_key(download.owner, download)])
    pk = key(download.id)[0]
    TRAFFIC.delete_many([(pk, row["sk"]) for row in list(TRAFFIC.every(pk))])
