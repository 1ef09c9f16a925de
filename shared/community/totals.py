"""How much of everything there is: counted as it happens, never summed up.

COUNT#totals#<shard>, COUNT#reports#<shard>, COUNT#day/<yyyy-mm-dd>#<shard>
"""

from collections import Counter

from shared import clock, counters
from shared.tables import ACCOUNTS, COMMUNITY


def today() -> str:
    return f"day/{clock.iso()[:10]}"


def count(**by: int) -> None:
    """Of contents, favorites, views, uses, categories."""
    counters.bump(COMMUNITY, "totals", **by)


def uploaded() -> None:
    count(contents=1)
    counters.bump(COMMUNITY, today(), uploads=1)


def reports(**by: int) -> None:
    """Of reports, by state."""
    counters.bump(COMMUNITY, "reports", **by)


def read() -> dict[str, Counter[str]]:
    """`totals`, `reports`, `today` and `users`."""
    found = counters.read_many(COMMUNITY, ["totals", "reports", today()])
    users = counters.read(ACCOUNTS, "users")
    return {"totals": found["totals"], "reports": found["reports"], "today": found[today()], "users": users}
