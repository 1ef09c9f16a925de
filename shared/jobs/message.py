"""SQS messages: JSON objects, delivered at least once, TRIES times at most."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from shared import aws
from shared.errors import Unavailable

TRIES = 3  # deliveries before a message goes to the dead-letter queue: `maxReceiveCount` of every worker's queue
LASTS = 900.0  # seconds an invocation lasts where nobody says how many are left
BATCH = 10  # messages that SQS takes at once
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
    """Put many messages on a queue, ten a call. Raises Unavailable when SQS has not taken one of them."""
    if len(bodies) == 1:
        return send(queue_url, bodies[0])
    for start in range(0, len(bodies), BATCH):
        entries = [
            {"Id": str(number), "MessageBody": msgspec.json.encode(body).decode()}
            for number, body in enumerate(bodies[start : start + BATCH])
        ]
        answer = aws.client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)
        if answer.get("Failed"):
            raise Unavailable


def deadline_of(context: Any) -> float:
    """When to begin nothing new any more, on the monotonic clock: a margin before Lambda ends the invocation."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    left = remaining() / 1000 if remaining else LASTS
    return time.monotonic() + max(left - MARGIN, left / 2)
