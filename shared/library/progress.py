"""Where an account stopped watching a file.

Access patterns, all in the Library table:
    one position                       OWNER#<account> / PROGRESS#<file>
    unfinished films, latest first     by_order  lsi1 = CONTINUE#<milliseconds>#<file>  (5 % < progress < 95 %)
A file need not exist: a player may save its position before the library knows the file.
"""

import msgspec
from msgspec import Struct

from shared import clock
from shared.table import Key, Put
from shared.tables import BY_ORDER, LIBRARY

MOST = 20


class Progress(Struct, frozen=True):
    """Positions in seconds; `progress_percent` to one decimal; `last_watched` in milliseconds since the epoch."""

    file_id: str
    current_time: float
    duration: float
    progress_percent: float
    last_watched: int


def key(account_id: str, file_id: str) -> Key:
    return f"OWNER#{account_id}", f"PROGRESS#{file_id}"


def save(account_id: str, file_id: str, current_time: float, duration: float) -> None:
    """Store a position. A position past the end counts as the end."""
    position = min(current_time, duration)
    percent, now = 100 * position / duration, clock.now_ms()
    pk, sk = key(account_id, file_id)
    unfinished = {"lsi1": f"CONTINUE#{now:015d}#{file_id}"} if 5 < percent < 95 else {}
    row = msgspec.structs.asdict(Progress(file_id, position, duration, round(percent, 1), now))
    LIBRARY.write(Put({"pk": pk, "sk": sk, **row, **unfinished}))


def find(account_id: str, file_id: str) -> Progress | None:
    row = LIBRARY.get(*key(account_id, file_id))
    return msgspec.convert(row, Progress) if row else None


def unfinished(account_id: str) -> list[Progress]:
    page = LIBRARY.query(f"OWNER#{account_id}", "CONTINUE#", index=BY_ORDER, limit=MOST, newest_first=True)
    return msgspec.convert(page.items, list[Progress])
