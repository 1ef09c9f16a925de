"""Playback positions. Access patterns, all in the Library table:
an account's position in a file    OWNER#<account> / PROGRESS#<file>
begun and not finished, latest     by_order  lsi1 = CONTINUE#<milliseconds>#<file>   (only rows between 5 % and 95 %)
"""

from msgspec import Struct

from shared import clock
from shared.table import Item, Put
from shared.tables import BY_ORDER, LIBRARY

MOST = 20


class Progress(Struct):
    file_id: str
    current_time: float
    duration: float
    progress_percent: float
    last_watched: int


def save(account_id: str, file_id: str, current_time: float, duration: float) -> None:
    """Store a position in seconds. A position past the end counts as the end."""
    position = min(current_time, duration)
    percent, now = 100 * position / duration, clock.now_ms()
    row = {
        "pk": f"OWNER#{account_id}",
        "sk": f"PROGRESS#{file_id}",
        "file_id": file_id,
        "current_time": position,
        "duration": duration,
        "percent": round(percent, 1),
        "last_watched": now,
    }
    if 5 < percent < 95:
        row["lsi1"] = f"CONTINUE#{now:015d}#{file_id}"
    LIBRARY.write(Put(row))


def find(account_id: str, file_id: str) -> Progress | None:
    row = LIBRARY.get(f"OWNER#{account_id}", f"PROGRESS#{file_id}")
    return from_item(row) if row else None


def unfinished(account_id: str) -> list[Progress]:
    page = LIBRARY.query(f"OWNER#{account_id}", "CONTINUE#", index=BY_ORDER, limit=MOST, newest_first=True)
    return [from_item(row) for row in page.items]


def from_item(row: Item) -> Progress:
    return Progress(row["file_id"], row["current_time"], row["duration"], row["percent"], row["last_watched"])
