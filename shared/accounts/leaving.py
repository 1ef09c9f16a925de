"""Leaving: an account that its owner deletes is closed at once and gone after 30 days; signing in brings it back.

Access pattern, in the Accounts table:
    accounts that are due to be purged     DUE#<day> / <time>#<id>
An account that is `purging` never comes back: an administrator deleted it, or its 30 days are over. That is written
before anything it has is erased, so that nobody returns to a half of it.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from shared import clock
from shared.accounts import accounts, keys, sessions, standing
from shared.accounts.accounts import Account, profile_key
from shared.errors import Unauthorized, Unavailable
from shared.table import ConditionFailed, Delete, Item, Put, Update
from shared.tables import ACCOUNTS

DAYS = 30
DAYS_BACK = 7  # days that a purge may be late
LOOKS = 5  # times to look again at an account that somebody else is changing


def leave(account: Account) -> float:
    """Close an account; when it will be purged, in seconds since the epoch. Every session and key ends.

    Whoever has a rank gives it up first. Raises Unauthorized when the account has changed since.
    """
    due = clock.now() + DAYS * 86400
    _close(account, due, {"deleted_at": clock.now()})
    return due


def remove(account_id: str) -> Account:
    """Close an account for good, on an administrator's word. Raises NotFound, and Conflict for the last administrator.

    It is due at once: should the message that has it erased be lost, the next sweep sends another.
    """
    for _ in range(LOOKS):
        account = standing.set_role(accounts.get(account_id), "user")
        if account.purging:
            return account
        with suppress(Unauthorized):  # its owner did something at this very moment
            _close(account, clock.now(), {"deleted_at": account.deleted_at or clock.now(), "purging": True})
            return account
    raise Unavailable("The account is being changed")


def _close(account: Account, due: float, changes: dict[str, Any]) -> None:
    changed = Unauthorized()
    ACCOUNTS.transact(
        Update(
            profile_key(account.id),
            set=changes,
            add={"era": 1},
            condition="#era = :era AND #role = :user",  # no administrator is closed: the last one stays
            values={"era": account.era, "user": "user"},
            refusal=changed,
        ),
        Put(_due(account.id, due)),
    )
    sessions.revoke_all(account.id)
    keys.revoke_all(account.id)


def come_back(account: Account) -> Account:
    """Its owner has proved who they are within the 30 days. Raises Unauthorized when it is too late."""
    if account.deleted_at is None:
        return account
    row = _due(account.id, account.deleted_at + DAYS * 86400)
    ACCOUNTS.transact(
        Update(
            profile_key(account.id),
            set={"deleted_at": None},
            condition="#deleted_at = :when AND (attribute_not_exists(#purging) OR #purging = :no)",
            values={"when": account.deleted_at, "no": False},
            refusal=Unauthorized("Invalid credentials", code="INVALID_CREDENTIALS"),
        ),
        Delete((row["pk"], row["sk"])),
    )
    return accounts.get(account.id)


def condemn(account_id: str) -> bool:
    """From now on nothing brings an account back whose 30 days are over; whether there is one to be purged."""
    account = accounts.find(account_id)
    if account is None or account.deleted_at is None:  # gone already, or its owner has come back
        return False
    if account.purging:
        return True
    if account.deleted_at + DAYS * 86400 > clock.now() + 1:  # it has come back meanwhile, and was left again
        return False
    over = Update(
        profile_key(account_id),
        set={"purging": True},
        condition="#deleted_at = :when",
        values={"when": account.deleted_at},
    )
    try:
        ACCOUNTS.write(over)
    except ConditionFailed:
        return False
    return True


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
