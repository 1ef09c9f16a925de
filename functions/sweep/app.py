"""Worker: lets go of what nobody needs. Uploads that were abandoned, files that nobody has, streams that got lost;
downloads whose hour is over, or whose messages got lost.

By message (a file whose last owner has just left) and every five minutes (all that is due, in case a message was lost).
Everything here may run twice, and may stop half-way.
"""

from contextlib import suppress
from typing import Any

from shared import log
from shared.downloads import due as downloads_due
from shared.downloads import upkeep
from shared.entry.queue import Message, queue
from shared.entry.schedule import schedule
from shared.errors import Conflict
from shared.library import arriving, due, library, streams, uploads


def sweep() -> dict[str, Any]:
    """All that is due."""
    done = 0
    for one in due.now():
        try:
            look_after(one.kind, one.thing)
        except Exception as error:  # one thing that fails must not keep the others waiting; it stays due
            log.failure("sweep failed", error, kind=one.kind, thing=one.thing)
            continue
        one.done()
        done += 1
    return {"done": done + sweep_downloads()}


def sweep_downloads() -> int:
    done = 0
    for place, download_id in downloads_due.now():
        try:
            upkeep.look_after(download_id)
        except Exception as error:  # as above
            log.failure("sweep failed", error, kind="download", thing=download_id)
            continue
        downloads_due.done(place)
        done += 1
    return done


def look_after(kind: str, thing: str) -> None:
    if kind == "file":
        library.collect(thing)
    elif kind == "upload":
        abandon(thing)
    elif kind == "stream":
        streams.look_after(thing)


def abandon(upload_id: str) -> None:
    """Give up an upload that was never completed."""
    upload = uploads.any_state(upload_id)
    if upload is not None:
        with suppress(Conflict):  # it was completed after all
            arriving.cancel(upload)


def by_message(message: Message) -> None:
    """`{"kind", "thing"}`."""
    look_after(str(message.body["kind"]), str(message.body["thing"]))


handler = queue(by_message) | schedule(sweep)
