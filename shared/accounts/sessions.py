"""Sessions: every token belongs to one, and dies with it.

Access patterns, all in the Accounts table:
    the session of a token, with its account     ACCOUNT#<id> / SESSION#<session id>   (one BatchGetItem with PROFILE)
    all sessions of an account                   ACCOUNT#<id> / SESSION#…
A refresh token carries the session's generation and is good once. One that comes a second time was copied by somebody,
so the whole session is revoked (OAuth 2.0 Security BCP, RFC 9700 §4.14.2). A session of another era than its account's
is closed.
"""

from dataclasses import dataclass

from shared import clock, ids
from shared.accounts import tokens
from shared.accounts.accounts import Account, from_item, in_era, profile_key
from shared.errors import Unauthorized
from shared.table import ConditionFailed, Delete, Put, Update
from shared.tables import ACCOUNTS


@dataclass(frozen=True, slots=True)
class Opened:
    """The tokens of a session. `cookie` is the session cookie's value."""

    access_token: str
    refresh_token: str
    cookie: str


def key(account_id: str, session_id: str) -> tuple[str, str]:
    return f"ACCOUNT#{account_id}", f"SESSION#{session_id}"


def open_for(account_id: str, era: int, access_seconds: int = tokens.ACCESS_SECONDS) -> Opened:
    """A new session of an account whose owner has just proved to be there; its access token lives `access_seconds`.

    `era` is the account's as it was when the proof was checked: raises Unauthorized if another one has begun since.
    """
    session_id = ids.sortable()
    pk, sk = key(account_id, session_id)
    row = {"pk": pk, "sk": sk, "era": era, "generation": 1, "created_at": clock.iso(), "expires": _expiry()}
    ACCOUNTS.transact(Put(row), in_era(account_id, era))
    return _tokens(account_id, session_id, 1, access_seconds)


def refresh(refresh_token: str) -> Opened:
    """New tokens for a refresh token that has not been used; raises Unauthorized, and revokes on a replay."""
    claims = tokens.claims_of(refresh_token, "refresh")
    session = key(claims.account_id, claims.session_id)
    try:
        row = ACCOUNTS.write(
            Update(
                session,
                set={"expires": _expiry()},
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
    return from_item(rows[profile]) if rows[session]["era"] == rows[profile]["era"] else None


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
