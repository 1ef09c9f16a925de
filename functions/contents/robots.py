"""What robots are shown: who makes previews of links and lists of pages gets a page of meta tags instead of JSON."""

import re
from html import escape

from starlette.requests import Request

from functions.contents.models import OEmbed
from shared import storage
from shared.community.shown import ShownContent
from shared.settings import settings
from shared.web.limits import from_our_edge

# As in the edge's viewer function (template.yaml, ApiViewerFunction); a test compares them.
ROBOTS = re.compile(
    r"[^u]bot\b|crawler|spider|slurp|facebookexternalhit|facebookcatalog|"
    r"whatsapp|embedly|quora link preview|pinterest|vkshare|skypeuripreview|google-inspectiontool|mastodon|iframely",
    re.IGNORECASE,
)
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; img-src 'self' https:; base-uri 'none'; frame-ancestors 'none'",
}
PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="canonical" href="{address}">
<link rel="alternate" type="application/json+oembed" href="{oembed}">
{meta}
</head>
<body>
<h1>{title}</h1>
<p>{description}</p>
<img src="{image}" alt="{description}">
</body>
</html>
"""


def is_robot(request: Request) -> bool:
    """By the edge's word where the request comes through it: it keeps both kinds of answers apart."""
    if from_our_edge(request):
        return request.headers.get("x-viewer-robot") == "1"
    return bool(ROBOTS.search(request.headers.get("user-agent", "")))


def address_of(content: ShownContent) -> str:
    return storage.url_of(f"contents/{content.slug}")


def page(content: ShownContent) -> bytes:
    """OpenGraph (ogp.me) and Twitter Cards; whatever people wrote is escaped."""
    video = next((one for one in content.renditions if one.kind == "video"), None)
    description = content.description or f"{content.title} – {content.author.display_name or content.author.username}"
    address = address_of(content)
    image = content.thumbnail_url if video else content.url
    meta = {
        "og:site_name": settings.service_name.capitalize(),
        "og:type": "video.other" if video else "article",
        "og:title": content.title,
        "og:description": description,
        "og:url": address,
        "og:image": image or "",
        "og:image:width": str(content.width),
        "og:image:height": str(content.height),
        "og:image:alt": description,
        "article:published_time": content.created_at,
    }
    if video:
        meta |= {"og:video": video.url or "", "og:video:type": video.mime_type}
        meta |= {"og:video:width": str(video.width), "og:video:height": str(video.height)}
    cards = {
        "description": description,
        "twitter:card": "summary_large_image",
        "twitter:title": content.title,
        "twitter:description": description,
        "twitter:image": image or "",
        "twitter:image:alt": description,
    }
    lines = [f'<meta property="{name}" content="{escape(value)}">' for name, value in meta.items()]
    lines += [f'<meta name="{name}" content="{escape(value)}">' for name, value in cards.items()]
    told = {"title": content.title, "description": description, "address": address, "image": image or ""}
    told["oembed"] = f"{storage.url_of('contents/oembed')}?url={address}"
    return PAGE.format(
        language="en", meta="\n".join(lines), **{name: escape(value) for name, value in told.items()}
    ).encode()


def embedded(content: ShownContent, most_wide: int | None, most_high: int | None) -> OEmbed:
    """A photo, or a video where there is one to play, no larger than asked for."""
    video = next((one for one in content.renditions if one.kind == "video"), None)
    wide, high = content.width or 1, content.height or 1
    shrink = min(1.0, (most_wide or wide) / wide, (most_high or high) / high)
    width, height = max(1, round(wide * shrink)), max(1, round(high * shrink))
    thumbnail = next((one for one in content.renditions if one.kind == "thumbnail"), None)
    about = OEmbed(
        version="1.0",
        type="video" if video else "photo",
        title=content.title,
        author_name=content.author.display_name or content.author.username,
        author_url=storage.url_of(f"users/public/{content.author.username}"),
        provider_name=settings.service_name.capitalize(),
        provider_url=storage.url_of(""),
        cache_age=3600,
        thumbnail_url=content.thumbnail_url,
        thumbnail_width=thumbnail.width if thumbnail else None,
        thumbnail_height=thumbnail.height if thumbnail else None,
        width=width,
        height=height,
    )
    if video is None:
        about.url = content.url or ""
    else:
        source = f'src="{escape(video.url or "")}" poster="{escape(content.thumbnail_url or "")}"'
        about.html = f'<video {source} width="{width}" height="{height}" autoplay loop muted playsinline></video>'
    return about
