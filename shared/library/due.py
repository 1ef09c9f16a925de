"""What must be looked at later: uploads that run out, files nobody has, streams that never got made.

One partition a day, one row a thing, written in the transaction that makes it due: nothing is lost with a queue
message, and nothing is found by scanning. The sweep worker reads the days behind it.
    DUE#<yyyy-mm-dd> / <time>#<kind>#<id>
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from msgspec import Struct

from shared import clock
from shared.table import Put
from shared.tables import LIBRARY

Kind = Literal["upload", "file", "stream"]
DAYS_BACK = 7


class Due(Struct, frozen=True):
    kind: Kind
    thing: str
    pk: str
    sk: str

    def done(self) -> None:
        """It has been looked at."""
        LIBRARY.delete_many([(self.pk, self.sk)])


def at(when: float, kind: Kind, thing: str) -> Put:
    """The write that makes `thing` due at `when` (seconds since the epoch)."""
    time = clock.iso(when)
    row = {"pk": f"DUE#{time[:10]}", "sk": f"{time}#{kind}#{thing}", "kind": kind, "thing": thing}
    return Put(row | {"expires": int(when) + (DAYS_BACK + 1) * 86400})


def now() -> Iterator[Due]:
    """All that is due, the oldest first."""
    moment = clock.iso()
    today = datetime.fromtimestamp(clock.now(), UTC).date()
    for back in range(DAYS_BACK, -1, -1):
        day = today - timedelta(days=back)
        for row in list(LIBRARY.every(f"DUE#{day.isoformat()}", until=moment)):
            yield msgspec.convert(row, Due)
