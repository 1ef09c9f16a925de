"""How long the community's answers are kept (memegoat: each endpoint's "cache de …"), and which a change makes old.

Whoever sends credentials is answered for themselves, and nothing of it is kept: they see at once what they did.
"""

from shared.cache import Cache
from shared.community.content import Content

PRIVATE = "private, no-store"


def _kept(name: str, seconds: int, *, bots: bool = False) -> Cache:
    control = f"public, max-age={seconds}"
    return Cache(
        name, control, edge=seconds, per_caller=True, fresh_for_callers=True, fresh=PRIVATE, tells_bots_apart=bots
    )


CONTENTS = _kept("Contents", 60)  # explore, recent, the feed
TRENDS = _kept("Trends", 300)
TAGS = _kept("Tags", 300)
CONTENT = _kept("Content", 3600, bots=True)
CATEGORIES = _kept("Categories", 3600)
PUBLISHED = Cache("Published", "public, max-age=31536000, immutable", edge=31_536_000)

# ---- paths for `edge.invalidate`

LISTS = ("/contents/explore*", "/contents/recent*", "/contents/trends*", "/contents/feed.xml*")
CATEGORY_PATHS = ("/categories*", *LISTS, "/contents/*")


def content_paths(content: Content) -> list[str]:
    """What shows a content."""
    return [f"/contents/{content.id}", f"/contents/{content.slug}", *LISTS, "/tags*"]


def media_path(content_id: str) -> str:
    return f"/media/{content_id}/*"
