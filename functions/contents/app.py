"""Contents: made, found, shown, counted, taken away."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from functions.contents import robots
from functions.contents.feed import feed
from functions.contents.models import (
    BucketForm,
    ContentChanges,
    ContentCounts,
    ContentForm,
    ContentPath,
    ContentToMake,
    FeedQuery,
    FileQuery,
    ListQuery,
    NamePath,
    OEmbed,
    OEmbedQuery,
    PlainQuery,
    tags_of,
)
from shared.accounts import people
from shared.community import arriving, categories, community, contents, leaving, lists, shown, tags, texts
from shared.community.arriving import NewContent, known_category
from shared.community.caching import CONTENT, CONTENTS, TRENDS
from shared.community.lists import Wanted
from shared.community.shown import ShownContent
from shared.entry.http import http
from shared.errors import Invalid, NotFound, TooLarge, Unauthorized
from shared.paging import Paged, PageQuery
from shared.settings import settings
from shared.web import ADMIN, FORM, OPTIONAL, REQUIRED, Call, Message, Reply, api, delete, dialects, get, patch, post
from shared.web.routes import MIB

OURS = re.compile(r"/contents/([^/]+)/?")
WEB = ("http://", "https://")


# ---- lists


def explore(call: Call[None, ListQuery, None]) -> Paged[ShownContent]:
    """Contents by every filter at once: tag, category, author, words of the title, favourites, sensitivity, type.

    Raises Unauthorized for the favourites of nobody.
    """
    if call.query.favorites_only and not call.caller:
        raise Unauthorized(explanation="favoritesOnly needs credentials")
    fan = call.account if call.query.favorites_only else ""
    return paged(call, replace(wanted_by(call.query), fan=fan), call.query)


def trends(call: Call[None, PlainQuery, None]) -> Paged[ShownContent]:
    """What is looked at, used and liked most, the younger the better."""
    return paged(call, Wanted(sort="trend", sensitive=call.query.sensitive), call.query)


def recent(call: Call[None, PlainQuery, None]) -> Paged[ShownContent]:
    """The newest contents."""
    return paged(call, Wanted(sensitive=call.query.sensitive), call.query)


def rss(call: Call[None, FeedQuery, None]) -> Reply[bytes]:
    """What explore finds, by the same filters, as RSS."""
    found = lists.find(wanted_by(call.query), PageQuery(limit=call.query.limit))
    return Reply(feed(shown.each(found.contents)), headers={"content-type": "application/rss+xml; charset=utf-8"})


# ---- one


def one(call: Call[None, None, NamePath]) -> Reply[ShownContent]:
    """A content by its id or its slug. Robots get a page of OpenGraph and Twitter Card tags instead."""
    found = shown.one(contents.by_name(call.path.id_or_slug), viewer(call))
    unfinished = {"cache-control": "no-store"} if found.state == "processing" else {}
    if robots.is_robot(call.request):
        return Reply(robots.page(found), headers=robots.HEADERS | unfinished)  # type: ignore[arg-type]  # bytes are sent as they are
    return Reply(found, headers={"content-type": "application/json"} | unfinished)


def oembed(call: Call[None, OEmbedQuery, None]) -> OEmbed:
    """How to embed a content, by its address (oEmbed 1.0)."""
    if call.query.format != "json":
        raise Invalid("Invalid format", field="format", constraint="json")
    try:
        address, home = urlsplit(call.query.url), urlsplit(settings.public_url)
    except ValueError:
        raise NotFound("Content not found") from None
    named = OURS.fullmatch(address.path)
    if named is None or (home.netloc and address.netloc not in ("", home.netloc)):
        raise NotFound("Content not found")
    return robots.embedded(shown.one(contents.by_name(named[1])), call.query.maxwidth, call.query.maxheight)


# ---- making


def upload_url(call: Call[None, FileQuery, None]) -> BucketForm:
    """A form to send a file straight to the bucket with, which bounds its type and size."""
    url, fields, key = arriving.form(call.account, call.query.file_name)
    return BucketForm(url, fields, key, arriving.FORM_SECONDS)


def create(call: Call[ContentToMake, None, None]) -> ShownContent:
    """Make a content of an upload of one's own, or of a picture of the web (an address as `storageKey`)."""
    body = call.body
    new = NewContent(
        author=call.account,
        type=body.type,
        title=body.title,
        description=body.description,
        category=body.category_id or "",
        tags=body.tags or (),
        sensitive=body.sensitive,
    )
    if body.storage_key.lower().startswith(WEB):
        return shown.one(arriving.from_web(new, body.storage_key), call.account)
    return shown.one(arriving.from_bucket(new, body.storage_key), call.account)


def upload(call: Call[ContentForm, None, None]) -> ShownContent:
    """Send a file and make a content of it in one go."""
    form = call.body
    if len(form.file.body) > arriving.SMALL:
        raise TooLarge("File too large", explanation="at most 10 MiB; /contents/upload-url takes more")
    new = NewContent(
        author=call.account,
        type=form.type,
        title=form.title,
        description=form.description,
        category=form.category_id,
        tags=tags_of(form.tags),
        sensitive=form.sensitive,
    )
    return shown.one(arriving.receive(new, form.file.body, "file"), call.account)


# ---- changing


def change(call: Call[ContentChanges, None, NamePath]) -> ShownContent:
    """Its author changes what is said of a content."""
    body = call.body
    said: dict[str, Any] = {}
    if isinstance(body.title, str):
        said["title"] = texts.line(body.title, "title", 255)
    if isinstance(body.description, str):
        said["description"] = texts.lines(body.description)
    if body.category_id is None or isinstance(body.category_id, str):
        said["category"] = known_category(body.category_id or "")
    if isinstance(body.tags, list):
        said["tags"] = tags.all_normal(body.tags)
    if isinstance(body.sensitive, bool):
        said["sensitive"] = body.sensitive
    content = contents.by_name(call.path.id_or_slug)
    return shown.one(community.describe(content.id, call.account, said), call.account)


def view(call: Call[None, None, ContentPath]) -> ContentCounts:
    """Count a look."""
    community.view(call.path.content_id)
    return counted(call.path.content_id)


def use(call: Call[None, None, ContentPath]) -> ContentCounts:
    """Count a use."""
    community.use(call.path.content_id)
    return counted(call.path.content_id)


def remove(call: Call[None, None, NamePath]) -> Message:
    """Its author takes a content away."""
    leaving.delete(community.mine(contents.by_name(call.path.id_or_slug), call.account).id)
    return Message("Content deleted")


def remove_for_good(call: Call[None, None, ContentPath]) -> Message:
    """An administrator takes a content away, for good."""
    leaving.delete_for_good(call.path.content_id)
    return Message("Content permanently deleted")


# ---- what the handlers share


def viewer(call: Call[Any, Any, Any]) -> str:
    return call.caller.account_id if call.caller else ""


def paged(call: Call[Any, Any, Any], wanted: Wanted, query: PageQuery) -> Paged[ShownContent]:
    found = lists.find(wanted, query)
    return found.page.shown(shown.each(found.contents, viewer(call)))


def wanted_by(asked: ListQuery | FeedQuery) -> Wanted:
    """What a list is asked for: a name that is nobody's finds nothing."""
    category = found.id if asked.category and (found := categories.find(asked.category)) else ""
    named = (people.id_of(asked.author) or "") if asked.author else ""
    author = asked.user_id or named
    nobody = bool(asked.author) and (not named or named != author)
    return Wanted(
        sort=asked.sort,
        query=asked.query or "",
        tag=tags.normal(asked.tag or ""),
        category=category,
        author=author,
        sensitive=asked.sensitive,
        type=asked.type,
        nothing=nobody or bool(asked.category and not category),
    )


def counted(content_id: str) -> ContentCounts:
    counts = contents.counts(content_id)
    return ContentCounts(content_id, counts["views"], counts["uses"])


ONE: dict[str, Any] = {"path": ContentPath, "missing": "Content not found"}

app = api(
    get("/contents/explore", explore, query=ListQuery, returns=Paged[ShownContent], caller=OPTIONAL, cache=CONTENTS),
    get("/contents/trends", trends, query=PlainQuery, returns=Paged[ShownContent], caller=OPTIONAL, cache=TRENDS),
    get("/contents/recent", recent, query=PlainQuery, returns=Paged[ShownContent], caller=OPTIONAL, cache=CONTENTS),
    get("/contents/feed.xml", rss, query=FeedQuery, cache=CONTENTS, produces="application/rss+xml"),
    get("/contents/oembed", oembed, query=OEmbedQuery, returns=OEmbed, also=(404,)),
    post("/contents", create, body=ContentToMake, returns=ShownContent, status=201, caller=REQUIRED, once=True),
    post(
        "/contents/upload",
        upload,
        body=ContentForm,
        accepts=FORM,
        returns=ShownContent,
        status=201,
        caller=REQUIRED,
        max_body=arriving.SMALL + MIB,
        once=True,
    ),
    post("/contents/upload-url", upload_url, query=FileQuery, returns=BucketForm, status=201, caller=REQUIRED),
    post("/contents/{content_id}/view", view, **ONE, returns=ContentCounts, status=201),
    post("/contents/{content_id}/use", use, **ONE, returns=ContentCounts, status=201),
    delete("/contents/{content_id}/admin", remove_for_good, **ONE, returns=Message, caller=ADMIN),
    get(
        "/contents/{id_or_slug}",
        one,
        path=NamePath,
        missing="Content not found",
        returns=ShownContent,
        caller=OPTIONAL,
        cache=CONTENT,
        produces="application/json, text/html",
    ),
    patch("/contents/{id_or_slug}", change, path=NamePath, body=ContentChanges, returns=ShownContent, caller=REQUIRED),
    delete("/contents/{id_or_slug}", remove, path=NamePath, returns=Message, caller=REQUIRED),
    dialect=dialects.platform,
)
handler = http(app)
