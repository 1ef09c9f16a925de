"""Rate limits: a counter a minute in the Traffic table, keyed by account, else by client address.

The window is fixed, so a caller may briefly see twice the rate across a border; one update a request is what that
buys. The address is the gateway's own source address. Behind our CloudFront distribution (which proves itself with
`ORIGIN_SECRET`) it is the viewer's, as CloudFront saw it; a header a client can set is never trusted.
"""

import hmac
from dataclasses import dataclass

from starlette.requests import Request

from shared import clock
from shared.errors import TooManyRequests
from shared.settings import settings
from shared.table import Update
from shared.tables import TRAFFIC


@dataclass(frozen=True, slots=True)
class Limit:
    scope: str
    requests: int
    seconds: int = 60


GENERAL = Limit("general", 100)
GENERAL_V1 = Limit("general-v1", 1000)
SIGN_IN = Limit("sign-in", 10)


def count(limit: Limit, who: str) -> dict[str, str]:
    """Count one request; returns the `X-RateLimit-*` headers or raises `TooManyRequests` carrying them."""
    window = int(clock.now()) // limit.seconds
    ends = (window + 1) * limit.seconds
    row = TRAFFIC.write(
        Update((f"LIMIT#{limit.scope}#{who}", str(window)), add={"n": 1}, set={"expires": ends + limit.seconds})
    )
    headers = {
        "x-ratelimit-limit": str(limit.requests),
        "x-ratelimit-remaining": str(max(0, limit.requests - row["n"])),
        "x-ratelimit-reset": str(ends),
    }
    if row["n"] > limit.requests:
        error = TooManyRequests(max(1, ends - int(clock.now())))
        error.headers |= headers
        raise error
    return headers


def address(request: Request) -> str:
    """The client's address as the gateway, or our own edge, saw it."""
    secret, sent = settings.origin_secret, request.headers.get("x-origin-secret", "")
    if secret and hmac.compare_digest(sent.encode(), secret.encode()):
        viewer = request.headers.get("x-viewer-address")  # our viewer functions set it, over any client's own
        if viewer:
            return viewer
    return request.client.host if request.client else "unknown"
