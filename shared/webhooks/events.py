"""Telling what happens in an account, to the addresses that it named.

`emit` is called where things happen: projects by `shared.production.news`; renders (`render.started`, `.completed`,
`.failed`) and publications (`publish.completed`, `.failed`) by theirs, with the same function.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from shared import clock, ids, log
from shared.webhooks import deliveries, subscriptions
from shared.webhooks.delivery import KEPT, Delivery
from shared.webhooks.subscription import Event, Subscription

TEST = "webhook.test"  # what its owner has sent to try an address


def emit(owner: str, event: Event, data: Mapping[str, Any], at: float | None = None) -> None:
    """Tell the account's subscriptions that want `event`. Never raises; one query when nobody listens.

    `data` holds what the event is about as `<thing>_id`. With `at`, the moment it happened in seconds since the epoch,
    the same event may be told again by whoever does its work again: receivers hear it once.
    """
    try:
        for one in subscriptions.of_account(owner):
            if one.active and event in one.events:
                deliveries.begin(delivery_of(one, event, data, at))
    except Exception as error:  # what has happened has happened, whether or not it could be told
        log.failure("event not told", error, event=event, owner=owner)


def test(subscription: Subscription) -> Delivery:
    """An event of no meaning, delivered in one try, also where the subscription is turned off."""
    made = delivery_of(subscription, TEST, {"webhook_id": subscription.id}, None)
    deliveries.begin(made)
    return made


def delivery_of(subscription: Subscription, event: str, data: Mapping[str, Any], at: float | None) -> Delivery:
    moment = clock.now() if at is None else at
    said = {"event": event, "timestamp": f"{clock.iso(moment)[:19]}Z", "data": plain(data)}
    return Delivery(
        id=f"msg-{ids.sortable().lower()}" if at is None else id_of(subscription.id, event, data, at),
        webhook=subscription.id,
        owner=subscription.owner,
        event=event,
        payload=msgspec.json.encode(said).decode(),
        created=moment,
        begun=clock.now(),
        next=clock.now(),
        expires=int(clock.now()) + KEPT,
    )


def id_of(webhook_id: str, event: str, data: Mapping[str, Any], at: float) -> str:
    """The same for the same event, and sorted by time as the others are."""
    about = sorted((name, str(value)) for name, value in data.items() if name.endswith("_id"))
    digest = hashlib.sha256(msgspec.json.encode([webhook_id, event, at, about])).digest()
    return f"msg-{ids.sortable(at, int.from_bytes(digest[:10], 'big')).lower()}"


def plain(value: Any) -> Any:
    """Whole numbers without a point: a receiver that reads and writes `120.0` in JavaScript would sign `120`."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
