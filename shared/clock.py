"""The time, in one place, so that a test can move it."""

import time
from datetime import UTC, datetime


def now() -> float:
    """Seconds since the epoch."""
    return time.time()


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return int(now() * 1000)


def iso(seconds: float | None = None) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-01-24T12:00:00.000Z`."""
    moment = datetime.fromtimestamp(now() if seconds is None else seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def seconds_of(text: str) -> float:
    """Seconds since the epoch of a moment in RFC 3339 or ISO 8601; one that names no zone is UTC's, on every machine.

    Raises ValueError for what is none, or lies outside the years that UTC can write.
    """
    moment = datetime.fromisoformat(text.strip())
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).timestamp()
    except OverflowError as error:
        raise ValueError(f"{text} is no moment of UTC") from error
