"""A job: something that a worker does for somebody, and how far it is. A row of the Traffic table for two weeks.

Access patterns:
    a job      JOB#<id> / JOB      consistent, by an id that cannot be guessed or that its system chose

There is no list of an owner's jobs: what a person wants listed is a download, a render, an export, whose own row names
its job and outlives it.
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from msgspec import Struct

from shared import clock, ids
from shared.errors import NotFound
from shared.jobs.message import send
from shared.table import ConditionFailed, Item, Put, Update
from shared.tables import TRAFFIC

State = Literal["queued", "running", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
KEEP = 15 * 86400  # seconds a job is remembered, longer than SQS keeps a message (14 days in the template)
LATE = 300  # seconds after which a job that was queued should have begun, if its message got through


class Job(Struct, frozen=True):
    id: str
    kind: str  # "download", "render", …
    owner: str  # an account's id; "" for nobody's
    state: State
    percent: float  # 0 to 100
    stage: str  # in the worker's words
    result: Any  # small, as JSON; None until it is done
    code: str  # what went wrong, for programs; "" unless it failed
    error: str  # the same for people
    created: float  # seconds since the epoch
    updated: float
    attempt: int  # workers that have begun it

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed", "cancelled")


def key(job_id: str) -> tuple[str, str]:
    return f"JOB#{job_id}", "JOB"


def from_item(item: Item) -> Job:
    return Job(
        id=item["pk"].partition("#")[2],
        kind=item.get("kind", ""),
        owner=item.get("owner", ""),
        state=item["state"],
        percent=float(item["percent"]),
        stage=item["stage"],
        result=item.get("result"),
        code=item.get("code", ""),
        error=item.get("error", ""),
        created=item["created"] if "created" in item else item["updated"],
        updated=item["updated"],
        attempt=item["attempt"],
    )


def queue(
    queue_url: str, kind: str, body: Mapping[str, Any], *, owner: str = "", job_id: str = "", delay: int = 0
) -> Job:
    """Have a worker do something: the message is `body` and the job's id under `job`. Answers the job.

    The row comes first: a message that is lost after it is sent again by `remind`, or by whoever asks for the same
    `job_id` later. Asking for what is queued, running or over changes nothing; `forget` it first to have it done anew.
    """
    job_id = job_id or ids.sortable()
    now = clock.now()
    pk, sk = key(job_id)
    item: Item = {"pk": pk, "sk": sk, "kind": kind, "owner": owner, "state": "queued", "percent": 0, "stage": ""}
    item |= {"attempt": 0, "created": now, "updated": now, "begins": now + delay + LATE, "expires": int(now) + KEEP}
    item |= {"queue": queue_url, "body": {**body, "job": job_id}}
    try:
        TRAFFIC.write(Put(item, "attribute_not_exists(pk) OR #expires < :now", {"now": now}))
    except ConditionFailed as error:
        return _remind(error.old) if error.old else from_item(item)
    send(queue_url, item["body"], delay)
    return from_item(item)


def find(job_id: str) -> Job | None:
    item = TRAFFIC.get(*key(job_id))
    return from_item(item) if item and item["expires"] >= clock.now() else None


def remind(job_id: str) -> Job:
    """The job, as `find` has it; if it should have begun by now, its message is sent again. Raises NotFound.

    For who waits for a job and looks again and again: costs one read unless there is a reminder to send.
    """
    item = TRAFFIC.get(*key(job_id))
    if item is None or item["expires"] < clock.now():
        raise NotFound("Job not found")
    return _remind(item)


def _remind(item: Item) -> Job:
    now = clock.now()
    if item["state"] == "queued" and item["begins"] < now:
        seen = {"queued": "queued", "seen": item["begins"]}
        later = {"begins": now + LATE}
        try:  # one reminder, however many look
            TRAFFIC.write(_change(item["pk"], later, "#state = :queued AND #begins = :seen", seen))
        except ConditionFailed:
            return from_item(item)
        send(item["queue"], item["body"])
    return from_item(item)


def cancel(job_id: str) -> Job:
    """Nobody wants it any more. Answers the job as it is now: what is over stays as it is. Raises NotFound.

    What is queued never begins; the worker of what is running learns of it at its next beat.
    """
    now = clock.now()
    live = "#state IN (:queued, :running) AND #expires >= :now"
    values = {"queued": "queued", "running": "running", "now": now}
    changes = {"state": "cancelled", "updated": now, "expires": int(now) + KEEP}
    return _end(job_id, changes, live, values)


def abandon(job_id: str, code: str, error: str) -> Job:
    """Mark as failed what no worker is at any more: its message has used up its deliveries. Raises NotFound.

    A worker that still holds its lease keeps the job, and one that is over stays as it is. Another message may begin
    it again.
    """
    now = clock.now()
    dead = "(#state = :queued OR (#state = :running AND #lease < :now)) AND #expires >= :now"
    values = {"queued": "queued", "running": "running", "now": now}
    changes = {"state": "failed", "code": code, "error": error, "again": True, "updated": now}
    return _end(job_id, changes | {"expires": int(now) + KEEP}, dead, values)


def _end(job_id: str, changes: Mapping[str, Any], condition: str, values: Mapping[str, Any]) -> Job:
    try:
        return from_item(TRAFFIC.write(_change(key(job_id)[0], changes, condition, values)))
    except ConditionFailed as error:
        if error.old is None or error.old["expires"] < clock.now():
            raise NotFound("Job not found") from None
        return from_item(error.old)


def _change(pk: str, changes: Mapping[str, Any], condition: str, values: Mapping[str, Any]) -> Update:
    return Update((pk, "JOB"), set=changes, condition=condition, values=values)


def forget(job_id: str) -> None:
    """Let it run again (somebody asked for it anew), or leave nothing of it. A worker that is at it stops."""
    from shared.jobs.gather import note_key

    TRAFFIC.delete_many([key(job_id), note_key(job_id)])
