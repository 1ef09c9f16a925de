"""Which links we take, and whose they are. Where a name leads to is looked at on connecting: `guard`, `shared.net`."""

import re
from urllib.parse import urlsplit

from shared.settings import settings
from shared.sources.errors import InvalidUrl, UrlNotAllowed

LONGEST = 4096  # characters
PLATFORMS = {  # redstream: SUPPORTED_EXTRACTORS, and the hosts of each
    "youtube": ("youtube.com", "youtu.be", "youtube-nocookie.com"),
    "vimeo": ("vimeo.com",),
    "dailymotion": ("dailymotion.com", "dai.ly"),
    "twitch": ("twitch.tv",),
    "twitter": ("twitter.com", "x.com", "t.co"),
    "instagram": ("instagram.com",),
    "tiktok": ("tiktok.com",),
}
UNUSUAL = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}\ud800-\udfff]")
INTERNAL = "__youtubedl_smuggle"  # in a fragment, yt-dlp's own notes to itself: headers, referers


def allowed(url: str) -> str:
    """The link as we use it. Raises InvalidUrl for what is none, UrlNotAllowed for a host not on the list.

    `DOWNLOAD_ALLOWED_HOSTS` is a list of hosts, each with all below it; empty: the documented platforms; `*`: any.
    """
    url = url.strip()
    host = host_of(url)
    if not is_listed(host):
        raise UrlNotAllowed
    return url


def host_of(url: str) -> str:
    """The host of an http or https link, in lower case. Raises InvalidUrl."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode().lower() if parts.hostname else ""
        port = parts.port
    except (ValueError, UnicodeError):
        raise InvalidUrl from None
    odd = len(url) > LONGEST or UNUSUAL.search(url) or INTERNAL in url or "@" in parts.netloc or port == 0
    if odd or parts.scheme.lower() not in ("http", "https") or not host:
        raise InvalidUrl
    return host


def is_listed(host: str) -> bool:
    chosen = {one.strip().lower().lstrip(".") for one in settings.download_allowed_hosts.split(",") if one.strip()}
    if "*" in chosen:
        return True
    listed = chosen or {one for hosts in PLATFORMS.values() for one in hosts}
    return any(host == one or host.endswith(f".{one}") for one in listed)


def platform_of(url: str) -> str:
    """ "youtube", "vimeo", …, by the host and not by a word somewhere in the link; "unknown" for others."""
    try:
        host = host_of(url)
    except InvalidUrl:
        return "unknown"
    owns = (name for name, hosts in PLATFORMS.items() if any(host == one or host.endswith(f".{one}") for one in hosts))
    return next(owns, "unknown")
