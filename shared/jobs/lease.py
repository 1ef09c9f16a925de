"""A worker's hold on a job: a conditional row with a lease that must be renewed, or another worker takes over.

SQS delivers at least once, so every worker claims its job first. One that is killed stops renewing its lease, and its
message comes back when the lease has run out.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from shared import aws, clock
from shared.jobs.job import KEEP, key
from shared.table import ConditionFailed, Update
from shared.tables import TRAFFIC

LEASE = 60  # seconds without a sign of life after which a job may be taken over
HIDDEN = LEASE + 5  # seconds the message stays hidden: it must not come back before the lease has run out
BEAT = 5.0  # seconds between two signs of life
FREE = (
    "attribute_not_exists(pk) OR #expires < :now OR #state = :queued OR #again = :yes"
    " OR (#state = :running AND #lease < :now)"
)
RUNNING = {"running": "running"}
MINE = "#attempt = :mine AND #state = :running"


class Busy(Exception):
    """Another worker holds the job. `queue_url` is where to ask again, in case it dies."""

    def __init__(self, job_id: str, queue_url: str = "") -> None:
        super().__init__(job_id)
        self.queue_url = queue_url


class Cancelled(Exception):
    """Nobody wants the job done any more: stop, and leave nothing half made."""


@dataclass(slots=True)
class Lease:
    """A claimed job. `beat` now and then, or it is taken over; `finish` or `fail` at the end."""

    id: str
    attempt: int = 1
    queue_url: str = ""
    receipt: str = ""
    percent: float = 0.0
    stage: str = ""
    _beaten: float = field(default_factory=time.monotonic)
    _lost: Exception | None = None

    def tell(self, percent: float, stage: str = "") -> None:
        """Say how far we are (0 to 100): written with the next beat. Raises what a beat has learned."""
        self.percent, self.stage = percent, stage
        if self._lost:
            raise self._lost

    def beat(self, percent: float | None = None, stage: str = "", *, force: bool = False) -> None:
        """Say that we live, and how far we are. Writes at most every BEAT seconds unless forced.

        Raises Cancelled when nobody wants the job done any more, and Busy when somebody else has taken it over.
        """
        self.tell(*(self.percent, self.stage) if percent is None else (percent, stage))
        if not force and time.monotonic() - self._beaten < BEAT:
            return
        self._beaten = time.monotonic()
        lease = int(clock.now()) + LEASE
        try:
            self._note(percent=round(self.percent, 1), stage=self.stage, lease=lease)
        except ConditionFailed as error:
            taken = error.old is not None and error.old["state"] != "cancelled"
            self._lost = Busy(self.id, self.queue_url) if taken else Cancelled(self.id)
            raise self._lost from None
        if self.receipt:  # hidden as long as we hold the lease, not much longer: so a killed worker is followed soon
            aws.client("sqs").change_message_visibility(
                QueueUrl=self.queue_url, ReceiptHandle=self.receipt, VisibilityTimeout=HIDDEN
            )

    def finish(self, result: Any = None) -> None:
        """Done. `result` is small and goes into JSON."""
        self._end(state="done", percent=100, result=result)

    def fail(self, code: str, error: str, *, again: bool = False) -> None:
        """It cannot be done: `code` for programs, `error` for people. `again`: another message may try once more."""
        self._end(state="failed", code=code, error=error, **({"again": True} if again else {}))

    def give_up(self) -> None:
        """Let the next delivery have it at once."""
        with suppress(ConditionFailed):
            self._note(lease=0)

    def rest(self, stage: str) -> None:
        """Not yet: the job is queued again as if nobody had begun it, until its next message."""
        mine = {"mine": self.attempt} | RUNNING
        changes = {"state": "queued", "stage": stage, "lease": 0, "updated": clock.now()}
        with suppress(ConditionFailed):
            TRAFFIC.write(Update(key(self.id), changes, {"attempt": -1}, condition=MINE, values=mine))

    def _end(self, **changes: Any) -> None:
        with suppress(ConditionFailed):
            self._note(**changes, expires=int(clock.now()) + KEEP)

    def _note(self, **changes: Any) -> None:
        """Write on the job's row, if it is still this attempt's: one that was thought dead must not spoil the next."""
        changes["updated"] = clock.now()
        TRAFFIC.write(Update(key(self.id), set=changes, condition=MINE, values={"mine": self.attempt} | RUNNING))


def claim(job_id: str, queue_url: str = "", receipt: str = "", kind: str = "") -> Lease | None:
    """Take a job, of which there need be no row yet. None when it is over; raises Busy while another worker holds it.

    `queue_url` and `receipt` are the message's: it stays hidden as long as we give signs of life.
    """
    now = clock.now()
    row = {"state": "running", "percent": 0, "stage": "", "lease": int(now) + LEASE, "updated": now}
    row |= {"expires": int(now) + KEEP} | ({"kind": kind} if kind else {})
    values = RUNNING | {"now": int(now), "queued": "queued", "yes": True}
    stale = ("again", "code", "error", "result")
    try:
        held = TRAFFIC.write(
            Update(key(job_id), set=row, add={"attempt": 1}, remove=stale, condition=FREE, values=values)
        )
    except ConditionFailed as error:
        if error.old and error.old["state"] != "running":
            return None
        raise Busy(job_id, queue_url) from None
    lease = Lease(job_id, int(held["attempt"]), queue_url, receipt)
    if receipt:
        lease.beat(force=True)
    return lease
