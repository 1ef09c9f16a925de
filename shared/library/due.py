"""What must be looked at later: uploads that run out, files nobody has, streams that never got made.

One partition a day, one row a thing, written in the transaction that makes it due: nothing is lost with a queue
message, and nothing is found by scanning. The sweep worker reads the days behind it.
    DUE#<yyyy-mm-dd> / <time>#<kind>#<id>
"""

from datetime import UTC, datetime, timedelta
from typing import Literal

from shared import clock
from shared.table import Put
from shared.tables import LIBRARY

Kind = Literal["upload", "file", "stream"]
DAYS_BACK = 7


def at(when: float, kind: Kind, thing: str) -> Put:
    """The write that makes `thing` due at `when` (seconds since the epoch)."""
    time = clock.iso(when)
    row = {"pk": f"DUE#{time[:10]}", "sk": f"{time}#{kind}#{thing}", "kind": kind, "thing": thing}
    return Put(row | {"expires": int(when) + (DAYS_BACK + 1) * 86400})


def now() -> list[tuple[str, str, str, str]]:
    """What is due: (kind, thing, and the row's pk and sk, to be given to `settle`)."""
    moment = clock.iso()
    today = datetime.fromtimestamp(clock.now(), UTC).date()
    days = [(today - timedelta(days=back)).isoformat() for back in range(DAYS_BACK, -1, -1)]
    rows = (row for day in days for row in LIBRARY.every(f"DUE#{day}", until=moment))
    return [(row["kind"], row["thing"], row["pk"], row["sk"]) for row in rows]


def settle(pk: str, sk: str) -> None:
    LIBRARY.delete_many([(pk, sk)])
