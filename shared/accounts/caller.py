"""Who is calling: the one place where a bearer token, a session cookie or an API key becomes a Caller.

What is sent is always checked: a bad token is 401 even where a good cookie came beside it, and so are a bearer and a
key that do not say the same. A browser adds its cookie by itself, so beside either of them it counts for nothing.
Clients that have no token send `Bearer null`, `Bearer undefined` or nothing behind `Bearer`: that counts as none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from shared.accounts import accounts, keys, sessions, tokens
from shared.accounts.accounts import Plan, Role
from shared.accounts.keys import SCOPES, ApiKey, Scope
from shared.accounts.standing import refuse_suspended
from shared.errors import Forbidden, Unauthorized
from shared.settings import settings

if TYPE_CHECKING:
    from starlette.requests import Request

COOKIE = "next-auth.session-token"
NO_TOKEN = frozenset({"", "null", "undefined"})


@dataclass(frozen=True, slots=True)
class Caller:
    """`session_id` is None for an API key, which speaks for its account within its scopes and never as an administrator
    or moderator."""

    account_id: str
    role: Role
    plan: Plan
    scopes: frozenset[Scope]
    session_id: str | None
    via: Literal["bearer", "cookie", "key"]
    era: int  # of the account: what lets somebody in for longer is only made while it lasts


def resolve(request: Request) -> Caller | None:
    """The caller, or None when no credentials were sent. Raises Unauthorized for bad ones."""
    bearer, key = bearer_of(request), request.headers.get("x-api-key", "")
    if key and bearer not in ("", key):
        raise Unauthorized(explanation="two different credentials were sent")
    if key or bearer:
        return of_credential(key or bearer)
    cookie = cookie_of(request)
    return of_token(cookie, "session", "cookie") if cookie else None


def of_credential(text: str) -> Caller:
    """The caller of an access token or an API key. Raises Unauthorized."""
    return of_key(text) if text.startswith(keys.PREFIX) else of_token(text, "access", "bearer")


def bearer_of(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme and scheme.lower() != "bearer":
        raise Unauthorized()
    return "" if token.strip() in NO_TOKEN else token.strip()


def cookie_of(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def sent_credentials(request: Request) -> bool:
    """Whether a request came with any, good or bad. Where the edge keeps them back, its viewer function says so."""
    headers = request.headers
    try:
        return bool(
            headers.get("x-viewer-credentials") or headers.get("x-api-key") or bearer_of(request) or cookie_of(request)
        )
    except Unauthorized:
        return True


def of_token(token: str, use: tokens.Use, via: Literal["bearer", "cookie"]) -> Caller:
    """The caller of a signed token whose session is still open: one BatchGetItem."""
    claims = tokens.claims_of(token, use)
    return of_session(claims.account_id, claims.session_id, via)


def of_session(account_id: str, session_id: str, via: Literal["bearer", "cookie"]) -> Caller:
    account = sessions.opens(account_id, session_id)
    return Caller(account.id, account.role, account.plan, SCOPES, session_id, via, account.era)


def of_key(secret: str) -> Caller:
    key = keys.find(secret)
    if key is None:
        raise Unauthorized()
    return of_api_key(key)


def of_api_key(key: ApiKey) -> Caller:
    account = accounts.find(key.account_id)
    if account is None or account.era != key.era:
        raise Unauthorized()
    refuse_suspended(account)
    keys.note_use(key)
    return Caller(account.id, "user", account.plan, key.scopes, None, "key", account.era)


def refuse_foreign_page(request: Request) -> None:
    """The gate before every write that only a cookie authorises: browsers send ours along with another site's forms.

    Raises Forbidden unless the page is our own.
    """
    if not request.cookies.get(COOKIE) or request.headers.get("x-api-key"):
        return
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme and token.strip() not in NO_TOKEN:
        return
    if from_elsewhere(request):
        raise Forbidden(explanation="a cookie does not authorise writes from another origin")


def from_elsewhere(request: Request) -> bool:
    """Whether a page of another origin sent this. The browser's own word goes first (Fetch Metadata): behind the edge,
    our host name is not the one the page was opened under. Without either header it is no browser.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    ours = {settings.public_url.rstrip("/"), f"{request.url.scheme}://{request.url.netloc}"}
    return site not in ("same-origin", "none") if site else origin is not None and origin not in ours
