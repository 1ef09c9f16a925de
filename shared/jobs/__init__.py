"""Work that takes time: one SQS message to one worker, claimed so that a second delivery does nothing twice.

    message   what SQS delivers, and `send`
    job       the entity: its owner, state, progress, result or error; queue, find, cancel, forget
    lease     a worker's hold on a job: claim, beat, finish, fail, give_up
    gather    one message for what many ask for within seconds
    turns     at most so many of one owner at once, the others in turn
    running   `run`: all of a worker's manners around the work itself: heartbeat, cancelling, deadline, last delivery
    scratch   a folder on the worker's disk

    queue → queued → claim → running → finish → done
              │                 ├→ fail → failed
              │                 └→ (killed) lease runs out → claim by the next delivery
              └→ cancel ────────┴→ cancelled; a worker learns of it at its next beat

A message that ends in a dead-letter queue because its workers were killed, where none could say so, is read by
functions/deadletters, which has `abandon` to tell the job.
"""

from shared.jobs.gather import gather as send_once
from shared.jobs.job import KEEP, Job, State, abandon, cancel, find, forget, queue, remind
from shared.jobs.lease import BEAT, HIDDEN, LEASE, Busy, Cancelled, Lease, claim
from shared.jobs.message import TRIES, Message, send
from shared.jobs.turns import WAITING, Turn

__all__ = [
    "BEAT",
    "HIDDEN",
    "KEEP",
    "LEASE",
    "TRIES",
    "WAITING",
    "Busy",
    "Cancelled",
    "Job",
    "Lease",
    "Message",
    "State",
    "Turn",
    "abandon",
    "cancel",
    "claim",
    "find",
    "forget",
    "queue",
    "remind",
    "send",
    "send_once",
]
