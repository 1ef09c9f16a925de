"""Favourites: what the caller likes."""

from typing import Any

from msgspec import Struct

from shared.cache import NO_STORE
from shared.community import community, contents, lists, shown
from shared.community.shown import ShownContent
from shared.entry.http import http
from shared.paging import Paged, PageQuery
from shared.web import REQUIRED, Call, api, delete, dialects, get, post


class ContentPath(Struct):
    content_id: str


class Favorite(Struct, rename="camel"):
    content_id: str
    is_favorite: bool
    favorites_count: int


def mine(call: Call[None, PageQuery, None]) -> Paged[ShownContent]:
    """The caller's favourites, the latest first."""
    found = lists.favourites_of(call.account, call.query)
    return found.page.shown(shown.each(found.contents, call.account))


def add(call: Call[None, None, ContentPath]) -> Favorite:
    """Make a content a favourite. Again is no mistake."""
    community.like(call.account, call.path.content_id)
    return answer(call.path.content_id, True)


def remove(call: Call[None, None, ContentPath]) -> Favorite:
    """Make it none. Again is no mistake."""
    community.unlike(call.account, call.path.content_id)
    return answer(call.path.content_id, False)


def answer(content_id: str, is_favorite: bool) -> Favorite:
    return Favorite(content_id, is_favorite, contents.counts(content_id)["favorites"])


ONE: dict[str, Any] = {"path": ContentPath, "missing": "Content not found"}

app = api(
    get("/favorites", mine, query=PageQuery, returns=Paged[ShownContent], caller=REQUIRED, cache=NO_STORE),
    post("/favorites/{content_id}", add, **ONE, returns=Favorite, status=201, caller=REQUIRED),
    delete("/favorites/{content_id}", remove, **ONE, returns=Favorite, caller=REQUIRED),
    dialect=dialects.platform,
)
handler = http(app)
