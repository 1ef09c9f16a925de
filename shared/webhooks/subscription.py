"""A subscription: an address that is told what happens in an account.

an account's                OWNER#<account> / WEBHOOK#<id>
how many it has             OWNER#<account> / WEBHOOKS
"""

from typing import Literal, get_args

import msgspec
from msgspec import Struct

from shared.table import Item, Key

Event = Literal[
    "project.created",
    "project.started",
    "project.completed",
    "project.failed",
    "render.started",
    "render.completed",
    "render.failed",
    "publish.completed",
    "publish.failed",
]
EVENTS: tuple[Event, ...] = get_args(Event)
PREFIX = "WEBHOOK#"


class Subscription(Struct, frozen=True, kw_only=True):
    """Times in seconds since the epoch. `secret` is sealed, `reason` says why we turned it off, `failed` are the tries
    in a row that did not get through, `succeeded` is when one last did (or when it was turned on again)."""

    id: str
    owner: str
    url: str
    events: list[Event]
    secret: str
    created: float
    updated: float
    active: bool = True
    reason: str = ""
    failed: int = 0
    succeeded: float = 0


def key(owner: str, webhook_id: str) -> Key:
    return f"OWNER#{owner}", f"{PREFIX}{webhook_id}"


def count_key(owner: str) -> Key:
    return f"OWNER#{owner}", "WEBHOOKS"


def to_item(subscription: Subscription) -> Item:
    pk, sk = key(subscription.owner, subscription.id)
    return {"pk": pk, "sk": sk, **msgspec.to_builtins(subscription)}


def from_item(item: Item) -> Subscription:
    return msgspec.convert(item, Subscription, strict=False)
