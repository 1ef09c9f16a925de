"""Telling everybody who listens, whatever becomes of one of them; and telling not too often."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from msgspec import Struct

from shared import aws, clock
from shared.errors import TooLarge
from shared.realtime import Teller, channels, push, teller
from shared.realtime.channels import Listener, forget, listen
from shared.tables import TRAFFIC
from tests.sockets import Connections


class Step(Struct):
    step: str
    type: str = "step"


def join(connections: Connections, *connection_ids: str, channel: str = "download:d", only: bool = True) -> None:
    for connection_id in connection_ids:
        connections.open.setdefault(connection_id, [])
        listen(Listener(connection_id, channel, only=only))


@pytest.fixture
def asked(aws_cloud: None) -> Iterator[list[str]]:
    """The operations asked of DynamoDB."""
    seen: list[str] = []
    events = aws.client("dynamodb").meta.events

    def note(model: Any, **_: Any) -> None:
        seen.append(model.name)

    events.register("before-call.dynamodb.*", note)
    yield seen
    events.unregister("before-call.dynamodb.*", note)


def test_a_push_reaches_who_listens_and_nobody_else(connections: Connections) -> None:
    join(connections, "a", "b")
    join(connections, "c", channel="download:other")
    assert push("download:d", {"n": 1}) == 2
    assert connections.open == {"a": [{"n": 1}], "b": [{"n": 1}], "c": []}


def test_a_push_to_nobody_costs_one_query(connections: Connections, asked: list[str]) -> None:
    assert push("download:d", {"n": 1}) == 0
    assert (asked, connections.calls) == (["Query"], 0)


def test_who_is_gone_is_forgotten_with_all_their_channels(connections: Connections) -> None:
    join(connections, "a", "b")
    join(connections, "b", channel="download:other")
    del connections.open["b"]
    assert push("download:d", {"n": 1}) == 1
    calls = connections.calls
    assert push("download:other", {"n": 1}) == 0
    assert connections.calls == calls
    assert list(TRAFFIC.every("CONNECTION#b")) == []


def test_one_that_cannot_be_reached_keeps_nobody_else_from_hearing_and_stays(
    connections: Connections, capsys: pytest.CaptureFixture[str]
) -> None:
    join(connections, "a", "b", "c")
    connections.broken.add("b")
    assert push("download:d", {"n": 1}) == 2
    assert "a listener was not reached" in capsys.readouterr().err
    connections.broken.clear()
    assert push("download:d", {"n": 2}) == 3


def test_listeners_are_met_by_the_page_up_to_a_bound(
    connections: Connections, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(channels, "PAGE", 2)
    monkeypatch.setattr(channels, "MOST_LISTENERS", 4)
    join(connections, *"abc")
    assert push("download:d", {"n": 1}) == 3
    assert capsys.readouterr().err == ""
    join(connections, *"defg")
    assert push("download:d", {"n": 1}) == 4
    assert "more listeners" in capsys.readouterr().err


def test_a_message_may_have_128_kilobytes_with_its_channel(connections: Connections) -> None:
    join(connections, "a")
    push("download:d", {"n": "x" * (128 * 1024 - 100)})
    with pytest.raises(TooLarge):
        push("download:d", {"n": "x" * 128 * 1024})


def test_a_model_is_told_like_a_mapping(connections: Connections) -> None:
    join(connections, "a", only=False)
    push("download:d", Step("two"))
    assert connections.open["a"] == [{"type": "step", "channel": "download:d", "step": "two"}]


def test_rows_outlive_the_longest_connection_by_ten_minutes(
    connections: Connections, later: Callable[[float], None]
) -> None:
    join(connections, "a")
    here, there = [*TRAFFIC.every("CONNECTION#a"), *TRAFFIC.every("CHANNEL#download:d")][1:]
    assert here["expires"] == there["expires"] == int(clock.now()) + 7800
    later(7801)
    assert push("download:d", {"n": 1}) == 0


def test_forgetting_whom_nobody_knows_is_one_query(aws_cloud: None, asked: list[str]) -> None:
    forget("nobody")
    assert asked == ["Query"]


# ---- not too often


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was pushed, and whether it was the last."""
    pushed: list[Any] = []
    monkeypatch.setattr(teller, "push", lambda channel, message, last=False: pushed.append((message["n"], last)))
    return pushed


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the teller's clock to a second."""
    moment = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: moment[0])
    return lambda to: moment.__setitem__(0, to)


def test_much_is_told_once_a_second_and_the_newest_when_it_is_over(
    told: list[Any], seconds: Callable[[float], None]
) -> None:
    with Teller("download:d") as telling:
        for tenth in range(26):
            seconds(tenth / 10)
            telling.tell({"n": tenth})
    assert told == [(0, False), (10, False), (20, False), (25, False)]


def test_what_was_pushed_is_not_told_again(told: list[Any], seconds: Callable[[float], None]) -> None:
    with Teller("download:d") as telling:
        telling.tell({"n": 1})
    Teller("download:d").close()
    assert told == [(1, False)]


def test_the_last_word_is_said_at_once_instead_of_what_was_kept(
    told: list[Any], seconds: Callable[[float], None]
) -> None:
    telling = Teller("download:d", every=5)
    for number in (1, 2):
        telling.tell({"n": number})
    telling.close({"n": 3})
    telling.close()
    assert told == [(1, False), (3, True)]


def test_work_goes_on_when_nobody_can_be_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(channel: str, message: Any, last: bool = False) -> int:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.internal")

    monkeypatch.setattr(teller, "push", away)
    with Teller("download:d") as telling:
        telling.tell({"n": 1})
    assert "nobody could be told" in capsys.readouterr().err
