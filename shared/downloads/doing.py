"""The manners of a worker that does an entry: cancelling, trying again, going on later, and what is said when it fails.

    do(message, line, queue_url, work)     `work(doing)` answers the entry's title, its files recorded

What is the source's own doing is put down on the entry; what may pass is tried again after a pause, our own shortage of
disk and memory among it; at a message's last delivery, whatever goes wrong is put down. `do` answers what was put down,
for the worker's line in the log: a fault of ours counts there. Short of time, `work` keeps what it has and raises
OutOfTime: another message goes on with it.
"""

import errno
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct

from shared import clock, jobs, storage
from shared.downloads import downloads, ending, failure, outgoing, work
from shared.downloads.download import Download, Entry, Piece, Role, prefix, unit
from shared.downloads.failure import TOO_LONG, Failure
from shared.downloads.progress import Watch
from shared.errors import ServiceError, Unavailable
from shared.jobs import Busy, Cancelled, Lease, Message, turns
from shared.jobs.running import OutOfTime, run
from shared.jobs.scratch import working_folder
from shared.sources.errors import Short, SourceError

ROUNDS = 8  # invocations that one entry may take: two hours
SHORTAGES = (errno.ENOSPC, errno.EDQUOT, errno.ENOMEM)
PAUSES = (5, 20)  # seconds before another try, where one can help


class Doing(Struct, frozen=True):
    """An entry that is being done. `deadline` is on the monotonic clock; `folder` is its own."""

    download: Download
    entry: Entry
    folder: Path
    watch: Watch
    deadline: float

    @property
    def prefix(self) -> str:
        return prefix(self.download.id, self.entry.number)

    def store(self, path: Path, role: Role, order: int) -> tuple[Piece, str]:
        """A file into the bucket, under a name that is free; the file, and the SHA-256 of its bytes."""
        piece = Piece(
            name=path.name,
            key=f"{self.prefix}{order}",
            size=path.stat().st_size,
            role=role,
            entry=self.entry.number,
            order=order,
        )
        piece = downloads.add_piece(self.download, piece)
        return piece, outgoing.send(path, piece.key, piece.name)


Work = Callable[[Doing], str]


def do(message: Message, line: work.Line, queue_url: str, work_at: Work) -> Failure | None:
    """`{"download", "entry", "caller"}`, unless it is over already: then it is the next one's turn."""
    found = unit(str(message.body["download"]), int(message.body["entry"]))
    if found is None:
        turns.wake(work.turn(line, str(message.body.get("caller", "")), queue_url))
        return None
    download, entry = found
    failures: list[Failure] = []
    attempt = partial(_attempt, message, queue_url, work_at, download, entry, failures)
    job_id = work.job_id(download.id, entry.number)
    turn = work.turn(line, download.caller, queue_url, clock.iso(download.created))
    run(message, queue_url, job_id, attempt, kind=download.kind, turn=turn)
    return failures[0] if failures else None


def _attempt(
    message: Message,
    queue_url: str,
    work_at: Work,
    download: Download,
    entry: Entry,
    failures: list[Failure],
    lease: Lease,
) -> None:
    def fail(told: Failure) -> None:
        failures.append(told)
        _fail(download, entry, told)

    try:
        with working_folder() as folder, Watch(download, lease) as watch:
            title = work_at(Doing(download, entry, folder, watch, message.deadline))
    except OutOfTime:
        if entry.rounds + 1 < ROUNDS:
            downloads.another_round(download, entry)
            raise
        fail(TOO_LONG)
    except Cancelled:
        storage.delete_below(prefix(download.id, entry.number))
        raise
    except Busy:
        raise
    except Exception as met:
        error = Short() if is_shortage(met) else met
        if isinstance(error, ServiceError) and not isinstance(error, Unavailable):
            if not _try_again(message, queue_url, lease, error):
                fail(failure.of(error))
            return
        if message.is_last:
            fail(failure.of(error))
        raise
    else:
        if over := downloads.entry_done(download, entry, title):
            ending.over(over)


def is_shortage(error: Exception) -> bool:
    """Whether this machine's disk or memory ran out, which may pass."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in SHORTAGES)


def _fail(download: Download, entry: Entry, told: Failure) -> None:
    storage.delete_below(prefix(download.id, entry.number))
    if over := downloads.entry_failed(download, entry, told):
        ending.over(over)


def _try_again(message: Message, queue_url: str, lease: Lease, error: ServiceError) -> bool:
    """Whether another message will: sent to come after a pause."""
    tries = int(message.body.get("tries", 0))
    if not isinstance(error, SourceError) or tries >= min(error.more_tries, len(PAUSES)):
        return False
    jobs.send(queue_url, {**message.body, "tries": tries + 1}, PAUSES[tries])
    lease.rest("trying again")
    return True
