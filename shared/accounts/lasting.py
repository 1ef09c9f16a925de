"""A credential that is shown once and counts for a while: a connection has no headers after its first request.

What is kept of it is no secret, and whether it still opens anything can be asked again.
"""

from dataclasses import dataclass
from typing import Literal

from shared import clock
from shared.accounts import caller, keys, tokens
from shared.accounts.caller import Caller
from shared.accounts.keys import Scope
from shared.errors import Forbidden, Unauthorized

FOREVER = 2**53  # seconds since the epoch; DynamoDB holds no infinity


@dataclass(frozen=True, slots=True)
class Held:
    """A session of an account or an API key of one (the other is empty), and its end in seconds since the epoch."""

    account_id: str
    session_id: str
    key_id: str
    until: float


def of_credential(text: str, scope: Scope) -> Held:
    """Of an access token or an API key with that scope. Raises Unauthorized, or Forbidden (as when suspended)."""
    if not text.startswith(keys.PREFIX):
        return of_signed(text, "access")
    key = keys.find(text)
    if key is None:
        raise Unauthorized()
    if scope not in caller.of_api_key(key).scopes:
        raise Forbidden(explanation=f"this API key has no `{scope}` scope")
    return Held(key.account_id, "", key.id, FOREVER if key.ends is None else key.ends)


def of_signed(token: str, use: Literal["access", "session"]) -> Held:
    claims = tokens.claims_of(token, use)
    held = Held(claims.account_id, claims.session_id, "", claims.ends)
    caller_of(held)
    return held


def caller_of(held: Held) -> Caller:
    """Who it stands for now. Raises Unauthorized when it has ended, or Forbidden for a suspended account."""
    if held.until <= clock.now():
        raise Unauthorized()
    if held.session_id:
        return caller.of_session(held.account_id, held.session_id, "bearer")
    key = keys.by_id(held.key_id)
    if key is None:
        raise Unauthorized()
    return caller.of_api_key(key)
