"""What must be looked at later: a download whose messages got lost, or whose files are to go.

DUE#<yyyy-mm-dd> / <time>#download#<id>     in the Traffic table; the sweep reads the days behind it
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shared import clock
from shared.table import Key, Put
from shared.tables import TRAFFIC

DAYS_BACK = 2


def at(when: float, download_id: str) -> Put:
    """The write that makes a download due at `when` (seconds since the epoch)."""
    time = clock.iso(when)
    row = {"pk": f"DUE#{time[:10]}", "sk": f"{time}#download#{download_id}", "thing": download_id}
    return Put(row | {"expires": int(when) + (DAYS_BACK + 1) * 86400})


def now() -> Iterator[tuple[Key, str]]:
    """All that is due, the oldest first: the row that says so, and the download's id."""
    today = datetime.fromtimestamp(clock.now(), UTC).date()
    for back in range(DAYS_BACK, -1, -1):
        pk = f"DUE#{(today - timedelta(days=back)).isoformat()}"
        for row in list(TRAFFIC.every(pk, until=clock.iso())):
            yield (pk, row["sk"]), row["thing"]


def done(place: Key) -> None:
    TRAFFIC.delete_many([place])
