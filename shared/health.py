"""Whether the stores answer, and what runs just now."""

from shared.table import Table
from shared.tables import LIBRARY, TRAFFIC


def database() -> bool:
    return _reachable(LIBRARY)


def counters() -> bool:
    """The store of limits, sessions of sockets, and jobs."""
    return _reachable(TRAFFIC)


def active_downloads() -> int:
    """Downloads that run now: the counter that the download workers keep."""
    row = TRAFFIC.get("DOWNLOADS", "ACTIVE")
    return int(row["n"]) if row else 0


def _reachable(table: Table) -> bool:
    """One consistent read of a row that need not exist."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        table.get("HEALTH", "HEALTH")
    except (BotoCoreError, ClientError):
        return False
    return True
