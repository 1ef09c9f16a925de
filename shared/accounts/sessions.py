"""Sessions: every token belongs to one, and dies with it.

Access patterns, all in the Accounts table:
    the session of a token, with its account     ACCOUNT#<id> / SESSION#<session id>   (one BatchGetItem with PROFILE)
    all sessions of an account                   ACCOUNT#<id> / SESSION#…
A refresh token carries the session's generation and is good once. One that comes a second time was copied by somebody,
so the whole session is revoked (OAuth 2.0 Security BCP, RFC 9700 §4.14.2). A session of another era than its account's
is closed.
"""

from contextlib import suppress
from dataclasses import dataclass

from shared import clock, ids
from shared.accounts import tokens
from shared.accounts.accounts import Account, from_item, in_era, profile_key
from shared.accounts.devices import Device
from shared.accounts.standing import refuse_suspended
from shared.errors import NotFound, Unauthorized
from shared.table import PRESENT, ConditionFailed, Delete, Put, Update
from shared.tables import ACCOUNTS

NO_DEVICE = Device("Unknown", "")


@dataclass(frozen=True, slots=True)
class Opened:
    """The tokens of a session. `cookie` is the session cookie's value."""

    access_token: str
    refresh_token: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Session:
    """`used_at` is when it was opened or last renewed its tokens: browsers do so once a day, apps once an hour."""

    id: str
    device: str
    address: str
    created_at: str
    used_at: str


def key(account_id: str, session_id: str) -> tuple[str, str]:
    return f"ACCOUNT#{account_id}", f"SESSION#{session_id}"


def open_for(
    account_id: str, era: int, access_seconds: int = tokens.ACCESS_SECONDS, *, device: Device = NO_DEVICE
) -> Opened:
    """A new session of an account whose owner has just proved to be there; its access token lives `access_seconds`.

    `era` is the account's as it was when the proof was checked: raises Unauthorized if another one has begun since.
    """
    session_id = ids.sortable()
    pk, sk = key(account_id, session_id)
    now = clock.iso()
    row = {"pk": pk, "sk": sk, "era": era, "generation": 1, "created_at": now, "used_at": now, "expires": _expiry()}
    row |= {"device": device.name, "address": device.address}
    ACCOUNTS.transact(Put(row), in_era(account_id, era))
    return _tokens(account_id, session_id, 1, access_seconds)


def refresh(refresh_token: str) -> Opened:
    """New tokens for a refresh token that has not been used; raises Unauthorized, and revokes on a replay.

    Raises Forbidden for a suspended account, whose token stays good for when that is over.
    """
    claims = tokens.claims_of(refresh_token, "refresh")
    opens(claims.account_id, claims.session_id)
    session = key(claims.account_id, claims.session_id)
    try:
        row = ACCOUNTS.write(
            Update(
                session,
                set={"expires": _expiry(), "used_at": clock.iso()},
                add={"generation": 1},
                condition="#generation = :used AND #expires > :now",
                values={"used": claims.generation, "now": int(clock.now())},
            )
        )
    except ConditionFailed as error:
        if error.old is not None:
            revoke(claims.account_id, claims.session_id)
        raise Unauthorized() from None
    return _tokens(claims.account_id, claims.session_id, int(row["generation"]))


def account_of(account_id: str, session_id: str) -> Account | None:
    """The account, if both it and the session are there, of one era, and the session has not run out."""
    session, profile = key(account_id, session_id), profile_key(account_id)
    rows = ACCOUNTS.get_many([session, profile])
    if session not in rows or profile not in rows or rows[session]["expires"] <= clock.now():
        return None
    account = from_item(rows[profile])
    return account if rows[session]["era"] == account.era and account.deleted_at is None else None


def opens(account_id: str, session_id: str) -> Account:
    """The account that a session opens. Raises Unauthorized where it opens none, Forbidden for a suspended one."""
    account = account_of(account_id, session_id)
    if account is None:
        raise Unauthorized()
    refuse_suspended(account)
    return account


def seen(account_id: str, session_id: str) -> None:
    """It has renewed its cookie, and lives on."""
    still = Update(key(account_id, session_id), set={"expires": _expiry(), "used_at": clock.iso()}, condition=PRESENT)
    with suppress(ConditionFailed):
        ACCOUNTS.write(still)


def of_account(account_id: str, era: int) -> list[Session]:
    """The open sessions, the latest first."""
    rows = ACCOUNTS.every(f"ACCOUNT#{account_id}", "SESSION#")
    found = [
        Session(row["sk"].partition("#")[2], row["device"], row["address"], row["created_at"], row["used_at"])
        for row in rows
        if row["era"] == era and row["expires"] > clock.now()
    ]
    return sorted(found, key=lambda one: one.used_at, reverse=True)


def end(account_id: str, session_id: str) -> None:
    """Raises NotFound for a session that is not this account's."""
    unknown = NotFound("Session not found")
    ACCOUNTS.write(Delete(key(account_id, session_id), PRESENT, refusal=unknown))


def revoke(account_id: str, session_id: str) -> None:
    ACCOUNTS.write(Delete(key(account_id, session_id)))


def revoke_all(account_id: str) -> None:
    pk = f"ACCOUNT#{account_id}"
    ACCOUNTS.delete_many([(pk, row["sk"]) for row in ACCOUNTS.every(pk, "SESSION#")])


def _expiry() -> int:
    return int(clock.now()) + tokens.SESSION_SECONDS


def _tokens(account_id: str, session_id: str, generation: int, access_seconds: int = tokens.ACCESS_SECONDS) -> Opened:
    return Opened(
        tokens.sign_for(account_id, session_id, "access", access_seconds=access_seconds),
        tokens.sign_for(account_id, session_id, "refresh", generation),
        tokens.sign_for(account_id, session_id, "session"),
    )
