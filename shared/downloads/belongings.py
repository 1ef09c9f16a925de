"""What is kept of an account's downloads: for its export, and for its erasure."""

from typing import Any

import msgspec

from shared.downloads import downloads
from shared.downloads.download import Download, from_item, key
from shared.tables import TRAFFIC

KEPT_BACK = {"caller", "owner", "request", "expires", "told", "place"}  # ours, and of no meaning elsewhere


def export(account_id: str) -> list[dict[str, Any]]:
    """Its history, oldest first, as JSON has it."""
    shown = [msgspec.to_builtins(one) for one in of_account(account_id)]
    return [{name: value for name, value in one.items() if name not in KEPT_BACK} for one in shown]


def erase(account_id: str) -> None:
    """Leave nothing of them: what runs is cancelled. May be repeated, and may stop half-way."""
    for download in of_account(account_id):
        downloads.forget(download)
    pk = f"ACCOUNT#{account_id}"
    TRAFFIC.delete_many([(pk, row["sk"]) for row in list(TRAFFIC.every(pk, "DOWNLOAD#"))])


def of_account(account_id: str) -> list[Download]:
    lines = [row["thing"] for row in TRAFFIC.every(f"ACCOUNT#{account_id}", "DOWNLOAD#")]
    rows = TRAFFIC.get_many(key(one) for one in lines)
    return [from_item(rows[key(one)]) for one in lines if key(one) in rows]
