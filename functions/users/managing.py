"""What administrators and moderators may do about other people's accounts."""

from datetime import UTC, datetime

from functions.users.models import Listed, NewRole, Suspension, UserPath, listed
from shared import clock, edge, jobs
from shared.accounts import accounts, leaving, standing
from shared.accounts.accounts import RANKS, Account
from shared.errors import Forbidden, Invalid
from shared.paging import Paged, PageQuery, page
from shared.settings import settings
from shared.web import Call, Message


def listing(call: Call[None, PageQuery, None]) -> Paged[Listed]:
    """All accounts, newest first."""
    found = page(call.query, accounts.rows, accounts.cursor_of)
    return found.shown([listed(accounts.from_item(row)) for row in found.rows])


def remove(call: Call[None, None, UserPath]) -> Message:
    """Delete somebody's account for good: closed at once, its data gone within minutes."""
    account = standing.set_role(accounts.get(call.path.user_id), "user")  # the last administrator stays
    if account.deleted_at is None:
        leaving.leave(account)
    jobs.send(settings.purge_queue_url, {"account_id": account.id})
    edge.invalidate(f"/users/public/{account.username}")
    return Message("User deleted")


def set_role(call: Call[NewRole, None, UserPath]) -> Message:
    """Make somebody a user, a moderator or an administrator."""
    standing.set_role(accounts.get(call.path.user_id), call.body.role)
    return Message("Role updated")


def suspend(call: Call[Suspension, None, UserPath]) -> Message:
    """Let somebody do nothing until a time, or until it is lifted. They are told the reason."""
    standing.suspend(below(call), call.account, call.body.reason, moment(call.body.until))
    return Message("User suspended")


def lift(call: Call[None, None, UserPath]) -> Message:
    """End a suspension."""
    standing.lift(below(call))
    return Message("Suspension lifted")


def below(call: Call[Suspension, None, UserPath] | Call[None, None, UserPath]) -> Account:
    """The account, if the caller ranks above it. Raises NotFound, Forbidden."""
    account = accounts.get(call.path.user_id)
    if RANKS[account.role] >= RANKS[call.somebody.role]:
        raise Forbidden(explanation="only somebody of a higher role may do this")
    return account


def moment(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = datetime.fromisoformat(text).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        seconds = 0.0
    if seconds <= clock.now():
        raise Invalid(field="until", constraint="an RFC 3339 time in the future")
    return seconds
