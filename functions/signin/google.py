"""Google's word on who somebody is: an ID token, verified with google-auth against Google's certificates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared import clock
from shared.errors import Misconfigured, Unauthorized, Unavailable
from shared.settings import settings

ISSUERS = frozenset({"accounts.google.com", "https://accounts.google.com"})
MAX_AGE = re.compile(r"max-age=(\d+)")
_certificates: dict[str, tuple[float, Any]] = {}  # by URL: until when, and the answer


@dataclass(frozen=True, slots=True)
class Person:
    sub: str
    email: str
    email_verified: bool
    name: str
    picture: str
    nonce: str  # of the sign-in it answers; "" without one
    expires: int  # seconds since the epoch


def verify(id_token: str) -> Person:
    """The person of an ID token meant for us. Raises Unauthorized, Unavailable or Misconfigured."""
    from google.auth import exceptions
    from google.auth import jwt as google_jwt
    from google.oauth2 import id_token as verifier

    try:
        google_jwt.decode_header(id_token)  # type: ignore[no-untyped-call]  # no token at all: nothing to ask Google
        if not settings.google_client_id:
            raise Misconfigured("GOOGLE_CLIENT_ID not configured")
        claims = verifier.verify_token(
            id_token,
            fetch,  # type: ignore[arg-type]
            audience=settings.google_client_id,
            certs_url=settings.google_certs_url,
        )
    except exceptions.TransportError as error:
        raise Unavailable("Google cannot be reached") from error
    except (exceptions.GoogleAuthError, ValueError, TypeError, KeyError):
        raise Unauthorized("Invalid Google token") from None
    return person_of(claims)


def person_of(claims: Mapping[str, Any]) -> Person:
    sub, email = claims.get("sub"), claims.get("email")
    if claims.get("iss") not in ISSUERS or not isinstance(sub, str) or not isinstance(email, str) or "@" not in email:
        raise Unauthorized("Invalid Google token")
    verified = claims.get("email_verified") in (True, "true")
    return Person(
        sub,
        email,
        verified,
        str(claims.get("name") or email),
        str(claims.get("picture") or ""),
        str(claims.get("nonce") or ""),
        int(claims["exp"]),
    )


class Answer:
    """What google-auth's transport interface asks of an answer."""

    def __init__(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        self.status, self.headers, self.data = status, headers, data


def fetch(url: str, method: str = "GET", **_: Any) -> Answer:
    """google-auth's transport on httpx. Certificates are kept as long as Google says they may be."""
    import httpx
    from google.auth.exceptions import TransportError

    until, kept = _certificates.get(url, (0.0, None))
    if kept is not None and until > clock.now():
        return Answer(200, {}, kept)
    try:
        response = httpx.request(method, url, timeout=5)
    except httpx.HTTPError as error:
        raise TransportError(error) from error  # type: ignore[no-untyped-call]
    age = MAX_AGE.search(response.headers.get("cache-control", ""))
    if response.status_code == 200 and age:
        _certificates[url] = (clock.now() + int(age[1]), response.content)
    return Answer(response.status_code, response.headers, response.content)
