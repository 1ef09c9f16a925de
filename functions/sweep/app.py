"""Worker: lets go of what nobody needs. Uploads that were abandoned, files that nobody has, streams that got lost.

By message (a file whose last owner has just left, after a grace) and every five minutes (all that is due, in case a
message was lost). Everything here may run twice, and may stop half-way.
"""

from contextlib import suppress
from typing import Any

from shared import edge, jobs, log, storage
from shared.entry.queue import Message, queue
from shared.entry.schedule import schedule
from shared.errors import NotFound
from shared.library import due, files, ratings, top, uploads
from shared.settings import settings
from shared.table import ConditionFailed
from shared.tables import LIBRARY


def sweep() -> dict[str, Any]:
    """All that is due."""
    done = 0
    for kind, thing, pk, sk in due.now():
        try:
            settle(kind, thing)
        except Exception as error:  # one thing that fails must not keep the others waiting; it stays due
            log.failure("sweep failed", error, kind=kind, thing=thing)
            continue
        due.settle(pk, sk)
        done += 1
    return {"settled": done}


def settle(kind: str, thing: str) -> None:
    if kind == "file":
        collect(thing)
    elif kind == "upload":
        abandon(thing)
    elif kind == "stream":
        remake(thing)


def abandon(upload_id: str) -> None:
    """Give up an upload that was never completed."""
    row = LIBRARY.get(f"UPLOAD#{upload_id}", "UPLOAD")
    if row is not None:
        with suppress(ConditionFailed):  # it was completed after all
            uploads.abort(row)


def collect(file_id: str) -> None:
    """Delete a file that nobody has: its bytes, stream, pictures and ratings, and last its row."""
    meta = files.mark_collected(file_id)
    if meta is None:
        return
    for account_id in ratings.raters_of(file_id):
        top.publish(account_id, file_id)
    storage.delete_below(storage.stream_prefix(file_id))
    # Not `thumbnail_r2_path` as such: a client may have pointed it at another file's picture.
    own = (storage.original_key, storage.thumbnail_key, storage.poster_key, storage.external_key)
    storage.delete([key(meta["category"], file_id) for key in own])
    pk, sk = files.key(file_id)
    LIBRARY.delete_many([(pk, row["sk"]) for row in LIBRARY.every(pk) if row["sk"] != sk])
    LIBRARY.delete_many([(pk, sk)])
    jobs.forget(f"transcode-{file_id}")
    # Again, now that the bytes are gone: a player in mid-film may have had the edge keep them since the delete.
    edge.invalidate(*edge.of_file(meta["category"], file_id), *edge.of_bytes(meta["category"], file_id))


def remake(file_id: str) -> None:
    """Ask again for a stream that should have been made by now."""
    with suppress(NotFound):
        if files.get(file_id)["stream_state"] == "pending":
            jobs.send(settings.transcode_queue_url, {"file_id": file_id})


def settle_message(message: Message) -> None:
    settle(str(message.body["kind"]), str(message.body["thing"]))


handler = queue(settle_message) | schedule(sweep)
