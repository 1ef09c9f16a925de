"""Bytes on the line that no HTTP library would write: broken framing, smuggled requests, odd targets, endless lines.

Each goes over a connection of its own. The platform must answer it with a refusal or plainly, or hang up; it must not
fail, answer what was not asked, read files of its host, or be slower to others.
"""

import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from scripts.adversary.target import SAID, Tally, Target

PATIENCE = 30.0  # seconds for an answer to a request that is whole: a function may have to start on a busy machine
SLOW = 3.0  # seconds to be well, after it
SECRETS = (b"root:x:0:", b'"jwt_secret"', b'"aws_secret"', b"[dependency-groups]", b"Traceback")
METHODS = ("TRACE", "TRACK", "CONNECT", "PROPFIND", "DEBUG", "get", "G\x00T", "GET\t", "A" * 5000, "PRI", "*")


def attack(target: Target, tally: Tally) -> None:
    place = urlsplit(target.url)
    host, port = place.hostname or "127.0.0.1", place.port or 80
    for what, raw, whole in requests(f"{host}:{port}", sorted(target.document["paths"])):
        answered, ended = said(host, port, raw, PATIENCE if whole else 0.3, target.line_address)
        first = answered.partition(b"\r\n")[0]
        documented = any(one.encode() in answered for one in SAID)
        if first.startswith(b"HTTP/1.1 5") and first[9:12] not in (b"501", b"505") and not documented:
            tally.faults.append(f"{what}: {first.decode('latin-1')}")
        tally.held(not any(secret in answered for secret in SECRETS), f"{what} is answered with what is ours")
        tally.held(b"smuggled" not in answered.lower(), f"{what} smuggled a request past the first")
        tally.held(not whole or bool(answered) or ended, f"{what} is never answered")
    well = min(target.health() for _ in range(5))  # one of them may meet a function that has to start
    tally.held(well < SLOW, f"the platform takes {well:.1f} s to say that it is well after all that")


def said(host: str, port: int, raw: bytes, patience: float, source: str = "") -> tuple[bytes, bool]:
    """What comes back, and whether the connection ended; waits no longer than the first answer's end, or `patience`."""
    found, until = b"", time.monotonic() + patience
    with socket.create_connection((host, port), patience, (source, 0) if source else None) as line:
        try:
            line.sendall(raw)
            while time.monotonic() < until:
                line.settimeout(max(0.05, until - time.monotonic()) if not found else 0.1)
                more = line.recv(65536)
                if not more:
                    return found, True
                found += more
        except TimeoutError:
            return found, False
        except OSError:
            return found, True
    return found, False


def requests(host: str, paths: list[str]) -> Iterator[tuple[str, bytes, bool]]:
    """(what it is, its bytes, whether an answer is due)."""
    for name, raw in framing(host):
        yield name, raw, False
    for name, raw in (*lines(host), *targets(host, paths)):
        yield name, raw, True


def asked(target: str, host: str, *headers: str, method: str = "GET", version: str = "HTTP/1.1") -> bytes:
    lines = [f"{method} {target} {version}", f"Host: {host}", "Connection: close", *headers]
    return "\r\n".join(lines).encode("latin-1", "surrogateescape") + b"\r\n\r\n"


def framing(host: str) -> Iterator[tuple[str, bytes]]:
    """Requests whose end is in doubt, with another hidden behind it."""
    hidden = f"GET /smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    head = f"POST /auth/login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n".encode()
    both = b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    yield "length and chunks", head + both + hidden
    yield "chunks and length", head + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\nG" + hidden
    for coding in (
        "xchunked",
        "chunked, identity",
        "identity, chunked",
        " chunked",
        "\tchunked",
        "CHUNKED\x0b",
        "gzip, chunked",
    ):
        yield (
            f"coding {coding!r}",
            head + f"Transfer-Encoding:{coding}\r\nContent-Length: 5\r\n\r\n0\r\n\r\n".encode() + hidden,
        )
    yield "two codings", head + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden
    for size in ("zz", "-1", "0x5", "+5", "5 5", "", "F" * 17, "0" * 9000, "5;" + "a" * 9000, "5\n"):
        yield (
            f"a chunk of {size[:12]!r}",
            head + f"Transfer-Encoding: chunked\r\n\r\n{size}\r\nhello\r\n0\r\n\r\n".encode(),
        )
    yield "a chunk that goes on", head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloworld\r\n0\r\n\r\n"
    yield "chunks without an end", head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    for length in ("-1", "abc", "1e3", "+5", "5, 6", "5 5", "0x5", "9" * 30, "", " ", "٥", "5\x00"):
        yield f"length {length!r}", head + f"Content-Length: {length}\r\n\r\nhello".encode() + hidden
    yield "two lengths", head + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + hidden
    yield "less than its length", head + b"Content-Length: 500\r\n\r\n{}"
    yield "an endless length", head + b"Content-Length: 99999999999\r\n\r\n{}"
    yield (
        "a body on GET",
        f"GET /health HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(hidden)}\r\n\r\n".encode() + hidden,
    )
    yield "half a request", f"GET /health HTTP/1.1\r\nHost: {host}\r\nX-A: ".encode()
    yield "nothing", b""
    yield "TLS", bytes.fromhex("160301020001000001fc0303") + b"\x00" * 64
    yield "HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 9
    yield "noise", bytes(range(256)) * 20


def lines(host: str) -> Iterator[tuple[str, bytes]]:
    for name in (
        "Host",
        "Content-Length",
        "Authorization",
        "Cookie",
        "Range",
        "X-A",
        "Idempotency-Key",
        "Accept-Encoding",
    ):
        yield f"a header {name} of 100 KB", asked("/api/stats", host, f"{name}: {'a' * 100_000}")
    yield "2,000 headers", asked("/health", host, *(f"X-{number}: a" for number in range(2000)))
    yield (
        "500 cookies",
        asked("/users/me", host, *(f"Cookie: next-auth.session-token={number}" for number in range(500))),
    )
    for line in (
        "X A: b",
        "X-A : b",
        " X-A: b",
        ": b",
        "X-A",
        "X\x00A: b",
        "X-A: b\x00c",
        "X-A: b\rc",
        "X-A: b\nc",
        "X-\xe9: b",
    ):
        yield f"a header {line!r}", asked("/health", host, line)
    yield "a folded header", asked("/health", host, "X-A: b", " c")
    yield "two hosts", asked("/health", host, "Host: evil.example")
    yield "no host", b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"
    for other in (
        "evil.example",
        "",
        "a b",
        "[::1",
        "127.0.0.1:99999",
        "localhost:0",
        "\xff",
        "a" * 300,
        "127.0.0.1@evil",
    ):
        yield f"host {other[:20]!r}", asked("/api/auth/electron-init", other)
    for method in METHODS:
        yield f"method {method[:12]!r}", asked("/api/stats", host, method=method)
    for version in ("HTTP/0.9", "HTTP/1.0", "HTTP/1.2", "HTTP/9.9", "HTTP/11", "HTTP/", "ICY/1.0", ""):
        yield f"version {version!r}", asked("/health", host, version=version)
    yield "line feeds alone", f"GET /health HTTP/1.1\nHost: {host}\nConnection: close\n\n".encode()
    yield "upgrade to nothing", asked("/health", host, "Upgrade: evil", "Connection: upgrade")
    yield "upgrade to h2c", asked("/health", host, "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA")
    yield "a socket with no key", asked("/ws", host, "Upgrade: websocket")
    yield "what only the edge may say", asked("/users/me", host, "X-Origin-Secret: a", "X-Viewer-Address: 10.0.0.1")
    yield "an origin of ours", asked("/health", host, 'X-Local-Origin-Group: {"origins":["site"],"statuses":[200]}')
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\x00",
        "text/\xff",
    ):
        body = f"Content-Type: {kind}\r\nContent-Length: 9\r\n\r\n--x\r\n\r\n--"
        yield (
            f"a form {kind!r}",
            f"POST /api/upload HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{body}".encode("latin-1"),
        )
    for amount in (
        "bytes=0-0," * 2000,
        "bytes=-",
        "bytes=9999999999999999999999-",
        "bytes=--1",
        "bytes=a-b",
        "bits=0-1",
    ):
        yield f"range {amount[:20]!r}", asked("/api/files/videos/nothing", host, f"Range: {amount}")


def targets(host: str, paths: list[str]) -> Iterator[tuple[str, bytes]]:
    up = (
        "..",
        "%2e%2e",
        "%252e%252e",
        "..%2f",
        "..%5c",
        "..;",
        "%c0%ae%c0%ae",
        "%uff0e%uff0e",
        ".%00.",
        "..\\",
        "....//",
    )
    for base in ("/", "/assets/", "/docs/", "/api/stream/", "/api/files/videos/", "/library/", "/vendor/"):
        for step in up:
            yield f"{base}{step}…", asked(f"{base}{f'{step}/' * 6}etc/passwd", host)
            yield f"{base}{step}… to ours", asked(f"{base}{f'{step}/' * 3}pyproject.toml", host)
    for target in (
        "*",
        "",
        "?",
        "#",
        "//",
        "///",
        "//evil.example/",
        "/\\evil.example",
        "http://evil.example/",
        "x",
        "/%",
    ):
        yield f"target {target!r}", asked(target, host)
    for target in (
        "/%zz",
        "/%00",
        "/\x01",
        "/\xff",
        "/%ff",
        "/%c0%af",
        "/%e0%80%af",
        "/api/%2e/stats",
        "/api//stats",
        "/;/",
    ):
        yield f"target {target!r}", asked(target, host)
    yield "absolute form of ours", asked(f"http://{host}/health", host)
    yield "absolute form of another", asked("http://169.254.169.254/latest/meta-data/", host)
    yield "authority form", asked("127.0.0.1:22", host, method="CONNECT")
    yield "a query of 100 KB", asked("/api/config?" + "a" * 100_000, host)
    yield "5,000 parameters", asked("/api/ratings/top10?" + "&".join(f"a{n}=1" for n in range(5000)), host)
    yield "a path of 60 KB", asked("/api/files/videos/" + "a" * 60_000, host)
    yield "5,000 steps", asked("/a" * 5000, host)
    for path in (
        "/_aws/execute-api/x",
        "/_ministack/health",
        "/_localstack/health",
        "/2015-03-31/functions/",
        "/media/",
        "/?Action=ListUsers",
    ):
        yield f"the embedded AWS: {path}", asked(path, host)
    for path in paths:
        for method in (
            "OPTIONS",
            "TRACE",
            *(() if "electron" in path else ("HEAD",)),
        ):  # whose documented 500 has no body
            yield f"{method} {path}", asked(path.replace("{", "").replace("}", ""), host, method=method)
