"""Signed tokens (HS256 with `JWT_SECRET`): access, session cookie, refresh, and those that a mail carries.

`use` says which of them a token is, so that one never passes for another. The algorithm list is fixed: a token that
names `none` or another algorithm is refused by PyJWT before anything in it is read.
"""

from dataclasses import dataclass
from typing import Any, Literal

from shared import clock
from shared.errors import Misconfigured, Unauthorized
from shared.settings import settings

ACCESS_SECONDS = 3600
SESSION_SECONDS = 30 * 86400
Use = Literal["access", "session", "refresh", "reset", "verify"]


@dataclass(frozen=True, slots=True)
class Claims:
    account_id: str
    session_id: str
    generation: int  # of a refresh token: each is good once
    ends: float  # seconds since the epoch


def secret() -> str:
    """Raises Misconfigured (`Server misconfigured`, as documented) without a JWT_SECRET."""
    if not settings.jwt_secret:
        raise Misconfigured()
    return settings.jwt_secret


def sign(use: Use, seconds: int, **claims: Any) -> str:
    import jwt

    issued = int(clock.now())
    return jwt.encode({"use": use, "iat": issued, "exp": issued + seconds, **claims}, secret(), algorithm="HS256")


def verify(token: str, use: Use) -> dict[str, Any]:
    """The claims of a token of ours that is good now; raises Unauthorized otherwise, without saying why."""
    import jwt

    try:
        claims: dict[str, Any] = jwt.decode(
            token, secret(), algorithms=["HS256"], options={"require": ["exp", "iat"], "verify_iat": False}
        )
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise Unauthorized() from None
    if claims.get("use") != use:
        raise Unauthorized()
    return claims


def sign_for(
    account_id: str, session_id: str, use: Use, generation: int = 0, access_seconds: int = ACCESS_SECONDS
) -> str:
    seconds = access_seconds if use == "access" else SESSION_SECONDS
    more = {"gen": generation} if use == "refresh" else {}
    return sign(use, seconds, sub=account_id, sid=session_id, **more)


def claims_of(token: str, use: Use) -> Claims:
    claims = verify(token, use)
    account_id, session_id, generation = claims.get("sub"), claims.get("sid"), claims.get("gen", 0)
    if not isinstance(account_id, str) or not isinstance(session_id, str) or not isinstance(generation, int):
        raise Unauthorized()
    return Claims(account_id, session_id, generation, float(claims["exp"]))
