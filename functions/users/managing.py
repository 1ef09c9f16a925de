"""What administrators and moderators may do about other people's accounts."""

from functions.users.models import (
    Listed,
    NamePath,
    NewRole,
    PeopleQuery,
    Standing,
    Suspension,
    UserPath,
    listed,
    standing_of,
)
from shared import edge, jobs
from shared.accounts import accounts, leaving, standing
from shared.accounts.accounts import RANKS, Account
from shared.accounts.said import ahead
from shared.errors import Forbidden, NotFound
from shared.paging import Paged, page
from shared.settings import settings
from shared.web import Call, Message


def listing(call: Call[None, PeopleQuery, None]) -> Paged[Listed]:
    """All accounts, newest first; or those whose username or address begins with `query`, in the order of that."""
    said = (call.query.query or "").strip()
    if not said:
        found = page(call.query, accounts.rows, accounts.cursor_of)
        return found.shown([listed(accounts.from_item(row)) for row in found.rows])
    if account := accounts.find(said):
        return Paged([listed(account)], 1, call.query.limit, 0, None)
    start = accounts.normal(said)
    found = page(call.query, accounts.rows_by_name(start), accounts.cursor_of, accounts.once(start))
    return found.shown([listed(one) for one in accounts.named_in(found.rows)])


def look_up(call: Call[None, None, NamePath]) -> Standing:
    """Somebody by username, with their standing."""
    account = accounts.by_username(call.path.username)
    if account is None:
        raise NotFound("User not found")
    return standing_of(account)


def remove(call: Call[None, None, UserPath]) -> Message:
    """Delete somebody's account for good: closed at once, its data gone within minutes."""
    account = leaving.remove(call.path.user_id)
    jobs.send(settings.purge_queue_url, {"account_id": account.id})
    edge.invalidate(f"/users/public/{account.username}")
    return Message("User deleted")


def set_role(call: Call[NewRole, None, UserPath]) -> Message:
    """Make somebody a user, a moderator or an administrator."""
    standing.set_role(accounts.get(call.path.user_id), call.body.role)
    return Message("Role updated")


def suspend(call: Call[Suspension, None, UserPath]) -> Message:
    """Let somebody do nothing until a time, or until it is lifted. They are told the reason."""
    standing.suspend(below(call), call.account, call.body.reason, ahead(call.body.until, "until"))
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
