"""The entry of a step of a Step Functions state machine."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from shared.entry.entry import Entry, Event, told
from shared.errors import Invalid, Unavailable
from shared.faults import is_outage

Input = TypeVar("Input")


def task(handle: Callable[[Input], object], takes: type[Input]) -> Entry:
    """`handle(input)` does one step: its input is the state's, as `takes` (a msgspec model), its answer the state's
    result.

    What it raises is what `Retry` and `Catch` name: `Unavailable` where trying again makes sense (AWS out of reach
    included), the class of the refusal otherwise. Input that is not as declared is `Invalid`.
    """

    def run(event: Event, context: Any) -> Any:
        with told("task"):
            try:
                given = msgspec.convert(event, takes, strict=False)
            except msgspec.ValidationError as error:
                raise Invalid("Invalid input", field="input", constraint=str(error)) from None
            try:
                result = handle(given)
            except Exception as error:
                if is_outage(error):
                    raise Unavailable() from error
                raise
            return msgspec.to_builtins(result)

    return Entry(lambda event: True, run)
