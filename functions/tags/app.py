"""Tags: the most used, the latest used, or those whose name has a word that begins so."""

from functools import partial
from typing import Annotated

from msgspec import Meta, Struct

from shared import paging
from shared.community import tags
from shared.community.caching import TAGS
from shared.community.tags import Sort
from shared.entry.http import http
from shared.paging import Paged, PageQuery
from shared.web import Call, api, dialects, get


class TagQuery(PageQuery):
    query: Annotated[str, Meta(max_length=255)] | None = None
    sort: Sort = "popular"


class ShownTag(Struct, rename="camel"):
    id: str
    name: str
    slug: str
    usage_count: int
    created_at: str
    last_used_at: str


def listing(call: Call[None, TagQuery, None]) -> Paged[ShownTag]:
    """Tags that contents have."""
    query, sort = call.query, call.query.sort
    if (query.query or "").strip():
        page = paging.of_rows(query, tags.search_rows(query.query or "", sort), f"tags/{sort}/{query.query}")
    else:
        read, cursor_of = partial(tags.page_of, sort), partial(tags.cursor_of, sort=sort)
        page = paging.page(query, read, cursor_of, name=f"tags/{sort}")
    return page.shown([shown(tags.of_item(row)) for row in page.rows])


def shown(tag: tags.Tag) -> ShownTag:
    return ShownTag(tag.id, tag.name, tags.slug_of(tag.name), tag.uses, tag.created_at, tag.last_used)


app = api(
    get("/tags", listing, query=TagQuery, returns=Paged[ShownTag], cache=TAGS),
    dialect=dialects.platform,
)
handler = http(app)
