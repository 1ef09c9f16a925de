"""API keys: for programs. Shown once, stored as a hash, revocable, with scopes and an optional end.

Access patterns, all in the Accounts table:
    the key with this id         APIKEY#<key id>  / KEY
    the keys of an account       ACCOUNT#<id>     / APIKEY#<key id>
and in the Traffic table, which every function may write:
    when a key was used last     APIKEY#<key id>  / USED
A key is `bob_<26 characters of id><43 of secret>`. The secret has 256 random bits, so one SHA-256 is enough to keep it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from shared import clock, ids
from shared.accounts.accounts import Account, in_era
from shared.errors import NotFound
from shared.table import PRESENT, ConditionFailed, Delete, Item, Put, Update
from shared.tables import ACCOUNTS, TRAFFIC

Scope = Literal["read", "write"]
SCOPES: frozenset[Scope] = frozenset({"read", "write"})
PREFIX = "bob_"
ID_LENGTH = 26
NOTED_EVERY = 60  # seconds
NOTES_KEPT = 366 * 86400  # seconds
_noted: dict[str, float] = {}  # by key id: when this process last wrote down that it was used


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`ends` in seconds since the epoch; None for a key that lasts. `prefix` is what may be shown of it. `era` is its
    account's when it was made: in another one it opens nothing.
    """

    id: str
    account_id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: str
    ends: float | None
    era: int


def from_item(item: Item) -> ApiKey:
    scopes = frozenset(item.get("scopes", SCOPES))
    return ApiKey(
        item["id"],
        item["account_id"],
        item["name"],
        item["prefix"],
        scopes,
        item["created_at"],
        item["ends"],
        int(item["era"]),
    )


def create(
    account_id: str, era: int, name: str, ends: float | None = None, scopes: Iterable[Scope] = SCOPES
) -> tuple[str, ApiKey]:
    """A new key, and what is kept of it. Raises Unauthorized when the era of who asks is over."""
    key_id, secret = ids.sortable(), secrets.token_urlsafe(32)
    row = {
        "id": key_id,
        "account_id": account_id,
        "era": era,
        "name": name,
        "hash": _hash(secret),
        "prefix": f"{PREFIX}{key_id[:8]}",
        "scopes": sorted(set(scopes)),
        "created_at": clock.iso(),
        "ends": ends,
        **({"expires": int(ends)} if ends is not None else {}),
    }
    ACCOUNTS.transact(
        Put({"pk": f"APIKEY#{key_id}", "sk": "KEY", **row}),
        Put({"pk": f"ACCOUNT#{account_id}", "sk": f"APIKEY#{key_id}", **row}),
        in_era(account_id, era),
    )
    return f"{PREFIX}{key_id}{secret}", from_item(row)


def find(key: str) -> ApiKey | None:
    """What a key stands for, or None when it is unknown, wrong, revoked or past its end."""
    text = key.removeprefix(PREFIX)
    if not key.startswith(PREFIX) or len(text) <= ID_LENGTH or not text.isascii():
        return None
    row = ACCOUNTS.get(f"APIKEY#{text[:ID_LENGTH]}", "KEY")
    if row is None or not hmac.compare_digest(row["hash"], _hash(text[ID_LENGTH:])):
        return None
    return _open(row)


def by_id(key_id: str) -> ApiKey | None:
    """A key that was shown before, or None when it is revoked or past its end."""
    row = ACCOUNTS.get(f"APIKEY#{key_id}", "KEY")
    return _open(row) if row else None


def of_account(account_id: str) -> list[ApiKey]:
    rows = ACCOUNTS.every(f"ACCOUNT#{account_id}", "APIKEY#")
    return [from_item(row) for row in rows if row["ends"] is None or row["ends"] > clock.now()]


def note_use(key: ApiKey) -> None:
    """A key was used just now. A process writes it down once a minute, so that a busy key costs no write a request."""
    now = clock.now()
    if not 0 <= now - _noted.get(key.id, 0.0) < NOTED_EVERY:
        _noted[key.id] = now
        row = {"pk": f"APIKEY#{key.id}", "sk": "USED", "at": clock.iso(now), "expires": int(now) + NOTES_KEPT}
        TRAFFIC.write(Put(row))


def last_uses(found: Iterable[ApiKey]) -> dict[str, str]:
    """When keys were used last, to the minute; by key id. One that is missing was not, in a year."""
    rows = TRAFFIC.get_many((f"APIKEY#{key.id}", "USED") for key in found)
    return {pk.partition("#")[2]: row["at"] for (pk, _), row in rows.items()}


def revoke(account_id: str, key_id: str) -> None:
    """Raises NotFound for a key that is not this account's."""
    mine = Delete((f"ACCOUNT#{account_id}", f"APIKEY#{key_id}"), "attribute_exists(pk)")
    try:
        ACCOUNTS.transact(mine, Delete((f"APIKEY#{key_id}", "KEY")))
    except ConditionFailed:
        raise NotFound("API key not found") from None


def revoke_all(account_id: str) -> None:
    pk = f"ACCOUNT#{account_id}"
    for row in ACCOUNTS.every(pk, "APIKEY#"):
        ACCOUNTS.delete_many([(pk, row["sk"]), (row["sk"], "KEY")])


def carry_over(account: Account) -> None:
    """Let the keys of the era before open this one too: its owner has changed what opens the account, not they."""
    for row in list(ACCOUNTS.every(f"ACCOUNT#{account.id}", "APIKEY#")):
        if row["era"] == account.era - 1:
            for key in ((row["pk"], row["sk"]), (row["sk"], "KEY")):
                with suppress(ConditionFailed):  # revoked meanwhile
                    ACCOUNTS.write(Update(key, set={"era": account.era}, condition=PRESENT))


def _open(row: Item) -> ApiKey | None:
    ended = row["ends"] is not None and row["ends"] <= clock.now()
    return None if ended else from_item(row)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
