"""SQS messages: JSON objects, delivered at least once, TRIES times at most."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import msgspec

from shared import aws

TRIES = 3  # deliveries before a message goes to the dead-letter queue: `maxReceiveCount` of every worker's queue
LASTS = 900.0  # seconds an invocation lasts where nobody says how many are left
AT_ONCE = 16  # messages on their way, fewer than a client has connections
MARGIN = 60.0  # seconds before the end in which nothing new is begun


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery. `receipt` is what SQS wants back to hide the message longer; `deadline` is when nothing new
    should be begun any more, on the monotonic clock."""

    id: str
    body: dict[str, Any]
    receipt: str
    deliveries: int
    deadline: float

    @property
    def is_last(self) -> bool:
        """True when it goes to the dead-letter queue if it fails now."""
        return self.deliveries >= TRIES


def send(queue_url: str, body: Mapping[str, Any], delay: int = 0) -> None:
    """Put one message on a queue; `delay` in seconds (at most 900)."""
    text = msgspec.json.encode(body).decode()
    aws.client("sqs").send_message(QueueUrl=queue_url, MessageBody=text, DelaySeconds=delay)


def send_all(queue_url: str, bodies: Sequence[Mapping[str, Any]]) -> None:
    """Put many messages on a queue, several at a time."""
    if len(bodies) == 1:
        return send(queue_url, bodies[0])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda body: send(queue_url, body), bodies))


def deadline_of(context: Any) -> float:
    """When to begin nothing new any more, on the monotonic clock: a margin before Lambda ends the invocation."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    left = remaining() / 1000 if remaining else LASTS
    return time.monotonic() + max(left - MARGIN, left / 2)
