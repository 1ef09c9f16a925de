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
