"""A whole answer at the edge, and what one request gets of it: all, a range, or word that nothing has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from scripts.local.freshness import Lifetime
from scripts.local.policy import Asked
from shared.cache import none_match
from shared.errors import RangeNotSatisfiable
from shared.web.objects import span_of

CONDITIONS = frozenset({"if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"})
OF_THE_BODY = frozenset({"content-length", "content-type", "content-encoding", "content-range", "accept-ranges"})


class Answer(NamedTuple):
    """What an origin says, in MiniStack's order. Names of headers are lower case."""

    status: int
    reason: str
    headers: Mapping[str, Any]
    body: bytes


@dataclass(slots=True)
class Kept:
    """`since` is when the origin said so, in seconds."""

    whole: Answer
    since: float
    life: Lifetime
    being_renewed: bool = False

    @property
    def size(self) -> int:
        return len(self.whole.body) + 512  # and about so much of headers and key

    def fresh(self, now: float) -> bool:
        return now < self.since + self.life.fresh

    def usable(self, now: float) -> bool:
        return now < self.since + self.life.stale

    def asking_again(self, headers: Mapping[str, Any]) -> dict[str, Any]:
        """A request's headers, asking the origin for the whole only where it has changed."""
        validator = {"if-none-match": "etag", "if-modified-since": "last-modified"}
        own = {name: self.whole.headers[of] for name, of in validator.items() if of in self.whole.headers}
        return {name: value for name, value in headers.items() if name not in CONDITIONS} | own

    def renewed(self, headers: Mapping[str, Any], now: float, life: Lifetime) -> "Kept":
        """After a 304: the same body under the newer headers (RFC 9111 §4.3.4)."""
        news = {name: value for name, value in headers.items() if name not in OF_THE_BODY}
        return Kept(self.whole._replace(headers={**self.whole.headers, **news}), now, life)


def part_of(whole: Answer, asked: Asked) -> Answer:
    """What a request gets of a whole answer: 200, 206, 304 or 416."""
    if unchanged(whole.headers, asked.headers):
        left = {name: value for name, value in whole.headers.items() if name not in OF_THE_BODY}
        return Answer(304, "Not Modified", left, b"")
    size = len(whole.body)
    headers = {**whole.headers, "content-length": str(size)}
    if asked.method == "HEAD":
        return Answer(whole.status, whole.reason, headers, b"")
    wanted = asked.headers.get("range")
    if not wanted or not same_bytes(asked.headers.get("if-range"), whole.headers.get("etag")):
        return whole._replace(headers=headers)
    try:
        span = span_of(wanted, size)
    except RangeNotSatisfiable:
        refused = {"content-range": f"bytes */{size}", "content-length": "0", "cache-control": "no-store"}
        return Answer(416, "Range Not Satisfiable", refused, b"")
    if span is None:
        return whole._replace(headers=headers)
    ranged = {"content-range": f"bytes {span.first}-{span.last}/{size}", "content-length": str(span.length)}
    return Answer(206, "Partial Content", headers | ranged, whole.body[span.first : span.last + 1])


def unchanged(headers: Mapping[str, Any], conditions: Mapping[str, Any]) -> bool:
    """Whether the asker has it already; a tag goes before a date (RFC 9110 §13.2.2)."""
    if tags := conditions.get("if-none-match"):
        return none_match(tags, str(headers.get("etag", "")))
    since, changed = conditions.get("if-modified-since"), headers.get("last-modified")
    if not since or not changed:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


def same_bytes(condition: str | None, etag: str | None) -> bool:
    """Whether a range may be joined to what the asker has: no `If-Range`, or this very entity by a strong tag.

    A weak tag never is, and a date is not strong enough for us (RFC 9110 §13.1.5).
    """
    return not condition or (condition.strip() == etag and condition.strip().startswith('"'))
