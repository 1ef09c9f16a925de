"""Cache rules: the documented `Cache-Control` of each kind of answer, and how long the edge keeps it.

`edge` is the `MaxTTL` in seconds of the CloudFront cache policy named after the rule (videomi: Headers de cache). The
template is checked against this list. ETags are strong; `If-None-Match` is compared weakly (RFC 9110 §13.1.2), because
the edge weakens a tag when it compresses.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cache:
    name: str
    control: str
    edge: int = 0
    per_caller: bool = False  # the edge keys it by the caller's credentials, and so must a shared cache downstream
    fresh_for_callers: bool = False  # whoever sends credentials may have just written: FRESH for them, kept nowhere

    @property
    def vary(self) -> str:
        """What a cache must look at beside the address, browsers' own caches included."""
        return "Authorization, X-API-Key, Cookie" if self.per_caller or self.fresh_for_callers else ""


METADATA_CONTROL = "public, max-age=300, s-maxage=600, stale-while-revalidate=3600"
RATINGS_CONTROL = (
    "max-age=0, s-maxage=600, must-revalidate"  # the document has none: the edge's 10 minutes, no browser's
)
FRESH = "private, no-cache"

NO_STORE = Cache("NoStore", "no-store")
NO_CACHE = Cache("NoCache", "no-cache")
LIVE = Cache("Live", "no-store, no-cache, must-revalidate")
CONFIG = Cache("Config", "no-cache", edge=3600)
USER_FILES = Cache("UserFiles", METADATA_CONTROL, edge=300, fresh_for_callers=True)
FILE_INFO = Cache("FileInfo", METADATA_CONTROL, edge=900, fresh_for_callers=True)
THUMBNAIL = Cache("Thumbnail", "public, max-age=604800, s-maxage=2592000, immutable", edge=604_800)
MEDIA = Cache("Media", "public, max-age=31536000, immutable", edge=31_536_000)
PLAYLIST = Cache("Playlist", "public, max-age=3600", edge=3600)
RATINGS = Cache("Ratings", RATINGS_CONTROL, edge=600, per_caller=True)
TOP10 = Cache("Top10", RATINGS_CONTROL, edge=600, per_caller=True)


def etag_of(body: bytes) -> str:
    """A strong validator: the first 128 bits of the body's SHA-256."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def none_match(header: str, etag: str) -> bool:
    """Whether `If-None-Match` names this entity, so that the answer is 304."""
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return header.strip() == "*" or etag.removeprefix("W/") in tags
