"""Work that takes time: one SQS message to one worker, claimed so that a second delivery does nothing twice.

SQS delivers at least once, so every worker claims its job first: a conditional row in the Traffic table with a lease. A
worker that is killed stops renewing its lease; the next delivery takes over. Progress is written on the same row.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from shared import aws, clock
from shared.table import ConditionFailed, Item, Put, Update
from shared.tables import TRAFFIC

LEASE = 60  # seconds without a sign of life after which a job may be taken over
HIDDEN = LEASE + 5  # seconds the message stays hidden: it must not come back before the lease has run out
BEAT = 20  # seconds between two signs of life
KEEP = 7 * 86400  # seconds a finished job is remembered, longer than SQS keeps a message (4 days)


class Busy(Exception):
    """Another worker holds the job. `queue_url` is where to ask again, in case it dies."""

    def __init__(self, job_id: str, queue_url: str = "") -> None:
        super().__init__(job_id)
        self.queue_url = queue_url


def send(queue_url: str, body: dict[str, Any], delay: int = 0) -> None:
    """Put one message on a queue; `delay` in seconds (at most 900)."""
    text = msgspec.json.encode(body).decode()
    aws.client("sqs").send_message(QueueUrl=queue_url, MessageBody=text, DelaySeconds=delay)


@dataclass(slots=True)
class Job:
    """A claimed job. `beat` now and then, or the lease runs out; `finish` when done."""

    id: str
    attempt: int = 1
    queue_url: str = ""
    receipt: str = ""
    _beaten: float = field(default_factory=time.monotonic)

    def beat(self, percent: float, stage: str = "", force: bool = False) -> None:
        """Say that we live, and how far we are (0 to 100). Writes at most every BEAT seconds unless forced.

        Raises Busy when somebody else has taken the job over, or nobody wants it done any more.
        """
        if not force and time.monotonic() - self._beaten < BEAT:
            return
        self._beaten = time.monotonic()
        lease = int(clock.now()) + LEASE
        if not self._note(percent=round(percent, 1), stage=stage, lease=lease):
            raise Busy(self.id, self.queue_url)
        if (
            self.receipt
        ):  # hidden as long as we hold the lease, and not much longer: that is how a killed worker is followed
            aws.client("sqs").change_message_visibility(
                QueueUrl=self.queue_url, ReceiptHandle=self.receipt, VisibilityTimeout=HIDDEN
            )

    def finish(self) -> None:
        self._note(state="done", percent=100, expires=int(clock.now()) + KEEP)

    def give_up(self) -> None:
        """Let the next delivery have it at once."""
        self._note(lease=0)

    def _note(self, **changes: Any) -> bool:
        """Write on the job's row, if it is still this attempt's: one that was thought dead must not spoil the next."""
        mine = {"mine": self.attempt}
        try:
            TRAFFIC.write(Update(_key(self.id), set=changes, condition="#attempt = :mine", values=mine))
        except ConditionFailed:
            return False
        return True


def claim(job_id: str, queue_url: str = "", receipt: str = "") -> Job | None:
    """Take a job. None when it is done already; raises Busy while another worker holds it."""
    pk, sk = _key(job_id)
    now = int(clock.now())
    row = {"state": "running", "percent": 0, "stage": "", "lease": now + LEASE, "expires": now + KEEP}
    try:
        held = TRAFFIC.write(
            Update(
                (pk, sk),
                set=row,
                add={"attempt": 1},
                condition="attribute_not_exists(pk) OR (#state = :running AND #lease < :now)",
                values={"running": "running", "now": now},
            )
        )
    except ConditionFailed as error:
        if error.old and error.old["state"] == "done":
            return None
        raise Busy(job_id, queue_url) from None
    job = Job(job_id, int(held["attempt"]), queue_url, receipt)
    job.beat(0, force=bool(receipt))
    return job


def progress(job_id: str) -> Item | None:
    """The job's row: state, percent, stage, attempt."""
    return TRAFFIC.get(*_key(job_id))


def forget(job_id: str) -> None:
    """Let the job run again (somebody asked for it anew)."""
    TRAFFIC.delete_many([_key(job_id)])


def send_once(queue_url: str, job_id: str, body: dict[str, Any], delay: int) -> None:
    """Send, unless the same was sent and has not begun: one run will do for all who asked meanwhile.

    The worker calls `forget(job_id)` before it looks at anything.
    """
    pk, sk = _key(job_id)
    now = int(clock.now())
    row = {"pk": pk, "sk": sk, "lease": now + delay + LEASE, "expires": now + KEEP}
    with suppress(ConditionFailed):
        TRAFFIC.write(Put(row, "attribute_not_exists(pk) OR #lease < :now", {"now": now}))
        send(queue_url, body, delay)


def _key(job_id: str) -> tuple[str, str]:
    return f"JOB#{job_id}", "JOB"
