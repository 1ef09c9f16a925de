"""The entry of a function that runs at a time: EventBridge rules and schedules."""

from collections.abc import Callable
from typing import Any

from shared.entry.entry import Entry, Event, told


def schedule(handle: Callable[[], dict[str, Any] | None]) -> Entry:
    """`handle()` does what is due, and may say what it did: numbers for the log line. EventBridge tries again twice
    where it raises, and delivers at least once, so it must be safe to repeat."""

    def run(event: Event, context: Any) -> dict[str, Any]:
        with told("schedule", rule=str(next(iter(event.get("resources", ())), ""))) as line:
            done = handle() or {}
            line |= done
        return done

    return Entry(lambda event: event.get("source") in ("aws.events", "aws.scheduler") or not event, run)
