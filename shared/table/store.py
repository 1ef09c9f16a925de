"""One call to DynamoDB, and what to do when it does not go through at once."""

import random
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from shared import aws
from shared.errors import Invalid, Unavailable
from shared.table.actions import ConditionFailed

# DynamoDB's words for a value that came from a client: a key or a row too long, a number too small, a forged cursor.
UNFIT = re.compile(r"size .*exceeded|exceeded .*size|Number (over|under)flow|starting key", re.IGNORECASE)
T = TypeVar("T")


class Contended(Unavailable):
    """Other writes kept meeting ours. A client that is told so (503) may try again."""


def ask(operation: str, **request: Any) -> Any:
    """One call. Raises Invalid when the store will not hold what somebody sent."""
    client = aws.client("dynamodb")
    try:
        return getattr(client, operation)(**request)
    except client.exceptions.ClientError as error:
        told = error.response["Error"]
        if told["Code"] == "ValidationException" and UNFIT.search(told["Message"]):
            raise unfit() from None
        raise


def unfit() -> Invalid:
    return Invalid("Value out of bounds", explanation="something in the request is too long, or too small a number")


def pauses() -> Iterator[float]:
    """50 ms doubling: 7 tries in about 6 seconds, then the store is not keeping up."""
    for attempt in range(7):
        yield 0.05 * 2**attempt
    raise Unavailable("The database is busy")


def retry_contended(
    action: Callable[[], T], tries: int = 10, causes: tuple[type[Exception], ...] = (Contended, ConditionFailed)
) -> T:
    """Call `action` again after one of `causes`: an optimistic read-change-write that somebody else came between.

    The pauses grow and are random, so that two who collide do not collide again (full jitter). Raises Contended when
    that does not end.
    """
    for attempt in range(tries):
        try:
            return action()
        except causes:
            if attempt < tries - 1:
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
    raise Contended
