"""Rate limits: how often one caller may do what, counted in the Traffic table, one update a request.

Windows are fixed and lie within the hour, so all counters of one caller in one hour stand on one row (one attribute a
window), and any number of limits is one UpdateItem. A caller may briefly see twice the rate across a border; one update
is what that buys. A limit's number is the free plan's; larger plans have a multiple of it.

Who is counted: the account, else the client's address, which is the gateway's own source address. Behind our CloudFront
distribution (which proves itself with `ORIGIN_SECRET`) it is the viewer's, as CloudFront saw it; a header a client can
set is never trusted.
"""

import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request

from shared import clock
from shared.accounts.accounts import Plan
from shared.errors import TooManyRequests
from shared.settings import settings
from shared.table import ConditionFailed, Update
from shared.tables import TRAFFIC

HOUR = 3600
FACTORS: dict[Plan, int] = {"free": 1, "creator": 2, "viral": 5, "pro": 10}


@dataclass(frozen=True, slots=True)
class Limit:
    """`requests` in `seconds`, which divide an hour. `name` is a word: limits of one name share a counter."""

    name: str
    requests: int
    seconds: int = 60

    def __post_init__(self) -> None:
        if HOUR % self.seconds or not self.name.isidentifier():
            raise ValueError(f"{self} has no place on an hour's row")

    def allowed(self, plan: Plan) -> int:
        return self.requests * FACTORS[plan]

    def counter(self, now: int) -> str:
        """The attribute that counts the window `now` is in."""
        return f"{self.name}_{now % HOUR // self.seconds}"

    def ends(self, now: int) -> int:
        return (now // self.seconds + 1) * self.seconds


GENERAL = Limit("general", 1000)


def spend(limits: Sequence[Limit], who: str, plan: Plan = "free") -> dict[str, str]:
    """Count one request against all of `limits`; the `X-RateLimit-*` headers, which report the first of them.

    Raises TooManyRequests, with the headers of the limit that is used up. Nothing is counted with RATE_LIMITS=off.
    """
    if not limits or not settings.rate_limits:
        return {}
    now = int(clock.now())
    counters = {limit.counter(now): 1 for limit in limits}
    row = TRAFFIC.write(Update(_key(who, now), add=counters, set={"expires": (now // HOUR + 2) * HOUR}))
    used_up = [limit for limit in limits if row[limit.counter(now)] > limit.allowed(plan)]
    reported = max(used_up, key=lambda limit: limit.ends(now), default=limits[0])
    headers = _headers(reported, reported.allowed(plan), int(row[reported.counter(now)]), now)
    if used_up:
        error = TooManyRequests(max(1, reported.ends(now) - now))
        error.headers |= headers
        raise error
    return headers


def peek(limit: Limit, who: str, plan: Plan = "free") -> int:
    """How many requests are left, without counting one."""
    now = int(clock.now())
    row = TRAFFIC.get(*_key(who, now)) or {}
    return max(0, limit.allowed(plan) - int(row.get(limit.counter(now), 0)))


def give_back(limit: Limit, who: str) -> None:
    """Take back one that was spent: a try that turned out to be no offence. In the window after it there is none."""
    now = int(clock.now())
    counter = limit.counter(now)
    if settings.rate_limits:
        spent = Update(_key(who, now), add={counter: -1}, condition=f"#{counter} > :none", values={"none": 0})
        with suppress(ConditionFailed):
            TRAFFIC.write(spent)


def address(request: Request) -> str:
    """The client's address as the gateway, or our own edge, saw it."""
    if from_our_edge(request) and (viewer := request.headers.get("x-viewer-address")):
        return viewer  # our viewer functions set it, over any client's own
    return request.client.host if request.client else "unknown"


def from_our_edge(request: Request) -> bool:
    """Whether our own distribution sent this request, so that its `X-Viewer-…` headers are its word and no client's."""
    secret, sent = settings.origin_secret, request.headers.get("x-origin-secret", "")
    return bool(secret) and hmac.compare_digest(sent.encode(), secret.encode())


def _key(who: str, now: int) -> tuple[str, str]:
    return f"LIMIT#{who}", str(now // HOUR)


def _headers(limit: Limit, allowed: int, used: int, now: int) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(allowed),
        "x-ratelimit-remaining": str(max(0, allowed - used)),
        "x-ratelimit-reset": str(limit.ends(now)),
    }
