"""The network of the child in which yt-dlp runs: `shared.net`'s rules for each connection it makes, redirects included.

yt-dlp brings five ways to the network. One is left, its own over `urllib`, cut down to http and https, and its
connections are ours: a name is resolved once and held to its word, private ranges are refused. An audit hook refuses
what goes around that: other sockets, other programs (ffmpeg, rtmpdump). So an extractor with ideas of its own, of more
than a thousand, ends in an error.
"""

import http.client
import ipaddress
import os
import socket
import sys
import urllib.request
import zlib
from typing import Any
from urllib.parse import urljoin, urlsplit

from yt_dlp.networking import _helper, _urllib
from yt_dlp.networking.exceptions import RequestError, TransportError

from shared import net, public

LARGEST_PAGE = 64 << 20  # bytes of an answer that is read whole: pages, manifests, subtitles
STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn"}


class Stop(RequestError):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """Ends everything: nothing in yt-dlp takes it for a network error that may be tried again. `kind` is for us."""

    def __init__(self, kind: str, text: str = "") -> None:
        self.kind = kind
        super().__init__(text or kind)


class Guard:
    """Where this process may connect to. `proxy` is the operator's and may be private; it resolves names itself."""

    def __init__(self, proxy: str = "", programs: frozenset[str] = frozenset()) -> None:
        parts = urlsplit(proxy)
        self.proxy = (parts.hostname or "", parts.port or {"http": 80}.get(parts.scheme, 1080)) if proxy else None
        self.programs = programs
        self.known: dict[tuple[str, int], public.Address] = {}
        self.places: set[tuple[str, int]] = set()
        self.stopped: Stop | None = None
        self.sizes: dict[str, int] = {}  # bytes by address, of media that were answered
        self.kinds: dict[str, str] = {}  # content type by address

    def stop(self, kind: str, text: str = "") -> Stop:
        self.stopped = self.stopped or Stop(kind, text)
        return self.stopped

    def address(self, host: str, port: int) -> public.Address:
        """The address of a host, the same for as long as we live. Raises Stop."""
        place = (host, port)
        if place not in self.known:
            try:
                self.known[place] = _anywhere(host, port) if place == self.proxy else net.resolve(host, port)
            except net.Nameless:
                raise TransportError(f"the host is not known: {host}") from None
            except net.Refused as error:
                raise self.stop("refused", error.explanation or "") from None
        return self.known[place]

    def connect(
        self,
        address: tuple[str, int],
        timeout: Any = None,
        source_address: Any = None,
        *,
        _create_socket_func: Any = None,
    ) -> socket.socket:
        """In the place of yt-dlp's `create_connection`."""
        found = self.address(address[0], address[1])
        family = socket.AF_INET6 if found.version == 6 else socket.AF_INET
        self.places.add((str(found), address[1]))
        entry = (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(found), address[1]))
        opened: socket.socket = (_create_socket_func or _helper._socket_connect)(entry, timeout, None)
        return opened

    def check(self, url: str) -> None:
        """Each address that is asked for. Through a proxy no name is looked up here, but an address is one."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise self.stop("refused", f"scheme {parts.scheme}")
        try:
            literal = ipaddress.ip_address((parts.hostname or "").partition("%")[0])
        except ValueError:
            return
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if not public.is_public(literal) and f"{parts.hostname}:{port}" not in public.allowed():
            raise self.stop("refused", "the host is not a public one")

    def watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook (PEP 578): it cannot be taken away again."""
        if event == "socket.connect":
            place = arguments[1]
            if not isinstance(place, tuple) or (place[0], place[1]) not in self.places:
                raise PermissionError("a connection that nobody looked at")
        elif event in STARTS and str(arguments[0] if arguments else "") not in self.programs:
            raise PermissionError("another program")


def _anywhere(host: str, port: int) -> public.Address:
    try:
        return ipaddress.ip_address(str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]))
    except OSError:
        raise TransportError("proxy: the host is not known") from None


def install(guard: Guard) -> type[_urllib.UrllibRH]:
    """Put the guard in force; the one request handler that is left."""

    class Answer(_urllib.UrllibResponseAdapter):  # type: ignore[misc, no-any-unimported, unused-ignore]
        def __init__(self, response: Any) -> None:
            super().__init__(response)
            kind, size = self.headers.get("content-type", "").lower(), self.headers.get("content-length", "")
            guard.kinds[self.url] = kind.partition(";")[0].strip()
            if kind.startswith(("video/", "audio/")) and size.isdigit() and self.status == 200 and len(size) < 16:
                guard.sizes[self.url] = int(size)

        def read(self, amt: int | None = None) -> bytes:
            try:
                data: bytes = super().read(LARGEST_PAGE + 1 if amt is None else amt)
            except TransportError as error:
                raise _silent(error) from error
            if amt is None and len(data) > LARGEST_PAGE:
                raise guard.stop("large", "a page without an end")
            return data

    class Handler(_urllib.HTTPHandler):  # type: ignore[misc, no-any-unimported, unused-ignore]
        def http_request(self, req: urllib.request.Request) -> Any:
            guard.check(req.full_url)
            return super().http_request(req)

        def http_response(self, req: urllib.request.Request, resp: Any) -> Any:
            answer = super().http_response(req, resp)
            if getattr(answer, "reason", None) is None:  # an unpacked answer had lost the source's own phrase
                answer.reason = resp.reason
            return answer

        https_request, https_response = http_request, http_response

        @staticmethod
        def gz(data: bytes) -> bytes:
            return _unpacked(guard, data, zlib.MAX_WBITS | 16)

        @staticmethod
        def deflate(data: bytes) -> bytes:
            try:
                return _unpacked(guard, data, -zlib.MAX_WBITS)
            except zlib.error:
                return _unpacked(guard, data, zlib.MAX_WBITS)

    class Redirects(_urllib.RedirectHandler):  # type: ignore[misc, no-any-unimported, unused-ignore]
        def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
            guard.check(urljoin(req.full_url, headers.get("location", "")))
            return super().http_error_302(req, fp, code, msg, headers)

        http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    class GuardedRH(_urllib.UrllibRH):  # type: ignore[misc, no-any-unimported, unused-ignore]
        _SUPPORTED_URL_SCHEMES = ("http", "https")
        RH_NAME = "guarded"

        def _prepare_headers(self, _: Any, headers: Any) -> None:
            headers.setdefault("Accept-Encoding", "gzip, deflate")

        def _create_instance(self, proxies: Any, cookiejar: Any, legacy_ssl_support: Any = None) -> Any:
            opener = urllib.request.OpenerDirector()
            context = self._make_sslcontext(legacy_ssl_support=legacy_ssl_support)
            for one in (
                _urllib.ProxyHandler(proxies),
                Handler(context=context),
                urllib.request.HTTPCookieProcessor(cookiejar),
                urllib.request.UnknownHandler(),
                urllib.request.HTTPDefaultErrorHandler(),
                urllib.request.HTTPErrorProcessor(),
                Redirects(),
            ):
                opener.add_handler(one)
            opener.addheaders = []
            return opener

        def _send(self, request: Any) -> Any:
            try:
                return super()._send(request)
            except TransportError as error:
                raise _silent(error) from error

    def _silent(error: TransportError) -> RequestError:
        causes = (error.cause, getattr(error.cause, "reason", None))
        return guard.stop("silent") if any(isinstance(one, TimeoutError) for one in causes) else error

    _urllib.create_connection = guard.connect
    _urllib.UrllibResponseAdapter = Answer
    http.client._MAXHEADERS = 200  # type: ignore[attr-defined]
    os.environ.pop("SSLKEYLOGFILE", None)
    sys.addaudithook(guard.watch)
    return GuardedRH


def _unpacked(guard: Guard, data: bytes, window: int) -> bytes:
    """A few kilobytes may hold gigabytes."""
    found = zlib.decompressobj(window).decompress(data or b"", LARGEST_PAGE + 1)
    if len(found) > LARGEST_PAGE:
        raise guard.stop("large", "a page without an end")
    return found
