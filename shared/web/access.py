"""Who may call a route, as a value of its table: the frame checks it, and OpenAPI tells it.

    PUBLIC      credentials are not looked at, so the edge may answer for everybody
    OPTIONAL    credentials are checked when they are sent
    REQUIRED    a caller, by a session or an API key
    IN_PERSON   a caller who signed in: an API key does not do
    MODERATOR   … who may decide about other people's things
    ADMIN       … who may do everything

A domain adds its own (`shared.library.access`), and a route that a machine calls brings a `check` of its own: a shared
secret, a signature over the body.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from shared.accounts import caller as callers
from shared.accounts.accounts import RANKS, Role
from shared.accounts.caller import Caller
from shared.accounts.keys import Scope
from shared.errors import Forbidden, Unauthorized

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 §9.2.1, of those we serve


@dataclass(frozen=True, slots=True)
class Access:
    """`needed` may depend on a setting, and is then asked for each time. `scope` is the method's own (`read` for a safe
    one, else `write`) unless given. `check` sees the request and its body before they are parsed, and raises.
    """

    needed: bool | Callable[[], bool] = False
    role: Role = "user"
    scope: Scope | None = None
    keys: bool = True  # whether an API key may call
    looks: bool = True  # whether credentials are looked at
    check: Callable[[Request, bytes], None] | None = None
    told: str = ""  # what a client author must know of it

    @property
    def is_needed(self) -> bool:
        return self.needed() if callable(self.needed) else self.needed

    def admit(self, request: Request) -> Caller | None:
        """The caller, if credentials are looked at and were sent. Raises Unauthorized or Forbidden."""
        if not self.looks:
            return None
        caller = callers.resolve(request)
        if caller is None:
            if self.is_needed:
                raise Unauthorized(headers={"www-authenticate": "Bearer"})
            return None
        if caller.via == "key" and not self.keys:
            raise Forbidden(explanation="an API key may not do this: sign in")
        scope = self.scope or ("read" if request.method in SAFE else "write")
        if scope not in caller.scopes:
            raise Forbidden(explanation=f"this API key has no `{scope}` scope")
        if RANKS[caller.role] < RANKS[self.role]:
            raise Forbidden()
        return caller


PUBLIC = Access(looks=False)
OPTIONAL = Access()
REQUIRED = Access(needed=True)
IN_PERSON = Access(needed=True, keys=False)
MODERATOR = Access(needed=True, role="moderator", told="Needs credentials of a moderator.")
ADMIN = Access(needed=True, role="admin", told="Needs credentials of an administrator.")
