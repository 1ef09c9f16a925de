"""The network of the child: resolved once, pinned, refused where private, and nothing goes around it."""

import socket
import subprocess
import sys
from typing import Any

import pytest
from yt_dlp.networking.exceptions import TransportError

from shared.media import child
from shared.sources.guard import Guard, Stop


class Names:
    """A name server that answers differently each time."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]


def test_a_name_is_resolved_once_and_held_to_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names("93.184.215.14", "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", names)
    guard = Guard()
    assert {str(guard.address("rebinding.test", 443)) for _ in range(3)} == {"93.184.215.14"}
    assert names.asked == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1"])
def test_a_private_address_ends_everything(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(address))
    guard = Guard()
    with pytest.raises(Stop):
        guard.address("inside.test", 80)
    assert guard.stopped is not None
    assert guard.stopped.kind == "refused"


def test_an_unknown_name_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    guard = Guard()
    with pytest.raises(TransportError):
        guard.address("nowhere.test", 80)
    assert guard.stopped is None


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "file:///etc/passwd", "data:text/html,x", "http://[::1]/", "https://10.0.0.1:8443/"]
)
def test_each_address_is_looked_at(url: str) -> None:
    with pytest.raises(Stop):
        Guard().check(url)


def test_the_operators_proxy_may_be_private_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Guard("socks5h://10.0.0.5:1080")
    assert str(guard.address("10.0.0.5", 1080)) == "10.0.0.5"
    with pytest.raises(Stop):
        guard.address("10.0.0.5", 1081)


def test_only_places_that_were_looked_at_are_connected_to() -> None:
    guard = Guard(programs=frozenset({"/opt/node"}))
    guard.places.add(("93.184.215.14", 443))
    guard.watch("socket.connect", (None, ("93.184.215.14", 443)))
    guard.watch("subprocess.Popen", ("/opt/node", [], None, None))
    for event, arguments in (
        ("socket.connect", (None, ("93.184.215.14", 80))),
        ("socket.connect", (None, ("127.0.0.1", 443))),
        ("socket.connect", (None, "/run/docker.sock")),
        ("subprocess.Popen", ("ffmpeg", [], None, None)),
        ("os.system", (b"id",)),
        ("os.posix_spawn", ("/bin/sh", [], {})),
    ):
        with pytest.raises(PermissionError):
            guard.watch(event, arguments)


AROUND = """
import ftplib, socket, subprocess, urllib.request
from shared.sources import guard
guard.install(guard.Guard())
for what in (
    lambda: socket.create_connection(("127.0.0.1", PORT)),
    lambda: urllib.request.urlopen("http://127.0.0.1:PORT/"),
    lambda: ftplib.FTP("127.0.0.1"),
    lambda: subprocess.run(["true"]),
    lambda: __import__("os").system("true"),
    lambda: __import__("os").posix_spawn("/bin/true", ["true"], {}),
    lambda: __import__("websockets.sync.client").sync.client.connect("ws://127.0.0.1:PORT/"),
):
    try:
        what()
    except PermissionError:
        print("refused")
    except OSError as error:
        print("refused" if "nobody looked at" in str(error) else repr(error))
"""


def test_nothing_in_the_child_goes_around_it() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.1)
        code = AROUND.replace("PORT", str(listening.getsockname()[1]))
        command = [sys.executable, "-c", code]
        path = ":".join([child.HERE, *filter(None, sys.path)])
        said = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, text=True, timeout=120)
        assert said.stdout.split() == ["refused"] * 7, said
        with pytest.raises(TimeoutError):
            listening.accept()
