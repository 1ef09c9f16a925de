"""What an owner does to a subscription: made and changed, with the address and the secret looked at."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from shared import clock, ids, net
from shared.errors import Conflict, Invalid, NotFound
from shared.table import ABSENT, PRESENT, Put, Update
from shared.tables import STUDIO
from shared.webhooks import signing
from shared.webhooks.subscription import Event, Subscription, count_key, from_item, key, to_item

MOST = 20  # of one account


def create(owner: str, url: str, events: Sequence[Event], secret: str) -> Subscription:
    """Raises Invalid for an address that we do not go to or a secret that is none, Conflict when there are too many."""
    check(url, secret)
    now = clock.now()
    subscription = Subscription(
        id=f"webhook-{ids.sortable().lower()}",
        owner=owner,
        url=url,
        events=list(dict.fromkeys(events)),
        secret=signing.sealed(secret),
        created=now,
        updated=now,
    )
    room = Update(
        count_key(owner),
        add={"count": 1},
        condition="attribute_not_exists(#count) OR #count < :most",
        values={"most": MOST},
        refusal=Conflict("Too many webhooks", explanation=f"at most {MOST}", details={"most": MOST}),
    )
    STUDIO.transact(Put(to_item(subscription), ABSENT), room)
    return subscription


def check(url: str | None, secret: str | None) -> None:
    if url is not None:
        # A name that nobody knows is not forbidden: its host may be set up tomorrow, and each delivery looks again.
        with suppress(net.Nameless):
            net.check(url, "url")
    if secret is not None:
        try:
            signing.key_of(secret)
        except ValueError:
            raise Invalid(field="secret", constraint="base64 after whsec_") from None


def change(subscription: Subscription, changes: dict[str, Any]) -> Subscription:
    """`url`, `events`, `secret`, `active`. Turned on, it begins anew."""
    check(changes.get("url"), changes.get("secret"))
    new = dict(changes)
    if "secret" in new:
        new["secret"] = signing.sealed(new["secret"])
    if "events" in new:
        new["events"] = list(dict.fromkeys(new["events"]))
    if new.get("active"):
        new |= {"reason": "", "failed": 0, "succeeded": clock.now()}
    elif "active" in new:
        new["reason"] = ""
    refusal = NotFound("Webhook not found")
    place = key(subscription.owner, subscription.id)
    return from_item(STUDIO.write(Update(place, {**new, "updated": clock.now()}, condition=PRESENT, refusal=refusal)))
