"""Sources that have had enough of us: what answered with a bot check is not asked again for some minutes.

BLOCKED#<host> / BLOCKED     in the Traffic table, with what it said
"""

import msgspec

from shared import clock
from shared.downloads.failure import Failure
from shared.sources import addresses
from shared.tables import TRAFFIC

CODE = "SOURCE_BLOCKED"
REST = 300  # seconds


def refuse(url: str) -> None:
    """Raises what the source said, while it wants to be left alone."""
    row = TRAFFIC.get(f"BLOCKED#{addresses.site_of(url)}", "BLOCKED")
    if row and row["until"] > clock.now():
        raise msgspec.convert(row, Failure).raised()


def note(url: str, failure: Failure) -> None:
    """It is left alone from now on, if that is what it said."""
    if failure.code == CODE:
        until = int(clock.now()) + REST
        row = {"pk": f"BLOCKED#{addresses.site_of(url)}", "sk": "BLOCKED", **msgspec.structs.asdict(failure)}
        TRAFFIC.put_many([row | {"until": until, "expires": until}])
