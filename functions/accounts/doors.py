"""The doors that a password opens: throttled, one answer and duration for all ways to be wrong."""

import hashlib
from typing import Any

from shared.accounts import accounts, guesses, leaving, passwords, second_factor, sessions
from shared.accounts.accounts import Account
from shared.accounts.standing import refuse_suspended
from shared.errors import Unauthorized
from shared.web import Call
from shared.web.limits import Limit, address, give_back, spend

WRONG_HERE = Limit("passwords", 10, 15 * 60)  # for one e-mail address from one place
WRONG_FOR_ONE = Limit("passwords_for", 100, 3600)  # for one e-mail address from everywhere
WRONG_FROM_ONE = Limit("passwords_from", 200, 3600)  # for all addresses from one place
NOBODY = ""  # an account id that is nobody's


def known(call: Call[Any, None, None]) -> Account:
    """The account of a right e-mail and password, whose second factor is still to be asked for.

    The body is Credentials. Raises Unauthorized, and TooManyRequests after too many wrong tries. A try is counted
    before it is checked, so that many at the same moment are no more than many in a row; a right one is given back.
    """
    email, place = accounts.normal(call.body.email), address(call.request)
    counters = (
        (WRONG_HERE, f"password#{digest(f'{email}|{place}')}"),
        (WRONG_FOR_ONE, f"password#{digest(email)}"),
        (WRONG_FROM_ONE, f"passwords#{digest(place)}"),
    )
    for limit, who in counters:
        spend((limit,), who)
    account = accounts.by_email(email) or accounts.find(NOBODY)  # as many questions as a known address takes
    if not passwords.matches(call.body.password, account.password_hash if account else "") or account is None:
        raise Unauthorized("Invalid credentials", code="INVALID_CREDENTIALS")
    for limit, who in counters:
        give_back(limit, who)
    refuse_suspended(account)
    return account


def proven(call: Call[Any, None, None]) -> Account:
    """The account of somebody who has proved all it asks for, brought back if it was about to be deleted."""
    account = known(call)
    if account.second_factor:
        if not call.body.totp:
            raise Unauthorized("Two-factor code required", code="TWO_FACTOR_REQUIRED")
        use_code(account, call.body.totp)
    return leaving.come_back(account)


def use_code(account: Account, code: str) -> None:
    """Raises Unauthorized for a wrong code, and TooManyRequests after five of them."""
    refusal = Unauthorized("Invalid token", code="INVALID_TWO_FACTOR_CODE")
    guesses.prove(account, lambda: second_factor.use(account, code), refusal)


def opened(call: Call[Any, None, None]) -> tuple[Account, sessions.Opened]:
    account = proven(call)
    return account, sessions.open_for(account.id, account.era, device=call.device)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
