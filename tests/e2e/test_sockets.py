"""WebSockets through the front door: the distribution, API Gateway's WebSocket API, the function."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.e2e.conftest import Running

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


def test_a_download_has_an_address_of_its_own(address: str) -> None:
    with connect(f"{address}/download/d-1", open_timeout=PATIENCE) as socket:
        assert said(socket, '{"type":"ping"}') == {"type": "pong"}


@pytest.mark.parametrize("path", ["x", "/elsewhere", "/download/a/b"])
def test_no_other_path_takes_an_upgrade(address: str, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(address + path, open_timeout=PATIENCE)
    assert refused.value.response.status_code == 403


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
    environment = json.loads((bobine.data / "environment.json").read_text())
    own = {
        "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
        "region_name": "us-east-1",
        "endpoint_url": environment["SOCKET_ENDPOINT"],
    }
    with connect(address, open_timeout=PATIENCE) as socket:
        said(socket, '{"type":"ping"}')
        connection = newest(bobine)
        ours = boto3.client("apigatewaymanagementapi", **own)
        theirs = boto3.client("apigatewaymanagementapi", **own | {"aws_secret_access_key": "guessed"})
        with pytest.raises(theirs.exceptions.ClientError, match="signature"):
            theirs.post_to_connection(ConnectionId=connection, Data=b'{"type":"forged"}')
        ours.post_to_connection(ConnectionId=connection, Data=b'{"type":"progress"}')
        assert json.loads(socket.recv(timeout=PATIENCE)) == {"type": "progress"}
    assert until(bobine, "$disconnect", connection)
    with pytest.raises(ours.exceptions.GoneException):
        ours.post_to_connection(ConnectionId=connection, Data=b"{}")
