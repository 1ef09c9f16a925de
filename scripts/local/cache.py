"""The distribution's cache, in memory: whole answers by their key, until their time is up or they are invalidated.

What CloudFront does and this does too: only GET fills it and GET and HEAD are answered from it; a stale answer is asked
about again with its own validators; errors are never kept (the template's ErrorCachingMinTTL is 0); nor is what says
`private` or `no-store`, or sets a cookie. What CloudFront does and this does not: keep ranges of what it has not whole,
join simultaneous requests, compress.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.local.freshness import lifetime
from scripts.local.kept import Answer, Kept, part_of
from scripts.local.policy import Asked, Key, Policy

HIT, MISS, REFRESHED = "Hit", "Miss", "RefreshHit"
MOST = 256 << 20  # bytes; what was used longest ago goes first
LARGEST = MOST // 8  # of one answer: a film is read through
UNANSWERABLE = frozenset({"if-match", "if-unmodified-since"})  # conditions that are the origin's to judge

Fetch = Callable[[str, Mapping[str, Any]], Awaitable[Answer]]  # method, headers


@dataclass(eq=False, slots=True)
class Filling:
    """An answer on its way; an invalidation that overtakes it keeps it out."""

    address: str
    overtaken: bool = False


class Cache:
    def __init__(self, now: Callable[[], float], most: int = MOST, largest: int = LARGEST) -> None:
        """`now` is the time in seconds; `most` and `largest` are bytes, of all answers and of one."""
        self._now, self._most, self._largest = now, most, largest
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._size = 0
        self._fillings: set[Filling] = set()
        self._renewals: set[asyncio.Task[Answer]] = set()

    async def answer(self, policy: Policy, asked: Asked, fetch: Fetch) -> tuple[str, Answer]:
        """HIT, MISS or REFRESHED, and the answer; `fetch` asks the origin."""
        if asked.method not in ("GET", "HEAD") or not policy.bounds.most or asked.headers.keys() & UNANSWERABLE:
            return MISS, await fetch(asked.method, asked.headers)
        key, now = policy.key_of(asked), self._now()
        kept = self._kept.get(key)
        if kept is None:
            return MISS, await self._fill(key, policy, asked.method, asked.headers, fetch)
        self._kept.move_to_end(key)
        if kept.usable(now):
            if not kept.fresh(now):
                self._renew_later(key, kept, policy, asked, fetch)
            found = part_of(kept.whole, asked)
            return HIT, found._replace(headers={**found.headers, "age": str(max(0, int(now - kept.since)))})
        found = await self._fill(key, policy, "GET", kept.asking_again(asked.headers), fetch, kept)
        if found.status == 304:
            return REFRESHED, part_of(kept.renewed(found.headers, now, kept.life).whole, asked)
        return MISS, part_of(found, asked) if found.status == 200 else found

    def clear(self, patterns: Iterable[str]) -> None:
        """Forget what lies at these paths. `*` at a path's end stands for anything, query strings included."""
        for pattern in patterns:
            for key in [key for key in self._kept if matches(pattern, key.address)]:
                self._forget(key)
            for filling in self._fillings:
                filling.overtaken |= matches(pattern, filling.address)

    async def _fill(
        self,
        key: Key,
        policy: Policy,
        method: str,
        headers: Mapping[str, Any],
        fetch: Fetch,
        kept: Kept | None = None,
    ) -> Answer:
        """Ask the origin, and keep what it says. `kept` is what it is asked about, if anything."""
        filling = Filling(key.address)
        self._fillings.add(filling)
        try:
            found = await fetch(method, headers)
        finally:
            self._fillings.discard(filling)
        if kept and found.status < 500:
            self._forget(key)
        now = self._now()
        merged = {**kept.whole.headers, **found.headers} if kept and found.status == 304 else found.headers
        life = lifetime(policy.bounds, merged, now)
        if filling.overtaken or life is None:
            return found
        if kept and found.status == 304:
            self._keep(key, kept.renewed(found.headers, now, life))
        elif found.status == 200 and method == "GET" and "set-cookie" not in found.headers:
            self._keep(key, Kept(found, now, life))
        return found

    def _keep(self, key: Key, kept: Kept) -> None:
        headers = kept.whole.headers
        if kept.size > self._largest or not (kept.life.fresh or headers.keys() & {"etag", "last-modified"}):
            return
        self._forget(key)
        self._kept[key] = kept
        self._size += kept.size
        while self._size > self._most:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: Key) -> None:
        if kept := self._kept.pop(key, None):
            self._size -= kept.size

    def _renew_later(self, key: Key, kept: Kept, policy: Policy, asked: Asked, fetch: Fetch) -> None:
        if not kept.being_renewed:
            kept.being_renewed = True
            headers = kept.asking_again(asked.headers)
            renewal = asyncio.ensure_future(self._fill(key, policy, "GET", headers, fetch, kept))
            self._renewals.add(renewal)
            renewal.add_done_callback(lambda done: self._renewal_ended(done, kept))

    def _renewal_ended(self, renewal: asyncio.Task[Answer], kept: Kept) -> None:
        self._renewals.discard(renewal)
        kept.being_renewed = False
        renewal.cancelled() or renewal.exception()  # an origin out of reach: the next request asks again


def matches(pattern: str, address: str) -> bool:
    """An invalidation's path; without `*` a query string counts as part of it (CloudFront: Invalidation paths)."""
    pattern = "/" + pattern.removeprefix("/")
    return address.startswith(pattern[:-1]) if pattern.endswith("*") else address == pattern
