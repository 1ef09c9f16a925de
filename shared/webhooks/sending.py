"""One try of a delivery, and what comes of it.

Standard Webhooks 1.0: a 2xx is success and nothing else is, redirects are not followed, 410 means never again. Who has
not answered after ten seconds has not answered.
"""

import random
import time

from shared import clock, net
from shared.webhooks import deliveries, signing, subscriptions
from shared.webhooks.delivery import Delivery, Try
from shared.webhooks.events import TEST
from shared.webhooks.subscription import Subscription

PATIENCE = 10.0  # seconds
ANSWER = 1000  # bytes of an answer that the log keeps
AFTER = (5, 300, 1800, 2 * 3600, 5 * 3600, 7 * 3600, 10 * 3600)  # seconds before the next try: a day in all
JITTER = 0.1  # of a pause, at most, so that those who failed together do not come back together
GONE = 410


def attempt(owner: str, webhook_id: str, delivery_id: str, number: int) -> None:
    """Make try `number` (from 0), unless it is made already, or nobody wants it any more."""
    delivery = deliveries.known(webhook_id, delivery_id)
    subscription = subscriptions.known(owner, webhook_id)
    if delivery is None or subscription is None or delivery.state != "pending" or delivery.count != number:
        return
    if not subscription.active and delivery.event != TEST:
        deliveries.tried(delivery, Try(clock.now(), 0, error="the webhook is turned off"), None)
        return
    made = send(subscription, delivery)
    if 200 <= made.status < 300:
        if deliveries.delivered(delivery, made):
            subscriptions.got_through(subscription)
    elif deliveries.tried(delivery, made, pause(delivery, made)) and delivery.event != TEST:
        failed(subscription, delivery, made)


def pause(delivery: Delivery, made: Try) -> float | None:
    """Seconds until the next try; None when this was the last."""
    number = delivery.count - delivery.since
    if made.status == GONE or delivery.event == TEST or number >= len(AFTER):
        return None
    return AFTER[number] * random.uniform(1, 1 + JITTER)  # noqa: S311


def failed(subscription: Subscription, delivery: Delivery, made: Try) -> None:
    """Turns off an address that is gone, or where nothing got through for as long as this delivery was tried."""
    now = subscriptions.failed(subscription)
    if made.status == GONE:
        subscriptions.turn_off(now, "The receiver answered 410 (Gone)")
    elif pause(delivery, made) is None and now.succeeded <= delivery.begun:
        last = made.error or f"the receiver answered {made.status}"
        reason = f"Nothing got through since {clock.iso(delivery.begun)}, {now.failed} tries in a row; the last: {last}"
        subscriptions.turn_off(now, reason)


def send(subscription: Subscription, delivery: Delivery) -> Try:
    """The request itself."""
    at, begun = clock.now(), time.perf_counter()
    try:
        secret = signing.opened(subscription.secret)
    except ValueError:
        return Try(at, 0, error="the secret cannot be read any more: set it again")
    body = signing.body(secret, delivery.payload.encode())
    headers = {"content-type": "application/json", **signing.headers(secret, delivery.id, int(at), body)}
    try:
        answer = net.post(subscription.url, field="url", body=body, headers=headers, seconds=PATIENCE, keep=ANSWER)
    except net.Refused as refused:
        return Try(at, since(begun), error=str(refused.details["constraint"]))
    return Try(at, since(begun), answer.status, answer.body.decode(errors="replace"))


def since(begun: float) -> int:
    return round((time.perf_counter() - begun) * 1000)
