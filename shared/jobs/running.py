"""A worker's manners around its work: claim, signs of life, deadline, cancelling, and what is said when it fails."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared import log
from shared.faults import as_ours
from shared.jobs import lease as leases
from shared.jobs import turns
from shared.jobs.lease import Busy, Cancelled, Lease, claim
from shared.jobs.message import Message, send
from shared.jobs.turns import WAITING, Turn

Work = Callable[[Lease], Any]


class OutOfTime(Exception):
    """This invocation is about to end. What is made so far is kept, and another one can go on from there."""


def run(message: Message, queue_url: str, job_id: str, work: Work, *, kind: str = "", turn: Turn | None = None) -> None:
    """Do the job that a message of `queue_url` asks for, unless it is over already, or must wait for its `turn`.

    `work(lease)` answers the job's result, a small value. It calls `lease.tell(percent, stage)` as it goes, which
    raises Cancelled or Busy when it is to stop, and raises OutOfTime near `message.deadline`: then another message goes
    on with it. Anything else it raises is tried again with the message's next delivery; at the last one the job is
    marked as failed, before the message goes to the dead-letter queue. What is nobody's fault but the input's is the
    work's own to put down (`lease.fail`), and no reason to raise.
    """
    lease = claim(job_id, queue_url, message.receipt, kind)
    if turn and (lease is None or not turns.take(turn, job_id)):
        if lease is not None:
            lease.rest(WAITING)
            turns.wait(turn, job_id, message.body)
        else:
            turns.wake(turn)  # the place that this message was sent for is another's
        return
    if lease is None:
        return
    try:
        _do(message, queue_url, lease, work)
    finally:
        if turn:
            turns.leave(turn, job_id)


def _do(message: Message, queue_url: str, lease: Lease, work: Work) -> None:
    try:
        with beating(lease):
            result = work(lease)
    except Cancelled:
        return
    except OutOfTime:
        lease.give_up()
        send(queue_url, message.body)
        return
    except Busy:
        raise
    except Exception as error:
        if message.is_last:
            ours = as_ours(error)  # what nobody foresaw is not shown to a person
            lease.fail(ours.code, ours.message, again=True)
        else:
            lease.give_up()
        raise
    lease.finish(result)


@contextmanager
def beating(lease: Lease) -> Iterator[None]:
    """Keep the job ours while the block runs. What a beat learns is raised in the block when it next calls `tell`."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(leases.BEAT):
            try:
                lease.beat(force=True)
            except (Busy, Cancelled):
                return
            except Exception as error:  # one sign of life missed is no reason to stop; the lease allows for many
                log.failure("beat failed", error, job=lease.id)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
