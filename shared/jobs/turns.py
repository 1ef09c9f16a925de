"""At most so many jobs of one owner at once in one line of work; the others wait in turn and hold nobody else up.

Access patterns, all in the Traffic table under TURN#<line>#<owner>:
    who is at it       SLOT#<n>             {job}                 free when that job is not running, whoever left it so
    who waits          WAIT#<order>#<job>   {job, body}           the first in order is woken by whoever leaves

Nobody waits on a queue: what must wait leaves its message on a row, and is sent again when a place is free. A slot is
held by a job's own lease: a worker that died frees it without a word. That it did not wake the next is made good by
`wake`, which a sweep may call at any time.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct

from shared import clock
from shared.jobs.job import KEEP, key
from shared.jobs.message import send
from shared.table import ConditionFailed, Delete, Item, Put
from shared.tables import TRAFFIC

WAITING = "waiting"  # the stage of a job whose owner has as many running as may run
FEW = 10  # of those who wait, read at a time


class Turn(Struct, frozen=True):
    """`line` names the work ("transcode", "download"), `most` is how many of an `owner` run at once, `queue_url` is
    where the work is asked for, `order` sorts the waiting: when it was asked for, in a form that sorts as text."""

    line: str
    owner: str
    most: int
    queue_url: str
    order: str = ""

    @property
    def pk(self) -> str:
        return f"TURN#{self.line}#{self.owner}"


def take(turn: Turn, job_id: str) -> bool:
    """Take a place for a job that its worker has just claimed; False when all are taken by others."""
    return any(_hold(turn, f"SLOT#{number}", job_id) for number in range(turn.most))


def leave(turn: Turn, job_id: str) -> None:
    """The job is over, or goes on in another message: its place is the next one's."""
    for number in range(turn.most):
        with suppress(ConditionFailed):
            TRAFFIC.write(Delete((turn.pk, f"SLOT#{number}"), "#job = :mine", {"mine": job_id}))
    wake(turn)


def wait(turn: Turn, job_id: str, body: Mapping[str, Any]) -> None:
    """Stand in line; the job must be `queued` by now. If a place has become free meanwhile, it is woken at once."""
    row = {"pk": turn.pk, "sk": f"WAIT#{turn.order}#{job_id}", "job": job_id, "body": dict(body)}
    TRAFFIC.write(Put(row | {"expires": int(clock.now()) + KEEP}))
    wake(turn)


def wake(turn: Turn) -> None:
    """Send the message of the first who waits, if a place is free: one for whoever leaves, and each begins the chain
    anew. May be done twice."""
    if sum(_is_running(row["job"]) for row in TRAFFIC.every(turn.pk, "SLOT#")) >= turn.most:
        return
    for row in _waiting(turn):
        job = TRAFFIC.get(*key(row["job"]))
        wanted = job is not None and job["state"] == "queued"
        if wanted:
            send(turn.queue_url, row["body"])
        TRAFFIC.delete_many([(row["pk"], row["sk"])])
        if wanted:
            return


def _waiting(turn: Turn) -> Iterator[Item]:
    cursor: str | None = None
    while True:
        page = TRAFFIC.query(turn.pk, "WAIT#", limit=FEW, cursor=cursor)
        yield from page.items
        if (cursor := page.cursor) is None:
            return


def _hold(turn: Turn, slot: str, job_id: str) -> bool:
    row = {"pk": turn.pk, "sk": slot, "job": job_id, "expires": int(clock.now()) + KEEP}
    try:
        TRAFFIC.write(Put(row, "attribute_not_exists(pk) OR #job = :mine", {"mine": job_id}))
        return True
    except ConditionFailed as error:
        holder = error.old["job"] if error.old else ""
    if _is_running(holder):
        return False
    try:
        TRAFFIC.write(Put(row, "#job = :gone", {"gone": holder}))
    except ConditionFailed:
        return False
    return True


def _is_running(job_id: str) -> bool:
    job = TRAFFIC.get(*key(job_id))
    return job is not None and job["state"] == "running" and job.get("lease", 0) >= clock.now()
