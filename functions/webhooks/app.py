"""Webhooks: which addresses are told what happens, what was sent, what they answered (iafactory: Webhooks)."""

from typing import Any

import msgspec
from msgspec import UNSET

from functions.webhooks.models import (
    Deliveries,
    DeliveriesQuery,
    DeliveryPath,
    NewWebhook,
    ShownDelivery,
    ShownTry,
    ShownWebhook,
    WebhookChanges,
    WebhookPath,
    Webhooks,
)
from shared import clock
from shared.entry.http import http
from shared.errors import Conflict
from shared.web import REQUIRED, Call, Message, Reply, api, delete, dialects, get, patch, post
from shared.web.limits import GENERAL, Limit
from shared.webhooks import changing, deliveries, events, signing, subscriptions
from shared.webhooks.delivery import Delivery
from shared.webhooks.subscription import Subscription

SENDS = Limit("webhook_sends", 60)  # tests and redeliveries: requests to somebody else's server


def create(call: Call[NewWebhook, None, None]) -> Reply[ShownWebhook]:
    """Tell an address what happens. The secret, made where none is given, is shown this once."""
    new = call.body
    secret = new.secret or signing.made()
    made = changing.create(call.account, new.url, new.events, secret)
    return Reply(shown(made, secret), 201)


def listed(call: Call[None, None, None]) -> Webhooks:
    """The caller's webhooks, in the order they were made."""
    found = [shown(one) for one in subscriptions.of_account(call.account)]
    return Webhooks(found, len(found))


def one(call: Call[None, None, WebhookPath]) -> ShownWebhook:
    """A webhook, and why it is turned off."""
    return shown(mine(call))


def change(call: Call[WebhookChanges, None, WebhookPath]) -> ShownWebhook:
    """Change a webhook, turn it off, or on again."""
    names = call.body.__struct_fields__
    changes = {name: value for name in names if (value := getattr(call.body, name)) is not UNSET}
    subscription = mine(call)
    return shown(changing.change(subscription, changes) if changes else subscription)


def remove(call: Call[None, None, WebhookPath]) -> Message:
    """Delete a webhook with its log; what is on its way is not sent any more."""
    subscriptions.delete(mine(call))
    return Message("Webhook deleted")


def log(call: Call[None, DeliveriesQuery, WebhookPath]) -> Deliveries:
    """What was sent in the last 30 days, newest first, with each try."""
    found, cursor = deliveries.listed(mine(call).id, call.query.limit, call.query.cursor)
    return Deliveries([shown_delivery(one) for one in found], cursor)


def redeliver(call: Call[None, None, DeliveryPath]) -> Reply[ShownDelivery]:
    """Send a delivery again, now: the same message, with the same `webhook-id`."""
    subscription = mine(call)
    delivery = deliveries.find(subscription.id, call.path.delivery_id)
    if not subscription.active and delivery.event != events.TEST:
        raise Conflict("The webhook is turned off", explanation="turn it on first: PATCH active")
    return Reply(shown_delivery(deliveries.again(delivery)), 202)


def test(call: Call[None, None, WebhookPath]) -> Reply[ShownDelivery]:
    """Send the event `webhook.test`, in one try: its delivery says what came of it."""
    return Reply(shown_delivery(events.test(mine(call))), 202)


def mine(call: Call[Any, Any, Any]) -> Subscription:
    return subscriptions.find(call.account, call.path.webhook_id)


def shown(subscription: Subscription, secret: str | None = None) -> ShownWebhook:
    return ShownWebhook(
        id=subscription.id,
        url=subscription.url,
        events=subscription.events,
        active=subscription.active,
        disabled_reason=subscription.reason or None,
        failures_in_a_row=subscription.failed,
        created_at=clock.iso(subscription.created),
        updated_at=clock.iso(subscription.updated),
        secret=secret or UNSET,
    )


def shown_delivery(delivery: Delivery) -> ShownDelivery:
    tries = [
        ShownTry(clock.iso(one.at), one.status or None, one.milliseconds, one.answer, one.error or None)
        for one in delivery.tries
    ]
    return ShownDelivery(
        id=delivery.id,
        webhook_id=delivery.webhook,
        event=delivery.event,
        status=delivery.state,
        created_at=clock.iso(delivery.created),
        next_try_at=clock.iso(delivery.next) if delivery.state == "pending" else None,
        tries=tries,
        payload=msgspec.json.decode(delivery.payload),
    )


ONE: dict[str, Any] = {"path": WebhookPath, "missing": "Webhook not found", "caller": REQUIRED}
SENDING: dict[str, Any] = {"returns": ShownDelivery, "status": 202, "limits": (SENDS, GENERAL)}

app = api(
    post("/api/v1/webhooks", create, body=NewWebhook, returns=ShownWebhook, status=201, also=(409,), caller=REQUIRED),
    get("/api/v1/webhooks", listed, returns=Webhooks, caller=REQUIRED),
    get("/api/v1/webhooks/{webhook_id}", one, **ONE, returns=ShownWebhook),
    patch("/api/v1/webhooks/{webhook_id}", change, **ONE, body=WebhookChanges, returns=ShownWebhook),
    delete("/api/v1/webhooks/{webhook_id}", remove, **ONE, returns=Message),
    get("/api/v1/webhooks/{webhook_id}/deliveries", log, **ONE, query=DeliveriesQuery, returns=Deliveries),
    post("/api/v1/webhooks/{webhook_id}/test", test, **ONE, **SENDING),
    post(
        "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
        redeliver,
        **{**ONE, "path": DeliveryPath, "missing": "Delivery not found"},
        **SENDING,
        also=(409,),
    ),
    dialect=dialects.production,
)
handler = http(app)
