"""Downloads that nobody is at: what got lost is asked for again, what failed for good is put down, what is old goes."""

from contextlib import suppress

from shared import clock, jobs, storage
from shared.downloads import downloads, due, work
from shared.downloads.download import Download, Whole, key, prefix, unit, whole
from shared.downloads.failure import GIVEN_UP
from shared.errors import NotFound
from shared.tables import TRAFFIC

SELDOM = 6 * 3600  # seconds between two looks at most; each look waits twice as long as the last
GIVE_UP = 86400.0  # seconds after which nobody works at it any more


def look_after(download_id: str) -> None:
    """For the sweep: what got lost is asked for again, and files whose time is over go."""
    found = whole(download_id)
    if found is None:  # nobody knows it any more
        storage.delete_below(prefix(download_id))
        return
    download, now = found.download, clock.now()
    if not download.is_over:
        _revive(found)
        TRAFFIC.write(due.at(now + min(SELDOM, max(downloads.LOST, now - download.created)), download_id))
    elif not download.has_files:
        storage.delete_below(prefix(download_id))
        pk = key(download_id)[0]
        TRAFFIC.delete_many([(pk, row["sk"]) for row in list(TRAFFIC.every(pk, "FILE#"))])


def _revive(found: Whole) -> None:
    """Its lost messages are sent again; after a day it is given up."""
    download = found.download
    waiting = [one for one in found.entries if one.state == "queued"]
    if clock.now() - download.created > GIVE_UP:
        for entry in waiting:
            downloads.entry_failed(download, entry, GIVEN_UP)
    else:
        work.remind(download, waiting)
    downloads.finish(download.id)


def buried(download_id: str, number: int) -> Download | None:
    """A message for this entry is among the dead letters: unless a worker holds its job, it has failed."""
    found = unit(download_id, number)
    if found is None:
        return None
    with suppress(NotFound):
        if jobs.abandon(work.job_id(download_id, number), GIVEN_UP.code, GIVEN_UP.detail).state == "running":
            return None
    return downloads.entry_failed(*found, GIVEN_UP)
