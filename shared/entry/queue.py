"""The entry of a worker: SQS messages, each on its own."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import msgspec

from shared import log
from shared.entry.entry import Entry, Event, told
from shared.jobs import HIDDEN, Busy, send
from shared.jobs.message import Message as Message
from shared.jobs.message import deadline_of


class PutDown(Protocol):
    """Why a worker's work has failed, which it has put down where it belongs: the message is done with."""

    @property
    def status(self) -> int: ...
    @property
    def code(self) -> str: ...


def queue(handle: Callable[[Message], PutDown | None]) -> Entry:
    """`handle(message)` does the work of one message, which SQS may deliver twice. What it answers is told in the log.

    Answers with the failed ones only, so that the others of a batch are not done again. Busy (another worker has the
    job) is no failure: a new message asks again later, so that waiting does not count as a try.
    """

    def done(message: Message) -> bool:
        try:
            with told("queue", message_id=message.id, job=message.body, deliveries=message.deliveries) as line:
                try:
                    if failed := handle(message):
                        line |= {"status": failed.status, "code": failed.code}
                except Busy as busy:
                    line["busy"] = busy.queue_url
                    if not busy.queue_url:
                        raise
                    send(busy.queue_url, message.body, HIDDEN)
        except Exception:
            return False
        return True

    return Entry(is_delivery, lambda event, context: answer([one for one in read(event, context) if not done(one)]))


def batch(handle: Callable[[list[Message]], None]) -> Entry:
    """`handle(messages)` does the work of all of them in one go: they fail or succeed together."""

    def run(event: Event, context: Any) -> dict[str, Any]:
        messages = read(event, context)
        try:
            with told("queue", messages=len(messages)):
                handle(messages)
        except Exception:
            return answer(messages)
        return answer([])

    return Entry(is_delivery, run)


def passing(handle: Callable[[Message], None]) -> Entry:
    """`handle(message)` takes note of a message, which then goes on to the queue behind its own: it is given back
    whatever comes of it, and comes again until SQS moves it."""

    def run(event: Event, context: Any) -> dict[str, Any]:
        messages = read(event, context)
        for message in messages:
            with suppress(Exception), told("queue", message_id=message.id, job=message.body):
                handle(message)
        return answer(messages)

    return Entry(is_delivery, run)


def is_delivery(event: Event) -> bool:
    return "Records" in event


def answer(failed: list[Message]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": message.id} for message in failed]}


def read(event: Event, context: Any) -> list[Message]:
    """The messages of an event. One that is no JSON object will not get better: it is told in the log and let go."""
    deadline, messages = deadline_of(context), []
    for record in event["Records"]:
        try:
            body = msgspec.json.decode(record["body"], type=dict[str, Any])
        except msgspec.MsgspecError as error:
            log.failure("malformed message", error, message_id=record["messageId"])
            continue
        count = int(record.get("attributes", {}).get("ApproximateReceiveCount", "1"))
        messages.append(Message(record["messageId"], body, record.get("receiptHandle", ""), count, deadline))
    return messages
