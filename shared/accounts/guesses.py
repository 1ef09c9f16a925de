"""What is asked of somebody whose account is known already (a code, the password again) is not guessed: five wrong ones
in a quarter of an hour, counted together at all doors."""

from collections.abc import Callable

from shared.accounts.accounts import Account
from shared.errors import ServiceError
from shared.web.limits import Limit, give_back, spend

WRONG = Limit("codes", 5, 15 * 60)


def prove(account: Account, right: Callable[[], bool], refusal: ServiceError) -> None:
    """Raises the refusal, and TooManyRequests after five. A try is counted before it is checked, and given back when
    right: many at the same moment are no more than many in a row."""
    who = f"code#{account.id}"
    spend((WRONG,), who)
    if not right():
        raise refusal
    give_back(WRONG, who)
