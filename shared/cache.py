"""What a cache rule is, the rules that belong to no domain, and ETags.

A rule is a `Cache-Control` and how long the edge keeps the answer. ETags are strong; `If-None-Match` is compared weakly
(RFC 9110 §13.1.2), because the edge weakens a tag when it compresses.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cache:
    """`edge` is the `MaxTTL` in seconds of the CloudFront cache policy named after the rule; a test compares them."""

    name: str
    control: str
    edge: int = 0
    per_caller: bool = False  # the edge keys it by the caller's credentials, and so must a shared cache downstream
    fresh_for_callers: bool = False  # whoever sends credentials may have just written: `fresh` for them, kept nowhere
    fresh: str = "private, no-cache"
    tells_bots_apart: bool = False  # the edge keeps what robots are shown beside what people are

    @property
    def vary(self) -> str:
        """What a cache must look at beside the address, browsers' own caches included."""
        named = ["Authorization, X-API-Key, Cookie"] if self.per_caller or self.fresh_for_callers else []
        return ", ".join(named + (["User-Agent"] if self.tells_bots_apart else []))


NO_STORE = Cache("NoStore", "no-store")
NO_CACHE = Cache("NoCache", "no-cache")
LIVE = Cache("Live", "no-store, no-cache, must-revalidate")


def etag_of(body: bytes) -> str:
    """A strong validator: the first 128 bits of the body's SHA-256."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def none_match(header: str, etag: str) -> bool:
    """Whether `If-None-Match` names this entity, so that the answer is 304."""
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return header.strip() == "*" or etag.removeprefix("W/") in tags
