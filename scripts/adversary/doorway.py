"""Servers of ours on the loopback: one that counts who comes by, and one that sends everybody on."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 3\r\nconnection: close\r\n\r\nPNG"


@contextmanager
def canary() -> Iterator[tuple[int, list[str]]]:
    """A server on the loopback, IPv4 and IPv6: its port, and the request lines of who came by."""
    visits: list[str] = []

    def note(line: str) -> bytes:
        visits.append(line or "a connection")
        return ANSWER

    with listening(note, "0.0.0.0") as port:  # noqa: S104
        yield port, visits


class Doorway:
    """A server that the platform may go to, and that sends everybody on: to `urls[n]` from the path `/n`."""

    def __init__(self) -> None:
        self.port, self.urls = 0, list[str]()

    def answer(self, line: str) -> bytes:
        number = line.partition("/")[2].partition(" ")[0]
        url = self.urls[int(number)] if number.isdigit() and int(number) < len(self.urls) else "/"
        head = b"HTTP/1.1 302 Found\r\nlocation: %b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        return head % url.replace("\r", "").replace("\n", "").encode()


@contextmanager
def doorway() -> Iterator[Doorway]:
    way = Doorway()
    with listening(way.answer, "127.0.0.1") as port:
        way.port = port
        yield way


@contextmanager
def listening(answer: Callable[[str], bytes], address: str) -> Iterator[int]:
    """A server that answers a connection's first line, and hangs up; its port."""
    servers = [socket.create_server((address, 0))]
    port = servers[0].getsockname()[1]
    if address == "0.0.0.0" and socket.has_dualstack_ipv6():  # noqa: S104
        servers.append(socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=False))

    def serve(server: socket.socket) -> None:
        while True:
            try:
                visitor, _ = server.accept()
            except OSError:
                return
            with visitor, suppress(OSError):
                visitor.settimeout(2)
                line = ""
                with suppress(OSError):
                    line = visitor.recv(1000).partition(b"\r\n")[0].decode("latin-1")
                visitor.sendall(answer(line))

    for server in servers:
        threading.Thread(target=serve, args=[server], daemon=True).start()
    try:
        yield port
    finally:
        for server in servers:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()
