"""What happens to a subscription: found, tried, turned off, deleted. Its owner's words are `changing`'s."""

from typing import Any

from shared import clock
from shared.errors import NotFound
from shared.table import PRESENT, ConditionFailed, Delete, Update
from shared.tables import STUDIO
from shared.webhooks import deliveries
from shared.webhooks.subscription import PREFIX, Subscription, count_key, from_item, key


def find(owner: str, webhook_id: str) -> Subscription:
    """Raises NotFound: somebody else's is not there."""
    found = known(owner, webhook_id)
    if found is None:
        raise NotFound("Webhook not found")
    return found


def known(owner: str, webhook_id: str) -> Subscription | None:
    row = STUDIO.get(*key(owner, webhook_id))
    return from_item(row) if row else None


def of_account(owner: str) -> list[Subscription]:
    """In the order they were made."""
    return [from_item(row) for row in STUDIO.query(f"OWNER#{owner}", PREFIX).items]


def got_through(subscription: Subscription) -> None:
    _note(subscription, set={"failed": 0, "succeeded": clock.now()})


def failed(subscription: Subscription) -> Subscription:
    """A try has failed; the subscription as it stands now."""
    return _note(subscription, add={"failed": 1})


def turn_off(subscription: Subscription, reason: str) -> None:
    """Told no more, until its owner turns it on again."""
    _note(subscription, set={"active": False, "reason": reason, "updated": clock.now()})


def _note(subscription: Subscription, **changes: Any) -> Subscription:
    place = key(subscription.owner, subscription.id)
    try:
        return from_item(STUDIO.write(Update(place, **changes, condition=PRESENT)))
    except ConditionFailed:  # deleted meanwhile
        return subscription


def delete(subscription: Subscription) -> None:
    """With its log. What is on its way finds it gone."""
    gone = Delete(key(subscription.owner, subscription.id), PRESENT, refusal=NotFound("Webhook not found"))
    STUDIO.transact(gone, Update(count_key(subscription.owner), add={"count": -1}))
    deliveries.forget(subscription.id)
