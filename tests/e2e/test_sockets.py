"""WebSockets through the front door: the distribution, API Gateway's WebSocket API, the function."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from playwright.sync_api import Page
from websockets.exceptions import ConnectionClosedOK, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests import sources
from tests.e2e.conftest import PASSWORD, ROOT, Person, Running

pytestmark = pytest.mark.xdist_group("e2e")
PATIENCE = 20  # seconds


@pytest.fixture
def address(bobine: Running) -> str:
    return bobine.url.replace("http", "ws", 1) + "/ws"


@pytest.fixture
def socket(address: str) -> Iterator[ClientConnection]:
    with connect(address, open_timeout=PATIENCE) as socket:
        yield socket


def said(socket: ClientConnection, message: str) -> Any:
    socket.send(message)
    return json.loads(socket.recv(timeout=PATIENCE))


def test_a_ping_is_answered_with_pong(socket: ClientConnection) -> None:
    assert said(socket, '{"type":"ping"}') == {"type": "pong"}


@pytest.mark.parametrize("message", ['{"type":"nonsense"}', "no json", "[]", '{"type":7}', '"ping"'])
def test_what_is_not_understood_gets_an_error_and_the_connection_stays(socket: ClientConnection, message: str) -> None:
    assert said(socket, message)["type"] == "error"
    assert said(socket, '{"type":"ping"}') == {"type": "pong"}


def test_several_connections_are_answered_each_their_own(address: str) -> None:
    with ExitStack() as open_ones:
        sockets = [open_ones.enter_context(connect(address, open_timeout=PATIENCE)) for _ in range(5)]
        for socket in sockets:
            socket.send('{"type":"ping"}')
        sockets[0].send('{"type":"nonsense"}')
        assert [json.loads(socket.recv(timeout=PATIENCE)) for socket in sockets] == [{"type": "pong"}] * 5
        assert json.loads(sockets[0].recv(timeout=PATIENCE))["type"] == "error"
        with pytest.raises(TimeoutError):
            sockets[1].recv(timeout=0.2)


def own(bobine: Running) -> dict[str, str]:
    """The platform's own settings, for a process of ours beside it."""
    environment = json.loads((bobine.data / "environment.json").read_text())
    found = {**environment, "AWS_DEFAULT_REGION": "us-east-1"}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def beside(bobine: Running, script: str) -> Any:
    """What `script` passes to `tell` in a process of its own, which knows the platform's tables and connections."""
    names = "import json\nfrom shared.realtime import channels, push\nfrom shared.table import Put\n"
    names += "from shared.tables import TRAFFIC\ntell = lambda value: print(json.dumps(value))\n"
    command = [sys.executable, "-c", names + script]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | own(bobine), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "null")


@pytest.fixture
def download(bobine: Running) -> Callable[..., str]:
    """Puts down a download's row: its id."""

    def make(**row: Any) -> str:
        name = uuid.uuid4().hex
        told = {"percent": "1.0%", "speed": "1MiB/s", "eta": "01:00"}
        beside(bobine, f"TRAFFIC.put_many({sources.rows(name, **{'told': told, **row})!r})")
        return name

    return make


def heard(socket: ClientConnection) -> Any:
    return json.loads(socket.recv(timeout=PATIENCE))


def test_a_push_from_elsewhere_reaches_both_listeners_and_not_a_third(
    bobine: Running, address: str, download: Callable[..., str]
) -> None:
    watched, other = download(), download()
    with ExitStack() as open_ones:
        one, two, three = (
            open_ones.enter_context(connect(f"{address}/download/{name}", open_timeout=PATIENCE))
            for name in (watched, watched, other)
        )
        assert [heard(socket)["percent"] for socket in (one, two, three)] == ["1.0%"] * 3
        assert beside(bobine, f"tell(push('download:{watched}', {{'percent': '2.0%'}}))") == 2
        assert [heard(socket) for socket in (one, two)] == [{"percent": "2.0%"}] * 2
        with pytest.raises(TimeoutError):
            three.recv(timeout=0.2)


def test_a_finished_download_says_so_and_hangs_up_and_so_does_an_unknown_one(
    bobine: Running, address: str, download: Callable[..., str]
) -> None:
    name = download(state="completed", files=["a.mp4"])
    for asked, message in ((name, {"status": "completed", "files": ["a.mp4"]}), ("unknown", None)):
        with connect(f"{address}/download/{asked}", open_timeout=PATIENCE) as socket:
            assert (answer := heard(socket)) == message or answer["code"] == "NOT_FOUND"
            with pytest.raises(ConnectionClosedOK):
                socket.recv(timeout=PATIENCE)


def test_its_end_is_the_end_of_the_connection(bobine: Running, address: str, download: Callable[..., str]) -> None:
    name = download()
    with connect(f"{address}/download/{name}", open_timeout=PATIENCE) as socket:
        heard(socket)
        beside(bobine, f"push('download:{name}', {{'status': 'completed', 'files': []}}, last=True)")
        assert heard(socket) == {"status": "completed", "files": []}
        with pytest.raises(ConnectionClosedOK):
            socket.recv(timeout=PATIENCE)


def test_a_connection_that_is_gone_is_forgotten_at_the_first_message_it_misses(
    bobine: Running, download: Callable[..., str]
) -> None:
    channel = f"download:{download()}"
    script = f"""
channels.listen(channels.Listener("never-was", {channel!r}))
known = lambda: [row["sk"] for row in TRAFFIC.every("CONNECTION#never-was")]
tell([known(), push({channel!r}, {{"percent": "2.0%"}}), known()])
"""
    assert beside(bobine, script) == [[f"CHANNEL#{channel}", "CONNECTION"], 0, []]


def test_somebodys_channel_is_theirs_by_token_and_on_our_own_pages_by_cookie(
    bobine: Running, address: str, download: Callable[..., str], someone: Callable[[str], Person]
) -> None:
    ada, bob = someone("ada"), someone("bob")
    channel = f"download:{download(owner=ada.id)}"
    wanted = json.dumps({"type": "subscribe", "channel": channel})
    subscribed = {"type": "subscribed", "channel": channel}

    with connect(address, open_timeout=PATIENCE) as socket:
        token = bob.http.headers["authorization"]
        assert said(socket, json.dumps({"type": "auth", "token": token})) == {"type": "auth_ok"}
        assert said(socket, wanted)["code"] == "NOT_FOUND"
        token = ada.http.headers["authorization"].removeprefix("Bearer ")
        assert said(socket, json.dumps({"type": "auth", "token": token})) == {"type": "auth_ok"}
        assert said(socket, wanted) == subscribed
        assert heard(socket)["type"] == "progress"

    signed_in = ada.http.post("/auth/login", json={"email": ada.email, "password": PASSWORD})
    cookie = {"Cookie": f"next-auth.session-token={signed_in.cookies['next-auth.session-token']}"}
    for origin, answer in ((bobine.url, subscribed["type"]), ("https://evil.example", "error")):
        with connect(address, origin=Origin(origin), additional_headers=cookie, open_timeout=PATIENCE) as socket:
            assert said(socket, wanted)["type"] == answer


@pytest.mark.parametrize("path", ["x", "/elsewhere", "/download/a/b"])
def test_no_other_path_takes_an_upgrade(address: str, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(address + path, open_timeout=PATIENCE)
    assert refused.value.response.status_code == 403


def test_a_page_hears_what_is_its_persons_own(
    bobine: Running, page: Page, download: Callable[..., str], someone: Callable[[str], Person]
) -> None:
    ada = someone("ada")
    channel = f"download:{download(owner=ada.id)}"
    script = """async ([credentials, channel]) => {
      const headers = { "Content-Type": "application/json" };
      await fetch("/auth/login", { method: "POST", headers, body: JSON.stringify(credentials) });
      const { socket } = await import("/assets/shell/socket.js");
      return new Promise(resolve => socket().subscribe(channel, resolve));
    }"""
    first = page.evaluate(script, [{"email": ada.email, "password": PASSWORD}, channel])
    assert (first["type"], first["channel"], first.get("percent")) == ("progress", channel, "1.0%")


def events(bobine: Running) -> list[tuple[str, str]]:
    """(event, connection) of each line that the function has logged of a connection."""
    lines = (bobine.data / "functions.log").read_text().splitlines()
    found = [json.loads(line) for line in lines if '"route":"socket ' in line]
    return [(line["route"].removeprefix("socket "), line["connection"]) for line in found]


def newest(bobine: Running) -> str:
    """The connection opened last; others may still be closing."""
    return [connection for event, connection in events(bobine) if event == "$connect"][-1]


def until(bobine: Running, event: str, connection: str) -> bool:
    for _ in range(PATIENCE * 10):
        if (event, connection) in events(bobine):
            return True
        time.sleep(0.1)
    return False


def test_closing_is_told_to_the_function(bobine: Running, address: str) -> None:
    with connect(address, open_timeout=PATIENCE) as socket:
        said(socket, '{"type":"ping"}')
        connection = newest(bobine)
        assert ("$disconnect", connection) not in events(bobine)
    assert until(bobine, "$disconnect", connection)


def test_what_is_posted_to_a_connection_arrives_there_if_the_signature_is_ours(bobine: Running, address: str) -> None:
    environment = own(bobine)
    keys: dict[str, Any] = {
        "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
        "region_name": "us-east-1",
        "endpoint_url": environment["SOCKET_ENDPOINT"],
    }
    with connect(address, open_timeout=PATIENCE) as socket:
        said(socket, '{"type":"ping"}')
        connection = newest(bobine)
        ours = boto3.client("apigatewaymanagementapi", **keys)
        theirs = boto3.client("apigatewaymanagementapi", **keys | {"aws_secret_access_key": "guessed"})
        with pytest.raises(theirs.exceptions.ClientError, match="signature"):
            theirs.post_to_connection(ConnectionId=connection, Data=b'{"type":"forged"}')
        ours.post_to_connection(ConnectionId=connection, Data=b'{"type":"progress"}')
        assert json.loads(socket.recv(timeout=PATIENCE)) == {"type": "progress"}
    assert until(bobine, "$disconnect", connection)
    with pytest.raises(ours.exceptions.GoneException):
        ours.post_to_connection(ConnectionId=connection, Data=b"{}")
