"""API keys: making, listing and revoking them, in person only."""

from datetime import UTC, datetime

from functions.accounts.models import Key, KeyPath, NewKey
from shared import clock
from shared.accounts import keys
from shared.accounts.keys import ApiKey
from shared.errors import Invalid
from shared.web import Call, Message


def create(call: Call[NewKey, None, None]) -> Key:
    """Make an API key. This answer is the only one that shows it."""
    ends = moment(call.body.expires_at) if call.body.expires_at else None
    caller = call.somebody
    secret, key = keys.create(caller.account_id, caller.era, call.body.name, ends, call.body.scopes)
    answer = shown(key)
    answer.key = secret
    return answer


def every(call: Call[None, None, None]) -> list[Key]:
    """The caller's API keys, without the keys themselves."""
    return [shown(key) for key in keys.of_account(call.account)]


def revoke(call: Call[None, None, KeyPath]) -> Message:
    """Revoke one of the caller's API keys."""
    keys.revoke(call.account, call.path.key_id)
    return Message("API key revoked")


def shown(key: ApiKey) -> Key:
    ends = clock.iso(key.ends) if key.ends is not None else None
    return Key(key.id, key.name, key.prefix, sorted(key.scopes), key.created_at, ends)


def moment(text: str) -> float:
    try:
        seconds = datetime.fromisoformat(text).astimezone(UTC).timestamp()  # a moment that UTC can write, too
    except (ValueError, OverflowError):
        seconds = 0.0
    if seconds <= clock.now():
        raise Invalid(field="expiresAt", constraint="an RFC 3339 time in the future")
    return seconds
