"""What all entries share: which events are theirs, the warm answer, the line that every event leaves."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from shared import log
from shared.errors import ServiceError
from shared.faults import as_ours

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A Lambda handler. `takes` says whether an event is of its source."""

    takes: Callable[[Event], bool]
    run: Callable[[Event, Any], Any]

    def __call__(self, event: Event, context: Any) -> Any:
        return {"warm": True} if event.get("warm") else self.run(event, context)

    def __or__(self, other: "Entry") -> "Entry":
        """An entry for the events of both."""

        def run(event: Event, context: Any) -> Any:
            return (self if self.takes(event) else other).run(event, context)

        return Entry(lambda event: self.takes(event) or other.takes(event), run)


@contextmanager
def told(source: str, **fields: Any) -> Iterator[dict[str, Any]]:
    """One log line for what happens in the block, with `fields` and whatever the block adds to the mapping it gets.

    Errors go on to the caller; the line says 2xx, the refusal's status, or 500 and the stack.
    """
    started = time.perf_counter()
    line: dict[str, Any] = {"route": source, "status": 200, **fields}
    try:
        yield line
    except Exception as error:
        ours = as_ours(error)
        line |= {"status": ours.status, "code": ours.code}
        if not isinstance(error, ServiceError) or log.is_fault(ours.status):
            log.failure("unhandled", error, route=source, **fields)
        raise
    finally:
        line["milliseconds"] = round((time.perf_counter() - started) * 1000, 2)
        log.request(**line)


def in_lambda() -> bool:
    return "AWS_LAMBDA_RUNTIME_API" in os.environ
