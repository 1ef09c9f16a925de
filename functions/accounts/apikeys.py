"""API keys: making, listing and revoking them, in person only."""

from functions.accounts.models import Key, KeyPath, NewKey
from shared import clock
from shared.accounts import keys
from shared.accounts.keys import ApiKey
from shared.accounts.said import ahead
from shared.web import Call, Message


def create(call: Call[NewKey, None, None]) -> Key:
    """Make an API key. This answer is the only one that shows it."""
    caller = call.somebody
    ends = ahead(call.body.expires_at, "expiresAt")
    secret, key = keys.create(caller.account_id, caller.era, call.body.name, ends, call.body.scopes)
    answer = shown(key, None)
    answer.key = secret
    return answer


def every(call: Call[None, None, None]) -> list[Key]:
    """The caller's API keys, without the keys themselves."""
    found = keys.of_account(call.account)
    used = keys.last_uses(found)
    return [shown(key, used.get(key.id)) for key in found]


def revoke(call: Call[None, None, KeyPath]) -> Message:
    """Revoke one of the caller's API keys."""
    keys.revoke(call.account, call.path.key_id)
    return Message("API key revoked")


def shown(key: ApiKey, used: str | None) -> Key:
    ends = clock.iso(key.ends) if key.ends is not None else None
    return Key(key.id, key.name, key.prefix, sorted(key.scopes), key.created_at, ends, used)
