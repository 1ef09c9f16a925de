"""Who is calling: the one place where a bearer token, a session cookie or an API key becomes a Caller.

What is sent is always checked: a bad token is 401 even where a good cookie came beside it.
"""

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

from shared.accounts import accounts, keys, sessions, tokens
from shared.errors import Forbidden, Unauthorized
from shared.settings import settings

COOKIE = "next-auth.session-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Caller:
    account_id: str
    role: str
    session_id: str | None  # None for an API key
    via: Literal["bearer", "cookie", "key"]


def resolve(request: Request) -> Caller | None:
    """The caller, or None when no credentials were sent.

    Raises Unauthorized for bad ones, Forbidden for a write from a foreign page.
    """
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    bearer = bearer.strip()
    key = request.headers.get("x-api-key", "") or (bearer if bearer.startswith(keys.PREFIX) else "")
    if key:
        return of_key(key)
    if scheme:
        if scheme.lower() != "bearer" or not bearer:
            raise Unauthorized()
        return of_token(bearer, "access", "bearer")
    if cookie := request.cookies.get(COOKIE):
        refuse_foreign_page(request)
        return of_token(cookie, "session", "cookie")
    return None


def of_token(token: str, use: tokens.Use, via: Literal["bearer", "cookie"]) -> Caller:
    """The caller of a signed token whose session is still open: one BatchGetItem."""
    claims = tokens.claims_of(token, use)
    account = sessions.account_of(claims.account_id, claims.session_id)
    if account is None:
        raise Unauthorized()
    return Caller(account.id, account.role, claims.session_id, via)


def of_key(secret: str) -> Caller:
    account_id = keys.owner(secret)
    account = accounts.find(account_id) if account_id else None
    if account is None:
        raise Unauthorized()
    return Caller(account.id, account.role, None, "key")


def refuse_foreign_page(request: Request) -> None:
    """A browser sends our cookie along with another site's form: only our own pages may write with it."""
    if request.method in SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    ours = {settings.public_url.rstrip("/"), f"{request.url.scheme}://{request.url.netloc}"}
    # The browser's own word goes first: behind the edge, our host name is not the one the page was opened under.
    if site not in ("same-origin", "none") if site else origin is not None and origin not in ours:
        raise Forbidden(explanation="a cookie does not authorise writes from another origin")
