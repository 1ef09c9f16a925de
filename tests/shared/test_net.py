"""The guarded fetcher against real sockets: servers on this machine that behave badly, and names that lie."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from shared import net
from shared.errors import TooLarge

Serve = Callable[[Callable[[socket.socket, bytes], None]], "Server"]
PUBLIC = "93.184.215.14"


class Server:
    """A server on 127.0.0.1 whose behaviour is a function of the connection and the request's head."""

    def __init__(self, behave: Callable[[socket.socket, bytes], None]) -> None:
        self.behave = behave
        self.heads: list[bytes] = []
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.converse, args=(connection,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def converse(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            head = b""
            while b"\r\n\r\n" not in head:
                if not (more := connection.recv(65536)):
                    return
                head += more
            self.heads.append(head)
            self.behave(connection, head)

    def close(self) -> None:
        self.over.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(5)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts servers that the fetcher may reach although they are private."""
    servers: list[Server] = []

    def start(behave: Callable[[socket.socket, bytes], None]) -> Server:
        servers.append(Server(behave))
        monkeypatch.setenv("OUTBOUND_ALLOW", ", ".join(f"127.0.0.1:{server.port}" for server in servers))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def page(body: bytes = b"picture", *lines: str, kind: str = "image/png", status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return page(b"", f"Location: {location}", status=status)


def always(answer: bytes) -> Callable[[socket.socket, bytes], None]:
    return lambda connection, head: connection.sendall(answer)


def fetch(url: str, most: int = 1000, seconds: float = 2.0) -> net.Fetched:
    return net.fetch(url, field="imageUrl", most=most, accept=("image/",), seconds=seconds)


def refusal(url: str, **more: Any) -> str:
    with pytest.raises(net.Refused) as caught:
        fetch(url, **more)
    assert (caught.value.status, caught.value.code, caught.value.message) == (
        400,
        "URL_NOT_ALLOWED",
        "Invalid imageUrl",
    )
    assert caught.value.details["field"] == "imageUrl"
    return str(caught.value.details["constraint"])


# ---- where it does not go


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/a.png",
        "gopher://example.com/",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "//example.com/a.png",
        "example.com/a.png",
        "http:///a.png",
        "http://",
        "",
        "https:example.com",
        "http://user:pass@example.com/",
        "http://user@example.com/",
        "http://:@example.com/",
        "http://@example.com/",
        "http://example.com@127.0.0.1/",
        "http://example.com:99999/",
        "http://example.com:port/",
        "http://[::1/",
        "http://[not-an-address]/",
        "http://exa mple.com/",
        "\x00http://example.com/",
        "http://" + "a" * 300 + ".com/",
        "http://" + "a." * 2000 + "com/",
        "http://..../",
        "http://%31%32%37.0.0.1/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", never)
    refusal(url)


def never(*arguments: Any, **more: Any) -> Any:
    raise AssertionError(f"went out to {arguments}")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1.2.3",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1.",
        "0.0.0.0",  # noqa: S104
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.1.1",
        "100.64.0.1",  # carrier-grade NAT
        "169.254.169.254",  # instance metadata
        "169.254.170.2",  # container credentials
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[fe80::1]",
        "[fe80::1%25lo]",
        "[fe80::1%25eth0]",
        "[fc00::1]",
        "[fd00::1]",
        "[fd00:ec2::254]",  # instance metadata by IPv6
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:169.254.169.254]",
        "[::ffff:0:127.0.0.1]",
        "[::127.0.0.1]",
        "[2002:7f00:1::]",
        "[2002:a9fe:a9fe::1]",
        "[2002:0a00:0001::1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::169.254.169.254]",
        "[64:ff9b:1::7f00:1]",
        "[2001:0:4136:e378:8000:63bf:80ff:fffe]",  # Teredo, its client 127.0.0.1
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0",
        "2852039166",  # 169.254.169.254
        "0xa9fea9fe",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "１２７.0.0.1",
    ],
)
@pytest.mark.parametrize("form", ["http://{}/a.png", "https://{}:8443/"])
def test_a_host_that_is_not_public_is_refused_however_it_is_spelled(
    host: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", never)
    refusal(form.format(host))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "2002:0808:0808::1", "64:ff9b::808:808"]
)
def test_a_public_address_is_let_through(address: str) -> None:
    assert str(net.resolve(address, 443)) == address.replace("0808:0808", "808:808")


def test_an_exception_is_for_one_port_only(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = serve(always(page())), serve(always(page()))
    assert fetch(first.url).body == b"picture"
    monkeypatch.setenv("OUTBOUND_ALLOW", f"127.0.0.1:{second.port}")
    assert "not a public one" in refusal(first.url)
    assert (len(first.heads), len(second.heads)) == (1, 0)


# ---- names


class Names:
    """A name server that may answer differently each time. An address is its own name, and is not asked for."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0
        self.real = socket.getaddrinfo

    def __call__(self, host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if not host.endswith(".test"):
            return list(self.real(host, port, *rest, **more))
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in answer
        ]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where connections would have gone: none is made."""
    made: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        made.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return made


def test_a_name_that_changes_its_mind_is_asked_once_and_held_to_its_word(
    connections: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names([PUBLIC], ["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    assert refusal("http://rebinding.test/a.png") == "cannot be fetched"
    assert names.asked == 1
    assert connections == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "answer",
    [
        [PUBLIC, "127.0.0.1"],
        ["10.0.0.1", PUBLIC],
        [PUBLIC, "2606:4700::1111", "::1"],
        ["::ffff:169.254.169.254"],
        [PUBLIC, "fe80::1%lo"],
    ],
)
def test_a_name_with_one_private_address_among_others_is_refused(
    connections: list[tuple[str, int]], answer: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(answer))
    assert "not a public one" in refusal("https://several.test/")
    assert connections == []


def test_a_name_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "not known" in refusal("http://nowhere.test/")


def test_the_name_stays_in_the_request_that_goes_to_its_address(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(always(page()))
    monkeypatch.setenv("OUTBOUND_ALLOW", f"pictures.test:{server.port}")
    monkeypatch.setattr(socket, "getaddrinfo", Names(["127.0.0.1"]))
    found = fetch(f"http://pictures.test:{server.port}/a%20b.png?size=1&x=%2F#top")
    assert (found.body, found.content_type) == (b"picture", "image/png")
    head = server.heads[0].decode().lower()
    assert head.startswith("get /a%20b.png?size=1&x=%2f http/1.1\r\n")
    assert f"\r\nhost: pictures.test:{server.port}\r\n" in head
    assert "\r\naccept-encoding: identity\r\n" in head
    assert "cookie" not in head
    assert "authorization" not in head


def test_no_line_of_ones_own_gets_into_the_request(serve: Serve) -> None:
    server = serve(always(page()))
    for path in ("/a\r\nX-Evil: 1", "/a%0d%0aX-Evil:%201", "/?q=\r\nX-Evil: 1", "/\tX-Evil: 1"):
        with suppress(net.Refused):
            fetch(server.url + path)
    assert all(b"\r\nx-evil" not in head.lower() for head in server.heads)


# ---- redirects


def test_a_redirect_is_followed_to_another_public_place(serve: Serve) -> None:
    there = serve(always(page(b"moved")))
    for status in ("301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"):
        here = serve(always(redirect(f"{there.url}/x", status)))
        assert fetch(here.url).body == b"moved"


def test_a_relative_redirect_stays_on_the_host(serve: Serve) -> None:
    def behave(connection: socket.socket, head: bytes) -> None:
        connection.sendall(page(b"here") if head.startswith(b"GET /there") else redirect("/there"))

    assert fetch(serve(behave).url).body == b"here"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "//[::1]/",
        "//10.0.0.1/",
        "http://2130706433/",
        "file:///etc/passwd",
        "ftp://example.com/",
        "http://user:pass@example.com/",
        "http://[::ffff:10.0.0.1]/",
        "gopher://127.0.0.1:11211/_stats",
    ],
)
def test_a_redirect_is_checked_like_the_first_address(serve: Serve, location: str) -> None:
    server = serve(always(redirect(location)))
    refusal(server.url)
    assert len(server.heads) == 1


def test_each_hop_asks_for_its_name_once(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    there = serve(always(page()))
    here = serve(always(redirect(f"http://there.test:{there.port}/")))
    monkeypatch.setenv("OUTBOUND_ALLOW", f"here.test:{here.port},there.test:{there.port}")
    names = Names(["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    assert fetch(f"http://here.test:{here.port}/").body == b"picture"
    assert names.asked == 2


def test_a_redirect_that_never_ends_is_given_up(serve: Serve) -> None:
    server = serve(always(redirect("/again")))
    assert refusal(server.url) == "too many redirects"
    assert len(server.heads) == 6


def test_a_redirect_with_no_way_is_an_error(serve: Serve) -> None:
    assert "302" in refusal(serve(always(page(status="302 Found"))).url)
    refusal(serve(always(redirect("http://[/"))).url)


# ---- what it does not take


def test_an_answer_of_the_very_size_allowed_is_taken(serve: Serve) -> None:
    assert fetch(serve(always(page(bytes(1000)))).url).body == bytes(1000)


def too_large(url: str) -> None:
    with pytest.raises(TooLarge) as caught:
        fetch(url)
    assert caught.value.status == 413


def test_too_large_an_answer_is_refused_by_what_it_says(serve: Serve) -> None:
    def behave(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1001\r\n\r\n")
        server.over.wait(5)  # it does not wait for the body

    server = serve(behave)
    started = time.monotonic()
    too_large(server.url)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("how", ["chunked", "until closed"])
def test_too_large_an_answer_that_does_not_say_so_is_cut_off(serve: Serve, how: str) -> None:
    sent = 0

    def behave(connection: socket.socket, head: bytes) -> None:
        nonlocal sent
        line = b"Transfer-Encoding: chunked" if how == "chunked" else b"Connection: close"
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n" + line + b"\r\n\r\n")
        block = bytes(8192)
        while not server.over.is_set() and sent < 1 << 30:
            connection.sendall(b"2000\r\n" + block + b"\r\n" if how == "chunked" else block)
            sent += len(block)

    server = serve(behave)
    too_large(server.url)
    assert sent < 64 << 20


def test_an_answer_that_is_longer_or_shorter_than_it_says_is_refused(serve: Serve) -> None:
    says_ten = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 10\r\n\r\n"
    refusal(serve(always(says_ten + b"short")).url)
    assert fetch(serve(always(says_ten + b"x" * 5000)).url).body == b"x" * 10  # what follows is another answer


@pytest.mark.parametrize("size", ["-1", "ten", "1e3", "1, 2", "9" * 5000, "0x10", ""])
def test_a_nonsense_length_is_refused(serve: Serve, size: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: {size}\r\n\r\n"
    with pytest.raises((net.Refused, TooLarge)):
        fetch(serve(always(head.encode() + b"x" * 20)).url)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 No Content", "206 Partial", "304 Not Modified"])
def test_only_a_plain_200_is_taken(serve: Serve, status: str) -> None:
    assert status[:3] in refusal(serve(always(page(status=status))).url)


@pytest.mark.parametrize("kind", ["text/html", "application/json", "", "imagepng", "text/image/png"])
def test_another_content_type_is_refused(serve: Serve, kind: str) -> None:
    assert "not accepted" in refusal(serve(always(page(kind=kind))).url)


def test_a_content_type_is_read_without_its_parameters_and_case(serve: Serve) -> None:
    assert fetch(serve(always(page(kind="IMAGE/PNG; q=1"))).url).content_type == "image/png"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x-gzip"])
def test_a_packed_answer_is_not_unpacked(serve: Serve, coding: str) -> None:
    """We asked for none: a few kilobytes may hold gigabytes."""
    bomb = gzip.compress(bytes(900_000))[:1000]
    started = time.monotonic()
    assert "encoding" in refusal(serve(always(page(bomb, f"Content-Encoding: {coding}"))).url)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1",
        b"HTTP/1.1 200 OK\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"\x00" * 100,
    ],
)
def test_an_answer_that_is_none_is_refused(serve: Serve, answer: bytes) -> None:
    assert "cannot be fetched" in refusal(serve(always(answer)).url)


def test_a_closed_port_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setenv("OUTBOUND_ALLOW", f"127.0.0.1:{port}")
        assert refusal(f"http://127.0.0.1:{port}/") == "cannot be fetched"


# ---- how long it waits


def slowly(pieces: bytes, pause: float = 0.02) -> Callable[[socket.socket, bytes], None]:
    """Sends `pieces`, then one byte after another for as long as somebody listens."""

    def behave(connection: socket.socket, head: bytes) -> None:
        connection.sendall(pieces)
        for _ in range(1000):
            time.sleep(pause)
            connection.sendall(b"x")

    return behave


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 900\r\n\r\n", id="the body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n", id="a body without a length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nX-Long: ", id="a header"),
        pytest.param(b"HTTP/1.1 200 ", id="the first line"),
    ],
)
def test_a_server_that_drips_is_left_at_the_deadline(serve: Serve, begun: bytes) -> None:
    started = time.monotonic()
    assert refusal(serve(slowly(begun)).url, seconds=0.3) == "took too long"
    assert time.monotonic() - started < 1


def test_a_server_that_says_nothing_is_left_at_the_deadline(serve: Serve) -> None:
    def behave(connection: socket.socket, head: bytes) -> None:
        server.over.wait(5)

    server = serve(behave)
    started = time.monotonic()
    refusal(server.url, seconds=0.3)
    assert time.monotonic() - started < 1


def test_redirects_share_one_deadline(serve: Serve) -> None:
    def behave(connection: socket.socket, head: bytes) -> None:
        time.sleep(0.2)
        connection.sendall(redirect("/again"))

    started = time.monotonic()
    assert refusal(serve(behave).url, seconds=0.5) == "took too long"
    assert time.monotonic() - started < 1


def test_no_connection_is_left_open(serve: Serve) -> None:
    gone = threading.Event()

    def behave(connection: socket.socket, head: bytes) -> None:
        connection.sendall(page(b"x" * 1001))
        if connection.recv(1) == b"":
            gone.set()

    too_large(serve(behave).url)
    assert gone.wait(2)
