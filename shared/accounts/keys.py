"""API keys: for programs. Shown once, stored as a hash, revocable, with an optional end.

Access patterns, all in the Accounts table:
    the owner of a key           APIKEY#<key id>  / KEY
    the keys of an account       ACCOUNT#<id>     / APIKEY#<key id>
A key is `bob_<26 characters of id><43 of secret>`. The secret has 256 random bits, so one SHA-256 is enough to keep it.
"""

import hashlib
import hmac
import secrets
from typing import Any

from shared import clock, ids
from shared.errors import NotFound
from shared.table import ConditionFailed, Delete, Item, Put
from shared.tables import ACCOUNTS

PREFIX = "bob_"
ID_LENGTH = 26


def create(account_id: str, name: str, expires_at: float | None = None) -> tuple[str, Item]:
    """A new key and its row. `expires_at` in seconds since the epoch. The key itself is not kept."""
    key_id, secret = ids.sortable(), secrets.token_urlsafe(32)
    row: dict[str, Any] = {
        "id": key_id,
        "account_id": account_id,
        "name": name,
        "hash": _hash(secret),
        "prefix": f"{PREFIX}{key_id[:8]}",
        "created_at": clock.iso(),
        "ends": expires_at,
    }
    if expires_at is not None:
        row["expires"] = int(expires_at)
    ACCOUNTS.transact(
        Put({"pk": f"APIKEY#{key_id}", "sk": "KEY", **row}),
        Put({"pk": f"ACCOUNT#{account_id}", "sk": f"APIKEY#{key_id}", **row}),
    )
    return f"{PREFIX}{key_id}{secret}", row


def owner(key: str) -> str | None:
    """The account a key speaks for, or None when it is unknown, wrong, revoked or past its end."""
    text = key.removeprefix(PREFIX)
    if not key.startswith(PREFIX) or len(text) <= ID_LENGTH or not text.isascii():
        return None
    row = ACCOUNTS.get(f"APIKEY#{text[:ID_LENGTH]}", "KEY")
    if row is None or not hmac.compare_digest(row["hash"], _hash(text[ID_LENGTH:])):
        return None
    ended = row["ends"] is not None and row["ends"] <= clock.now()
    return None if ended else str(row["account_id"])


def of_account(account_id: str) -> list[Item]:
    return list(ACCOUNTS.every(f"ACCOUNT#{account_id}", "APIKEY#"))


def revoke(account_id: str, key_id: str) -> None:
    """Raises NotFound for a key that is not this account's."""
    mine = Delete((f"ACCOUNT#{account_id}", f"APIKEY#{key_id}"), "attribute_exists(pk)")
    try:
        ACCOUNTS.transact(mine, Delete((f"APIKEY#{key_id}", "KEY")))
    except ConditionFailed:
        raise NotFound("API key not found") from None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
