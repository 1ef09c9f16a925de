"""What happens to a delivery: begun, tried, asked for again, listed, looked after."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from shared import clock, jobs
from shared.errors import NotFound
from shared.settings import settings
from shared.table import ABSENT, ConditionFailed, Key, Put
from shared.tables import STUDIO
from shared.webhooks.delivery import TRIES_KEPT, Delivery, Try, day_of, due, from_item, key, message_of, pk_of, to_item

BY_QUEUE = 900  # seconds that SQS holds a message back at most
LOST = 900  # seconds after which a try that was not made has lost its message
DAYS_BACK = 2
UNCHANGED = "#count = :count AND #since = :since AND #state = :state"


def begin(delivery: Delivery) -> None:
    """On its way. One of the same id is on its way already: then nothing is done."""
    with suppress(ConditionFailed):
        STUDIO.transact(Put(to_item(delivery), ABSENT), Put(due(delivery, delivery.next + LOST)))
        jobs.send(settings.deliver_queue_url, message_of(delivery))


def known(webhook_id: str, delivery_id: str) -> Delivery | None:
    row = STUDIO.get(*key(webhook_id, delivery_id))
    return from_item(row) if row else None


def find(webhook_id: str, delivery_id: str) -> Delivery:
    found = known(webhook_id, delivery_id)
    if found is None:
        raise NotFound("Delivery not found")
    return found


def listed(webhook_id: str, limit: int, cursor: str | None) -> tuple[list[Delivery], str | None]:
    """Newest first, and where the next page starts."""
    page = STUDIO.query(pk_of(webhook_id), "DELIVERY#", newest_first=True, limit=limit, cursor=cursor)
    return [from_item(row) for row in page.items], page.cursor


def tried(delivery: Delivery, one: Try, again: float | None) -> bool:
    """A try was made and did not get through: the next one is in `again` seconds, None is never.

    False when another worker has written this try meanwhile, and the rest is its affair.
    """
    more = [*delivery.tries, one][-TRIES_KEPT:]
    now = clock.now()
    state = delivery.state if again is not None else "failed"
    new = replace(delivery, state=state, count=delivery.count + 1, tries=more, next=now + (again or 0))
    if again is None:
        return _write(delivery, new)
    queued = again <= BY_QUEUE
    if not _write(delivery, new, due(new, new.next + (LOST if queued else 0))):
        return False
    if queued:
        jobs.send(settings.deliver_queue_url, message_of(new), round(again))
    return True


def delivered(delivery: Delivery, one: Try) -> bool:
    more = [*delivery.tries, one][-TRIES_KEPT:]
    return _write(delivery, replace(delivery, state="delivered", count=delivery.count + 1, tries=more))


def again(delivery: Delivery) -> Delivery:
    """Once more from the first try on, now. The same message to the receiver: it has the same id."""
    now = clock.now()
    new = replace(delivery, state="pending", since=delivery.count, begun=now, next=now)
    if not _write(delivery, new, due(new, now + LOST)):
        return find(delivery.webhook, delivery.id)  # a try was made in this very moment
    jobs.send(settings.deliver_queue_url, message_of(new))
    return new


def _write(old: Delivery, new: Delivery, *rows: dict[str, Any]) -> bool:
    seen = {"count": old.count, "since": old.since, "state": old.state}
    try:
        STUDIO.transact(Put(to_item(new), UNCHANGED, seen), *[Put(row) for row in rows])
    except ConditionFailed:
        return False
    return True


def forget(webhook_id: str) -> None:
    """All of a subscription's."""
    pk = pk_of(webhook_id)
    STUDIO.delete_many([(pk, row["sk"]) for row in list(STUDIO.every(pk))])


# ---- what is due


def look_after() -> int:
    """Send for each try that is due: those beyond what the queue can wait, and those whose message got lost."""
    sent = 0
    for place, message in _due():
        delivery = known(message["webhook"], message["delivery"])
        if delivery is not None and delivery.state == "pending" and delivery.count == message["try"]:
            # Its own row goes; if this message gets lost too, the next look finds the new one.
            STUDIO.write(Put(due(delivery, clock.now() + LOST)))
            jobs.send(settings.deliver_queue_url, message_of(delivery))
            sent += 1
        STUDIO.delete_many([place])
    return sent


def _due() -> Iterator[tuple[Key, dict[str, Any]]]:
    today = datetime.fromtimestamp(clock.now(), UTC).date()
    for back in range(DAYS_BACK, -1, -1):
        pk = day_of((today - timedelta(days=back)).isoformat())
        for row in list(STUDIO.every(pk, until=clock.iso())):
            yield (pk, row["sk"]), row["message"]
