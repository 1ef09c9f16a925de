"""Which links we take, and whose they are. Where a name leads to is looked at on connecting: `guard`, `shared.net`."""

import ipaddress
import re
from urllib.parse import urlsplit

from shared import public
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
MEDIA = re.compile(
    r"\.(mp4|m4v|mov|webm|mkv|avi|mpe?g|ts|ogv|3gp|mp3|m4a|aac|ogg|oga|opus|flac|wav|m3u8|mpd)$", re.IGNORECASE
)
INTERNAL = "__youtubedl_smuggle"  # in a fragment, yt-dlp's own notes to itself: headers, referers


def allowed(url: str) -> str:
    """The link as we use it. Raises InvalidUrl for what is none, UrlNotAllowed for a place that is not on the list.

    `DOWNLOAD_ALLOWED_HOSTS` is a list of hosts, each with all below it and perhaps with a port; `*`: any public host.
    Empty: the documented platforms, and direct links to media of any public host.
    """
    url = url.strip()
    host, port = place_of(url)
    chosen = [one.strip().lower().lstrip(".") for one in settings.download_allowed_hosts.split(",") if one.strip()]
    listed = chosen or [one for hosts in PLATFORMS.values() for one in hosts]
    if any(matches(host, port, one) for one in listed):
        return url
    anywhere = "*" in chosen or (not chosen and MEDIA.search(urlsplit(url).path))
    if anywhere and may_be_public(host, port):
        return url
    raise UrlNotAllowed


def place_of(url: str) -> tuple[str, int]:
    """The host of an http or https link, in lower case, and its port. Raises InvalidUrl."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode().lower() if parts.hostname else ""
        port = parts.port
    except (ValueError, UnicodeError):
        raise InvalidUrl from None
    odd = len(url) > LONGEST or UNUSUAL.search(url) or INTERNAL in url or "@" in parts.netloc or port == 0
    scheme = parts.scheme.lower()
    if odd or scheme not in ("http", "https") or not host:
        raise InvalidUrl
    return host, port or (443 if scheme == "https" else 80)


def site_of(url: str) -> str:
    """Whose link it is, for what is kept of a site: `host:port`, without `www.`. Raises InvalidUrl."""
    host, port = place_of(url)
    return f"{host.removeprefix('www.')}:{port}"


def matches(host: str, port: int, listed: str) -> bool:
    """Whether a place is this one of a list, `host` or `host:port`, or below it."""
    name, _, only = listed.rpartition(":") if re.search(r":\d+$", listed) else (listed, "", "")
    return (host == name or host.endswith(f".{name}")) and (not only or int(only) == port)


def may_be_public(host: str, port: int) -> bool:
    """False for the literal address of a machine that is not. What a name leads to is seen on connecting."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host != "localhost"
    return public.is_public(address) or f"{host}:{port}" in public.allowed()


def platform_of(url: str) -> str:
    """ "youtube", "vimeo", …, by the host and not by a word somewhere in the link; "unknown" for others."""
    try:
        host, _ = place_of(url)
    except InvalidUrl:
        return "unknown"
    owns = (name for name, hosts in PLATFORMS.items() if any(host == one or host.endswith(f".{one}") for one in hosts))
    return next(owns, "unknown")
