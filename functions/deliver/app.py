"""Worker: brings events to the addresses that want them. One message `{"owner", "webhook", "delivery", "try"}` a try;
every five minutes, what is due that the queue could not wait for, or whose message got lost.
"""

from typing import Any

from shared.entry.queue import Message, queue
from shared.entry.schedule import schedule
from shared.webhooks import deliveries, sending


def deliver(message: Message) -> None:
    body = message.body
    sending.attempt(str(body["owner"]), str(body["webhook"]), str(body["delivery"]), int(body["try"]))


def sweep() -> dict[str, Any]:
    """All that is due."""
    return {"sent": deliveries.look_after()}


handler = queue(deliver) | schedule(sweep)
