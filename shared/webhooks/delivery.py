"""A delivery: one event on its way to one address, and all tries of it.

of a subscription           WEBHOOK#<subscription> / DELIVERY#<id> (TTL; ids sort by time)
when to look at it          DUE#deliveries#<day> / <time>#<id>
"""

from typing import Literal

import msgspec
from msgspec import Struct

from shared import clock
from shared.table import Item, Key

State = Literal["pending", "delivered", "failed"]
KEPT = 30 * 86400  # seconds that the log goes back
TRIES_KEPT = 30


class Try(Struct, frozen=True):
    """`status` is 0 where nothing was answered, and `error` says why; `answer` has the first 1,000 bytes."""

    at: float
    milliseconds: int
    status: int = 0
    answer: str = ""
    error: str = ""


class Delivery(Struct, frozen=True, kw_only=True):
    """`id` is the `webhook-id` that the receiver sees. `payload` is the body without its signature. `count` tries were
    made in all, `since` of them before it was last asked for, at `begun`; `next` is when the next one is made."""

    id: str
    webhook: str
    owner: str
    event: str
    payload: str
    created: float
    begun: float
    next: float
    expires: int
    state: State = "pending"
    count: int = 0
    since: int = 0
    tries: list[Try] = []


def pk_of(webhook_id: str) -> str:
    return f"WEBHOOK#{webhook_id}"


def key(webhook_id: str, delivery_id: str) -> Key:
    return pk_of(webhook_id), f"DELIVERY#{delivery_id}"


def to_item(delivery: Delivery) -> Item:
    pk, sk = key(delivery.webhook, delivery.id)
    return {"pk": pk, "sk": sk, **msgspec.to_builtins(delivery)}


def from_item(item: Item) -> Delivery:
    return msgspec.convert(item, Delivery, strict=False)


def day_of(when: str) -> str:
    return f"DUE#deliveries#{when[:10]}"


def due(delivery: Delivery, when: float) -> Item:
    """The row that says: if this try was not made by `when`, it is to be made then."""
    time = clock.iso(when)
    return {
        "pk": day_of(time),
        "sk": f"{time}#{delivery.id}#{delivery.count}",
        "message": message_of(delivery),
        "expires": int(when) + 4 * 86400,
    }


def message_of(delivery: Delivery) -> dict[str, str | int]:
    """What the queue brings the worker: the try that is to be made."""
    return {"owner": delivery.owner, "webhook": delivery.webhook, "delivery": delivery.id, "try": delivery.count}
