"""What somebody who watches a download is told of it at once.

Access pattern, in the Traffic table:
    a download     DOWNLOAD#<id> / DOWNLOAD
"""

from dataclasses import dataclass
from typing import Any

from shared import clock
from shared.table import Item
from shared.tables import TRAFFIC

UNTOLD = {"percent": "0.0%", "speed": "N/A", "eta": "N/A"}  # "N/A" where nothing is known (redstream: WebSocket)


@dataclass(frozen=True, slots=True)
class Standing:
    """`owner` is an account's id, "" for a download that is anybody's who has its id. `message` is the last one."""

    owner: str
    finished: bool
    message: dict[str, Any]


def standing(download_id: str) -> Standing | None:
    """None for one that is unknown, or was until it expired."""
    row = TRAFFIC.get(f"DOWNLOAD#{download_id}", "DOWNLOAD")
    if row is None or 0 < row.get("expires", 0) <= clock.now():
        return None
    state, owner = row["state"], row.get("owner") or ""
    if state in ENDS:
        return Standing(owner, True, ENDS[state](row))
    return Standing(owner, False, row.get("told") or UNTOLD)


def completed(row: Item) -> dict[str, Any]:
    return {"status": "completed", "files": row.get("files", [])}


def failed(row: Item) -> dict[str, Any]:
    return {**{name: row.get(name, "") for name in ("error", "detail", "code")}, "status": "failed"}


def cancelled(row: Item) -> dict[str, Any]:
    return {"status": "cancelled"}


ENDS = {"completed": completed, "failed": failed, "cancelled": cancelled}
