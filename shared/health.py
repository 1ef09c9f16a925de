"""Whether the stores answer, and what runs just now."""

from shared import clock
from shared.table import Table
from shared.tables import LIBRARY, TRAFFIC


def database() -> bool:
    return _reachable(LIBRARY)


def counters() -> bool:
    """The store of limits, sessions of sockets, and jobs."""
    return _reachable(TRAFFIC)


def active_downloads() -> int:
    """Downloads that run now: those whose workers give signs of life."""
    running = TRAFFIC.query("DOWNLOADS", "RUNNING#").items
    return sum(row["until"] >= clock.now() for row in running)


def _reachable(table: Table) -> bool:
    """One consistent read of a row that need not exist."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        table.get("HEALTH", "HEALTH")
    except (BotoCoreError, ClientError):
        return False
    return True
