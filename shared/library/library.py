"""What happens to files that are here: taken, let go, described, pictured, rated, collected.

Each verb carries all that belongs to its moment: the transaction, the ranks, the messages, what the edge must forget.
All may be repeated. How files come is `arriving`.
"""

from collections.abc import Mapping
from typing import Any

from shared import clock, edge, jobs, storage
from shared.library import caching, files, keys, links, ratings, top
from shared.library.files import File
from shared.library.ratings import Aggregate
from shared.settings import settings
from shared.tables import LIBRARY

# What a top list shows or sorts by.
RANKED = {"title", "thumbnail_url", "thumbnail_version", "year", "source_id", "source_api", "season", "episode"}


def take(account_id: str, file_id: str, filename: str = "") -> bool:
    """Give an account a file that is here; whether it had it already. Raises NotFound."""
    already = links.add(files.get(file_id), account_id, filename)
    edge.invalidate(caching.listing_path(account_id))
    return already


def let_go(account_id: str, file_id: str, category: str) -> None:
    """Take a file from an account. With its last owner the file goes: its bytes and its stream now, what is left soon.

    Raises NotFound when the account did not have it.
    """
    left = links.remove(account_id, file_id, category)
    if left == 0:
        storage.delete([keys.original(category, file_id), keys.stream_prefix(file_id) + "master.m3u8"])
        top.publish_now(file_id, category)
        jobs.send(settings.sweep_queue_url, {"kind": "file", "thing": file_id})
    edge.invalidate(
        caching.listing_path(account_id),
        caching.TOP10_PATH,
        *caching.description_paths(category, file_id),
        *caching.byte_paths(category, file_id),
    )


def describe(file: File, changes: Mapping[str, Any]) -> None:
    """Change what is said about a file; None clears a field. Raises NotFound when nobody has it any more."""
    if {"thumbnail_url", "thumbnail_r2_path"} & changes.keys():
        changes = {**changes, "thumbnail_version": clock.now_ms()}
    file = files.update(file.file_id, changes)
    fetch_picture(file)
    ranked = bool(RANKED & changes.keys())
    if ranked:
        top.publish_now(file.file_id, file.category)
    changed(file, *([caching.TOP10_PATH] if ranked else []))


def picture(file: File, body: bytes) -> str:
    """Make a JPEG the file's own thumbnail; its key."""
    key = keys.thumbnail(file.category, file.file_id)
    storage.put(key, body, "image/jpeg", caching.THUMBNAIL.control)
    describe(file, {"thumbnail_r2_path": key})
    return key


def fetch_picture(file: File) -> None:
    """Have the picture that `thumbnail_url` names fetched, once, by a worker: nobody's reading goes out to the web."""
    if file.thumbnail_url and file.thumbnail_url.startswith("http") and file.external_from != file.thumbnail_url:
        message = {"file_id": file.file_id, "url": file.thumbnail_url, "attempt": 1}
        jobs.send(settings.pictures_queue_url, message)


def rate(account_id: str, file: File, rating: int) -> Aggregate:
    """Set an account's rating of a file (1 to 5); the aggregate with it. Raises NotFound."""
    whole = ratings.rate(file.file_id, account_id, rating)
    top.publish_now(file.file_id, file.category)
    edge.invalidate(*caching.rating_paths(file.file_id))
    return whole


def changed(file: File, *also: str) -> None:
    """The file reads differently now: the edge forgets its answers, its owners' lists, and the paths in `also`."""
    lists = [caching.listing_path(owner) for owner in links.some_owners(file.file_id)]
    edge.invalidate(*caching.description_paths(file.category, file.file_id), *lists, *also)


def collect(file_id: str) -> None:
    """For the sweep: delete what is left of a closed file: objects, rank, ratings, and last its row."""
    file = files.any_state(file_id)
    if file is None or file.owners > 0:
        return
    top.publish(file_id, file.category, tries=10)
    storage.delete_below(keys.stream_prefix(file_id))
    # Not `thumbnail_r2_path` as such: a client may have pointed it at another file's picture.
    objects = (keys.original(file.category, file_id), keys.thumbnail(file.category, file_id))
    storage.delete([*objects, keys.poster(file_id), keys.external(file_id)])
    pk, sk = files.key(file_id)
    LIBRARY.delete_many([(pk, row["sk"]) for row in LIBRARY.every(pk) if row["sk"] != sk])
    for job_id in files.stream_jobs(file_id):
        jobs.forget(job_id)  # before the id is free, or it would be the next file's job
    files.forget(file_id)
    # Again, now that all is gone: a player in mid-film may have had the edge keep pieces since the delete.
    edge.invalidate(*caching.description_paths(file.category, file_id), *caching.byte_paths(file.category, file_id))
