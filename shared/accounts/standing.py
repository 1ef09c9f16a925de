"""What an account may do: its role, and whether it is suspended. Once there is an administrator, there always is one.

Access patterns, all in the Accounts table:
    how many administrators there are     ADMINS / COUNT
    the token that makes the first one    ADMINS / TOKEN     (its digest)
The token is made and logged once, by the first request that finds no administrator; BOOTSTRAP_ADMIN_TOKEN presets it.
"""

import hashlib
import hmac
import secrets

from shared import clock, log
from shared.accounts import accounts
from shared.accounts.accounts import RANKS, Account, Role, profile_key
from shared.errors import Conflict, Forbidden, Unauthorized
from shared.settings import settings
from shared.table import ABSENT, ConditionFailed, Delete, Put, Update
from shared.tables import ACCOUNTS

COUNT, TOKEN = ("ADMINS", "COUNT"), ("ADMINS", "TOKEN")
NONE_YET = "attribute_not_exists(#count) OR #count = :none"


def set_role(account: Account, role: Role) -> Account:
    """Raises Conflict for the last administrator, for who is closed or suspended and would rise (nobody could rely on
    them), and when somebody else has just changed it."""
    if account.role == role:
        return account
    if RANKS[role] > RANKS[account.role] and (account.deleted_at is not None or account.is_suspended):
        raise Conflict("This account is closed or suspended", code="NOT_ACTIVE")
    change = Update(
        profile_key(account.id),
        set={"role": role},
        condition="#role = :old AND #era = :era AND #suspended = :reason",
        values={"old": account.role, "era": account.era, "reason": account.suspended},
        refusal=Conflict("The role has just been changed"),
    )
    if "admin" in (account.role, role):
        ACCOUNTS.transact(change, count(1 if role == "admin" else -1))
    else:
        ACCOUNTS.write(change)
    return accounts.get(account.id)


def count(step: int) -> Update:
    """Part of a transaction that makes an administrator (1) or takes one away (-1), of whom one is left."""
    if step > 0:
        return Update(COUNT, add={"count": step})
    last = Conflict("The last administrator stays", code="LAST_ADMIN")
    return Update(COUNT, add={"count": step}, condition="#count > :one", values={"one": 1}, refusal=last)


def announce() -> None:
    """Make and log the first administrator's token, if there is neither an administrator nor a token."""
    if settings.bootstrap_admin_token:
        return
    rows = ACCOUNTS.get_many([COUNT, TOKEN])
    if TOKEN in rows or rows.get(COUNT, {}).get("count", 0) > 0:
        return
    token = secrets.token_urlsafe(24)
    try:
        ACCOUNTS.write(Put({"pk": TOKEN[0], "sk": TOKEN[1], "digest": _digest(token)}, ABSENT))
    except ConditionFailed:  # somebody else has made one, and logged it
        return
    log.event("no administrator yet", bootstrap=f"/auth/bootstrap-admin?token={token}&username=")


def make_first_admin(token: str, username: str) -> Account:
    """Raises Unauthorized for a wrong token, an unknown name, and once there is an administrator."""
    row = ACCOUNTS.get(*TOKEN)
    known = _digest(settings.bootstrap_admin_token) if settings.bootstrap_admin_token else (row or {}).get("digest", "")
    if not known or not hmac.compare_digest(known, _digest(token)):
        raise Unauthorized("Invalid token")
    account = accounts.by_username(username)
    if account is None or account.deleted_at is not None or account.is_suspended:
        raise Unauthorized("User not found")
    over = Unauthorized("Invalid token", explanation="there is an administrator already")
    ACCOUNTS.transact(
        Update(COUNT, add={"count": 1}, condition=NONE_YET, values={"none": 0}, refusal=over),
        Update(
            profile_key(account.id),
            set={"role": "admin"},
            condition="#era = :era",
            values={"era": account.era},
            refusal=over,
        ),
        Delete(TOKEN),
    )
    return accounts.get(account.id)


def suspend(account: Account, by: str, reason: str, until: float | None) -> Account:
    """`until` in seconds since the epoch, None for good. It keeps what it has, and may do nothing meanwhile.

    Raises Conflict when its role has just been changed: it may be above the suspending one's by now.
    """
    said = {"suspended": reason, "suspended_until": until, "suspended_by": by, "suspended_at": clock.iso()}
    change = Update(
        profile_key(account.id),
        set=said,
        condition="#role = :role",
        values={"role": account.role},
        refusal=Conflict("The role has just been changed"),
    )
    return accounts.from_item(ACCOUNTS.write(change))


def lift(account: Account) -> Account:
    return accounts.change(account.id, {"suspended": "", "suspended_until": None})


def refuse_suspended(account: Account) -> None:
    """Raises Forbidden, with the reason."""
    if account.is_suspended:
        until = None if account.suspended_until is None else clock.iso(account.suspended_until)
        details = {"reason": account.suspended, "until": until}
        raise Forbidden("Account suspended", code="ACCOUNT_SUSPENDED", details=details)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
