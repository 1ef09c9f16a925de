"""A CloudFront cache policy: what of a request makes another answer of it, and the bounds of its life.

All else that reaches the origin (by the origin request policy) must not change the answer, or a viewer could leave
theirs for everybody.
"""

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from scripts.local.freshness import Bounds

ONE_DAY, ONE_YEAR = 86_400, 31_536_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on its way to the origin: rewritten by the viewer function, reduced to what the policies forward."""

    method: str
    uri: str
    query: str
    headers: Mapping[str, Any]
    accept_encoding: str = ""  # the viewer's own


class Key(NamedTuple):
    uri: str
    query: str
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[tuple[str, str], ...]
    encoding: str

    @property
    def address(self) -> str:
        """What an invalidation's path is compared with."""
        return f"{self.uri}?{self.query}" if self.query else self.uri


@dataclass(frozen=True, slots=True)
class Names:
    """Which headers, cookies or query strings are in the key."""

    which: Literal["none", "whitelist", "allExcept", "all"]
    listed: frozenset[str]

    def __contains__(self, name: str) -> bool:
        return self.which == "all" or (self.which != "none" and (name in self.listed) == (self.which == "whitelist"))


@dataclass(frozen=True, slots=True)
class Policy:
    bounds: Bounds
    headers: Names
    cookies: Names
    queries: Names
    encodings: frozenset[str]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Policy":
        """From the policy's configuration. Unsaid bounds are CloudFront's own."""
        key = config["Parameters"]
        least = config["MinTTL"]
        default = config.get("DefaultTTL", max(least, ONE_DAY))
        encodings = {"gzip": key["EnableAcceptEncodingGzip"], "br": key["EnableAcceptEncodingBrotli"]}
        return cls(
            Bounds(least, default, config.get("MaxTTL", max(default, ONE_YEAR))),
            Names(key["HeaderBehavior"], frozenset(name.lower() for name in key["Headers"])),
            Names(key["CookieBehavior"], frozenset(key["Cookies"])),
            Names(key["QueryStringBehavior"], frozenset(key["QueryStrings"])),
            frozenset(name for name, on in encodings.items() if on),
        )

    def key_of(self, asked: Asked) -> Key:
        query = urllib.parse.parse_qsl(asked.query, keep_blank_values=True)
        return Key(
            asked.uri,
            urllib.parse.urlencode([(name, value) for name, value in query if name in self.queries]),
            tuple(sorted((name, str(value)) for name, value in asked.headers.items() if name in self.headers)),
            tuple(sorted(pair for pair in cookies_of(str(asked.headers.get("cookie", ""))) if pair[0] in self.cookies)),
            ",".join(sorted(accepted(asked.accept_encoding) & self.encodings)),
        )


def cookies_of(header: str) -> list[tuple[str, str]]:
    """Every pair, well-formed or not: a cookie that a strict parser stops at must not hide the next one."""
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return [(name, value) for name, _, value in pairs if name]


def accepted(header: str) -> set[str]:
    """The encodings a viewer takes: not those of weight 0."""
    found = set()
    for one in header.lower().split(","):
        name, _, weight = one.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            found.add(name.strip())
    return found
