"""What opens an account is changed: every session ends; API keys stay, unless somebody else may have made them."""

import hashlib
from typing import Any

from shared.accounts import accounts, keys, sessions, tokens
from shared.accounts.accounts import Account
from shared.errors import Invalid, Unauthorized
from shared.table import ConditionFailed

RESET_SECONDS = 3600
VERIFY_SECONDS = 3 * 86400


def set_password(account: Account, password_hash: str, *, by_mail: bool = False) -> Account:
    """`by_mail`: whoever does this reads the account's mail. Raises Unauthorized when the account has changed since.

    An address that was not verified until then may have been squatted: its keys and its second factor go too.
    """
    squatted = by_mail and not account.email_verified
    changes: dict[str, Any] = {"password_hash": password_hash}
    changes |= {"email_verified": True} if by_mail else {}
    changes |= {"second_factor": False} if squatted else {}
    try:
        changed = accounts.turn_over(account, changes)
    except ConditionFailed:
        raise Unauthorized() from None
    sessions.revoke_all(account.id)
    if squatted:
        keys.revoke_all(account.id)
    else:
        keys.carry_over(changed)
    return changed


def sign_out_everywhere(account: Account) -> Account:
    """End every session. Raises Unauthorized when the account has changed since."""
    try:
        changed = accounts.turn_over(account, {})
    except ConditionFailed:
        raise Unauthorized() from None
    sessions.revoke_all(account.id)
    keys.carry_over(changed)
    return changed


def reset_token(account: Account) -> str:
    """Good for an hour and for one password: it names the one it replaces."""
    return tokens.sign("reset", RESET_SECONDS, sub=account.id, era=account.era, of=_print(account))


def resettable(token: str) -> Account:
    """The account whose password a token may set. Raises Invalid for one that is forged, too old or used."""
    refusal = Invalid("Invalid token", field="token", constraint="from a mail of the last hour, and not used yet")
    try:
        claims = tokens.verify(token, "reset")
    except Unauthorized:
        raise refusal from None
    account = accounts.find(str(claims.get("sub")))
    if account is None or claims.get("era") != account.era or claims.get("of") != _print(account):
        raise refusal
    return account


def verify_token(account: Account) -> str:
    return tokens.sign("verify", VERIFY_SECONDS, sub=account.id, email=account.email)


def verify_email(token: str) -> Account:
    """Raises Invalid for a token that is forged, too old or for another address."""
    refusal = Invalid("Invalid token", field="token", constraint="from a mail of the last three days")
    try:
        claims = tokens.verify(token, "verify")
    except Unauthorized:
        raise refusal from None
    account = accounts.find(str(claims.get("sub")))
    if account is None or claims.get("email") != account.email:
        raise refusal
    return account if account.email_verified else accounts.change(account.id, {"email_verified": True})


def _print(account: Account) -> str:
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]
