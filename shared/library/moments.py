"""When a file was made, as clients say it: Unix seconds as a number or as text, or ISO 8601."""

import math
from typing import Annotated

from msgspec import Meta

from shared import clock
from shared.errors import Invalid

WANTED = "Unix seconds, or a date and time in ISO 8601"
EARLIEST, LATEST = -62_135_596_800, 253_402_300_799  # the years 1 to 9999
MILLISECONDS = 1e11  # what is larger is a browser's `lastModified`: in seconds it would be past the year 5138

Moment = float | Annotated[str, Meta(max_length=64)]


def seconds_of(said: Moment | None, field: str = "file_created_at") -> int | None:
    """Unix seconds; None when nothing was said. Raises Invalid for nonsense."""
    if said is None or said == "":
        return None
    seconds = said if isinstance(said, int | float) else _read(said)
    if seconds is not None and math.isfinite(seconds):
        seconds = seconds / 1000 if abs(seconds) >= MILLISECONDS else seconds
        if EARLIEST <= seconds <= LATEST:
            return math.floor(seconds)
    raise Invalid(field=field, constraint=WANTED)


def of_iso(text: str) -> int:
    """Unix seconds of a moment that we wrote ourselves."""
    return math.floor(clock.seconds_of(text))


def _read(text: str) -> float | None:
    try:
        return float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        pass
    try:
        return clock.seconds_of(text)
    except ValueError:
        return None
