"""Explore as RSS 2.0 (rssboard.org/rss-specification), with pictures as enclosures."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from functions.contents.robots import address_of
from shared import storage
from shared.community.shown import ShownContent
from shared.settings import settings

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>{name}</title>
<link>{site}</link>
<description>{name}: memes</description>
<atom:link href="{own}" rel="self" type="application/rss+xml"/>
{items}
</channel>
</rss>
"""
ITEM = """<item>
<title>{title}</title>
<link>{address}</link>
<guid isPermaLink="false">{id}</guid>
<pubDate>{date}</pubDate>
<dc:creator>{author}</dc:creator>
<description>{description}</description>
{enclosure}{categories}
</item>"""
# XML 1.0 has no way to write most control characters.
UNWRITABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))


def feed(contents: Sequence[ShownContent]) -> bytes:
    told = {"name": escape(settings.service_name.capitalize()), "site": storage.url_of("")}
    own = storage.url_of("contents/feed.xml")
    return FEED.format(**told, own=own, items="\n".join(map(item, contents))).encode()


def item(content: ShownContent) -> str:
    return ITEM.format(
        title=written(content.title),
        address=written(address_of(content)),
        id=content.id,
        date=format_datetime(datetime.fromisoformat(content.created_at)),
        author=written(content.author.display_name or content.author.username),
        description=written(content.description or content.title),
        enclosure=enclosure(content) if content.url else "",
        categories="".join(f"<category>{written(tag.name)}</category>" for tag in content.tags),
    )


def enclosure(content: ShownContent) -> str:
    told = {"url": content.url or "", "length": str(content.file_size), "type": content.mime_type}
    return f"<enclosure {' '.join(f'{name}={quoteattr(value)}' for name, value in told.items())}/>"


def written(text: str) -> str:
    return escape(text.translate(UNWRITABLE))
