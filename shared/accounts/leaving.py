"""Leaving: an account that its owner deletes is closed at once and gone after 30 days; signing in brings it back.

Access pattern, in the Accounts table:
    accounts that are due to be purged     DUE#<day> / <time>#<id>
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from shared import clock
from shared.accounts import accounts, keys, sessions
from shared.accounts.accounts import Account, profile_key
from shared.errors import Unauthorized
from shared.table import Delete, Item, Put, Update
from shared.tables import ACCOUNTS

DAYS = 30
DAYS_BACK = 7  # days that a purge may be late


def leave(account: Account) -> float:
    """Close an account; when it will be purged, in seconds since the epoch. Every session and key ends."""
    now = clock.now()
    due = now + DAYS * 86400
    changed = Unauthorized()
    ACCOUNTS.transact(
        Update(
            profile_key(account.id),
            set={"deleted_at": now},
            add={"era": 1},
            condition="#era = :era",
            values={"era": account.era},
            refusal=changed,
        ),
        Put(_due(account.id, due)),
    )
    sessions.revoke_all(account.id)
    keys.revoke_all(account.id)
    return due


def come_back(account: Account) -> Account:
    """Its owner has proved who they are within the 30 days."""
    if account.deleted_at is None:
        return account
    row = _due(account.id, account.deleted_at + DAYS * 86400)
    gone = Unauthorized()  # purged this very moment
    ACCOUNTS.transact(
        Update(
            profile_key(account.id),
            set={"deleted_at": None},
            condition="#deleted_at = :when",
            values={"when": account.deleted_at},
            refusal=gone,
        ),
        Delete((row["pk"], row["sk"])),
    )
    return accounts.get(account.id)


def due() -> Iterator[tuple[str, Item]]:
    """The accounts that are to be purged by now, each with its row for `done`."""
    moment, today = clock.iso(), datetime.fromtimestamp(clock.now(), UTC).date()
    for back in range(DAYS_BACK, -1, -1):
        for row in list(ACCOUNTS.every(f"DUE#{(today - timedelta(days=back)).isoformat()}", until=moment)):
            yield row["account_id"], row


def done(row: Item) -> None:
    ACCOUNTS.delete_many([(row["pk"], row["sk"])])


def _due(account_id: str, when: float) -> dict[str, Any]:
    time = clock.iso(when)
    expires = int(when) + (DAYS_BACK + 1) * 86400
    return {"pk": f"DUE#{time[:10]}", "sk": f"{time}#{account_id}", "account_id": account_id, "expires": expires}
