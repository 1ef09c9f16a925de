"""The one way out to an address that a user typed.

http and https only. A name is resolved once and the connection goes to that very address, so that a second answer of
the name server changes nothing; every redirect is checked again. Private, loopback, link-local, metadata and other
special ranges are refused in IPv4 and IPv6, also when IPv6 wraps an IPv4 address (mapped, 6to4, Teredo, NAT64). Size,
time and content type are bounded. `OUTBOUND_ALLOW` (a `host:port` list) opens exceptions for tests on this machine.
"""

import functools
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urljoin, urlsplit

from shared.errors import Invalid, TooLarge
from shared.public import Address, allowed, is_public

if TYPE_CHECKING:
    import ssl

    import httpx

REDIRECTS = 5


class Refused(Invalid):
    """An address we do not go to, or an answer we do not take."""

    code = "URL_NOT_ALLOWED"


class Nameless(Refused):
    """A host that no name server knows: not forbidden, only nowhere."""


@dataclass(frozen=True, slots=True)
class Fetched:
    url: str  # after redirects
    content_type: str
    body: bytes


def fetch(url: str, *, field: str, most: int, accept: tuple[str, ...], seconds: float = 10.0) -> Fetched:
    """GET `url`: at most `most` bytes in `seconds` in all, of a content type that starts with one of `accept`.

    `field` is what the user called it, for the error. Raises Refused, or TooLarge over `most`.
    """
    with opened(url, field=field, seconds=seconds) as response:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not kind.startswith(accept):
            raise Refused(
                f"Invalid {field}", field=field, constraint=f"content type {kind or 'unknown'} is not accepted"
            )
        if response.headers.get("content-encoding", "identity") != "identity":  # a few bytes may unpack to gigabytes
            raise Refused(f"Invalid {field}", field=field, constraint="a content encoding is not accepted")
        if int(response.headers.get("content-length") or 0) > most:
            raise TooLarge(explanation=f"{field}: at most {most} bytes")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > most:
                raise TooLarge(explanation=f"{field}: at most {most} bytes")
        return Fetched(str(response.url), kind, bytes(body))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes  # its beginning


def post(url: str, *, field: str, body: bytes, headers: dict[str, str], seconds: float, keep: int) -> Answer:
    """POST `body`. Whatever is answered within `seconds` is an answer, a redirect too: it is not followed. At most
    `keep` bytes of it are read; who answers a status and then no more has answered.

    Raises Refused for an address we do not go to, and for no answer.
    """
    import httpx

    line = Line(seconds)
    reason = "cannot be reached"
    try:
        with line, httpx.Client(trust_env=False, verify=certificates()) as client:
            request = _request(client, url, field, line, "POST", headers, body, patience=seconds)
            response = client.send(request, stream=True)
            try:
                return Answer(response.status_code, _beginning(response, keep))
            finally:
                response.close()
    except httpx.RemoteProtocolError:
        reason = "the answer is no HTTP"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        pass
    raise Refused(f"Invalid {field}", field=field, constraint="took too long" if line.left() <= 0 else reason)


def _beginning(response: "httpx.Response", keep: int) -> bytes:
    import httpx

    read = bytearray()
    with suppress(httpx.HTTPError):
        for chunk in response.iter_raw():
            read += chunk
            if len(read) >= keep:
                break
    return bytes(read[:keep])


@contextmanager
def opened(url: str, *, field: str, seconds: float) -> Iterator["httpx.Response"]:
    """A successful answer, not yet read. `seconds` are for everything from here to the end of the block."""
    import httpx

    line = Line(seconds)
    reason = "too many redirects"
    try:
        with line, httpx.Client(trust_env=False, verify=certificates()) as client:
            for _ in range(REDIRECTS + 1):
                response = client.send(_request(client, url, field, line), stream=True)
                try:
                    if not response.has_redirect_location:
                        if response.status_code != 200:
                            reason = f"the server answered {response.status_code}"
                            break
                        yield response
                        if line.left() <= 0:  # a cut looks like the end to an answer that tells no length
                            break
                        return
                    url = urljoin(url, response.headers["location"])
                finally:
                    response.close()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        reason = "cannot be fetched"
    raise Refused(f"Invalid {field}", field=field, constraint="took too long" if line.left() <= 0 else reason)


@functools.cache
def certificates() -> "ssl.SSLContext":
    """Whom we trust: read once, 20 ms."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


class Line:
    """The connection in use, cut when the time is over: httpx's own timeouts are for one read, and a server that sends
    a byte now and then never meets them."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds
        self.timer = threading.Timer(seconds, self.cut)
        self.timer.daemon = True
        self.socket: socket.socket | None = None

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()

    def left(self) -> float:
        return self.ends - time.monotonic()

    def follow(self, event: str, info: dict[str, Any]) -> None:
        """httpcore's trace extension: notes the socket, first plain and then inside TLS."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self.socket = info["return_value"].get_extra_info("socket")
            if self.left() <= 0:
                self.cut()

    def cut(self) -> None:
        with suppress(OSError):
            if self.socket is not None:
                self.socket.shutdown(socket.SHUT_RDWR)


def check(url: str, field: str) -> None:
    """Whether we would go there now. Raises Refused, or Nameless where the host is not known."""
    _place(url, field)


def _place(url: str, field: str) -> tuple[SplitResult, str, int, Address]:
    """A URL's parts, its host, its port, and the address to connect to."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused(f"Invalid {field}", field=field, constraint="an http or https URL") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise Refused(f"Invalid {field}", field=field, constraint="an http or https URL without credentials")
    port = port or (443 if parts.scheme == "https" else 80)
    return parts, host, port, resolve(host, port, field)


def _request(
    client: "httpx.Client",
    url: str,
    field: str,
    line: Line,
    method: str = "GET",
    more: Mapping[str, str] | None = None,
    body: bytes | None = None,
    patience: float = 5.0,
) -> "httpx.Request":
    """The request to the address the name has now; the name itself stays in Host and in the TLS handshake.

    `patience` are the seconds that nothing may come.
    """
    parts, host, port, address = _place(url, field)
    literal = f"[{address}]" if address.version == 6 else str(address)
    path = parts.path or "/"
    target = f"{parts.scheme}://{literal}:{port}{path}" + (f"?{parts.query}" if parts.query else "")
    headers = {"host": parts.netloc, "user-agent": "Bobine/1", "accept": "*/*", "accept-encoding": "identity"}
    headers |= more or {}
    extensions = {"sni_hostname": host, "trace": line.follow}
    timeout = max(0.001, min(patience, line.left()))
    return client.build_request(method, target, headers=headers, content=body, timeout=timeout, extensions=extensions)


def resolve(host: str, port: int, field: str = "url") -> Address:
    """The address to connect to; raises Refused when any of the name's addresses is one we do not go to."""
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Nameless(f"Invalid {field}", field=field, constraint="the host is not known") from None
    addresses = [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in infos]
    if f"{host}:{port}" not in allowed() and not all(is_public(address) for address in addresses):
        raise Refused(f"Invalid {field}", field=field, constraint="the host is not a public one")
    return addresses[0]
