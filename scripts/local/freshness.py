"""How long CloudFront keeps an answer: what its origin says, between the bounds of the behaviour's cache policy.

The rules are the distribution's (CloudFront Developer Guide: Managing how long content stays in the cache), which are
not quite RFC 9111's: bounds come from outside, nothing is guessed from `Last-Modified`, and what a viewer says in its
own `Cache-Control` is ignored. That, keys made by a policy instead of `Vary`, and a clock that can be moved are why no
library for RFC 9111 does it (hishel 2.0 is the one that comes near: a shared cache, but on `time.time()` and `Vary`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

DIRECTIVE = re.compile(r"""([\w-]+)(?:\s*=\s*("[^"]*"|[^\s,"]*))?""")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A cache policy's MinTTL, DefaultTTL and MaxTTL, in seconds."""

    least: int
    default: int
    most: int


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Seconds after its answer: until `fresh` it is handed out, until `stale` also, while a new one is asked for."""

    fresh: float
    stale: float


def lifetime(bounds: Bounds, headers: Mapping[str, Any], now: float) -> Lifetime | None:
    """How long an answer lives; None when it is not to be kept at all. A life of 0 is asked about again each time.

    `immutable` is for browsers. `stale-while-revalidate` reaches as far as the policy's MaxTTL and no further, and
    nowhere beside `must-revalidate`, `proxy-revalidate` or `no-cache`.
    """
    said = directives(str(headers.get("cache-control", "")))
    if said.keys() & {"no-store", "private"}:
        return Lifetime(bounds.least, bounds.least) if bounds.least else None
    if "no-cache" in said:
        return Lifetime(bounds.least, bounds.least)
    if "s-maxage" in said or "max-age" in said:
        fresh = between(bounds, seconds(said.get("s-maxage", said.get("max-age"))))
    elif "expires" in headers:
        fresh = between(bounds, until(str(headers["expires"]), now))
    else:
        fresh = max(bounds.least, bounds.default)
    stale = fresh
    if "stale-while-revalidate" in said and not said.keys() & {"must-revalidate", "proxy-revalidate"}:
        stale = max(fresh, min(bounds.most, fresh + seconds(said["stale-while-revalidate"])))
    return Lifetime(fresh, stale)


def directives(header: str) -> dict[str, str]:
    """A `Cache-Control` field's directives; of one said twice the first counts."""
    found: dict[str, str] = {}
    for name, value in DIRECTIVE.findall(header):
        found.setdefault(name.lower(), value.strip('"'))
    return found


def between(bounds: Bounds, wanted: float) -> float:
    return max(bounds.least, min(wanted, bounds.most))


def seconds(text: str | None) -> int:
    """Delta-seconds; what is no number counts as 0 (RFC 9111 §4.2.1: treat it as stale)."""
    return int(text) if text and text.isascii() and text.isdigit() else 0


def until(date: str, now: float) -> float:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - now)
    except (ValueError, TypeError):
        return 0.0
