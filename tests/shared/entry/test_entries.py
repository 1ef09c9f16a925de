"""Schedules, steps and sockets: the warm answer, one line an event, and the same manners with errors."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError
from msgspec import Struct

from shared import sockets
from shared.entry.queue import queue
from shared.entry.schedule import schedule
from shared.entry.socket import HangUp, Said, on, socket
from shared.entry.task import task
from shared.errors import Forbidden, Invalid, NotFound, Unavailable
from tests import cloud

ON_TIME = {"source": "aws.events", "resources": ["arn:aws:events:us-east-1:1:rule/often"], "detail": {}}


class Scene(Struct):
    number: int
    title: str = ""


class Drawn(Struct):
    key: str


class Say(Struct):
    text: str


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_every_entry_answers_a_warmer_before_anything_else(capsys: pytest.CaptureFixture[str]) -> None:
    def never(*_: Any) -> None:
        raise AssertionError

    for entry in (queue(never), schedule(never), task(never, Scene), socket(connect=never)):
        assert entry({"warm": True}, None) == {"warm": True}
    assert lines(capsys) == []


# ---- schedules


def test_a_schedule_is_run_and_leaves_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert schedule(lambda: {"swept": 3})(ON_TIME, None) == {"swept": 3}
    (line,) = lines(capsys)
    assert (line["route"], line["status"], line["swept"], line["Faults"]) == ("schedule", 200, 3, 0)
    assert line["rule"].endswith("rule/often")


def test_a_schedule_that_fails_says_so_and_is_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise RuntimeError("no luck")

    with pytest.raises(RuntimeError):
        schedule(fail)(ON_TIME, None)
    stack, line = lines(capsys)
    assert "no luck" in stack["stack"]
    assert (line["status"], line["Faults"]) == (500, 1)


def test_a_function_with_two_sources_tells_them_apart() -> None:
    done: list[str] = []
    entry = queue(lambda message: done.append(message.body["n"])) | schedule(lambda: done.append("on time"))
    assert entry(cloud.sqs_event({"n": "a message"}), None) == {"batchItemFailures": []}
    entry(ON_TIME, None)
    assert entry({"warm": True}, None) == {"warm": True}
    assert done == ["a message", "on time"]


# ---- steps of a state machine


def draw(scene: Scene) -> Drawn:
    if scene.title == "lost":
        raise NotFound("Project not found")
    if scene.title == "away":
        raise EndpointConnectionError(endpoint_url="https://dynamodb.internal")
    if scene.title == "broken":
        raise RuntimeError("no luck")
    return Drawn(f"scenes/{scene.number}")


def test_a_step_takes_and_returns_what_is_declared(capsys: pytest.CaptureFixture[str]) -> None:
    step = task(draw, Scene)
    assert step({"number": 3}, None) == {"key": "scenes/3"}
    (line,) = lines(capsys)
    assert (line["route"], line["status"]) == ("task", 200)


@pytest.mark.parametrize(
    ("given", "kind", "status"),
    [
        ({"title": "no number"}, Invalid, 400),
        ({"number": "three"}, Invalid, 400),
        ({"number": 1, "title": "lost"}, NotFound, 404),
        ({"number": 1, "title": "away"}, Unavailable, 503),
        ({"number": 1, "title": "broken"}, RuntimeError, 500),
    ],
)
def test_what_a_step_raises_is_what_retry_and_catch_can_name(
    given: dict[str, Any], kind: type[Exception], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(kind):
        task(draw, Scene)(given, None)
    *stacks, line = lines(capsys)
    assert line["status"] == status
    assert bool(stacks) == (status >= 500)


# ---- sockets


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What was sent, and to whom."""
    posted: list[tuple[str, Any]] = []

    def post(connection_id: str, message: Any) -> bool:
        posted.append((connection_id, json.loads(msgspec.json.encode(message))))
        return True

    monkeypatch.setattr(sockets, "post", post)
    return posted


def said(body: str | None = None, route: str = "$default", **query: str) -> dict[str, Any]:
    """API Gateway's event of a WebSocket API."""
    about = {"routeKey": route, "connectionId": "c1", "identity": {"sourceIp": "203.0.113.9"}, "stage": "ws"}
    kind = {"$connect": "CONNECT", "$disconnect": "DISCONNECT"}.get(route, "MESSAGE")
    event: dict[str, Any] = {"requestContext": about | {"eventType": kind}, "isBase64Encoded": False}
    return event | ({"body": body} if body is not None else {}) | ({"queryStringParameters": query} if query else {})


def refuse(message: Said[Any]) -> None:
    raise Forbidden("Not yours", explanation="it is somebody else's")


def fail(message: Said[Any]) -> None:
    raise RuntimeError("a secret")


TABLE: list[Any] = [
    on("say", lambda message: {"type": "said", "text": message.body.text}, body=Say),
    on("quiet", lambda message: None),
    on("refuse", refuse),
    on("fail", fail),
]


def test_a_message_is_looked_up_by_its_type_and_answered(
    sent: list[tuple[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    talk = socket(*TABLE)
    assert talk(said('{"type":"say","text":"é"}'), None) == {"statusCode": 200}
    assert talk(said('{"type":"quiet"}'), None) == {"statusCode": 200}
    assert sent == [("c1", {"type": "said", "text": "é"})]
    assert [(line["route"], line["type"], line["status"]) for line in lines(capsys)] == [
        ("socket $default", "say", 200),
        ("socket $default", "quiet", 200),
    ]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ('{"type":"unknown"}', "VALIDATION_ERROR", "type"),
        ('{"text":"x"}', "VALIDATION_ERROR", "type"),
        ('{"type":7}', "VALIDATION_ERROR", "type"),
        ('{"type":"say"}', "VALIDATION_ERROR", "text"),
        ('{"type":"say","text":7}', "VALIDATION_ERROR", "text"),
        ("[]", "VALIDATION_ERROR", "body"),
        ("{", "MALFORMED_BODY", None),
        ("", "MALFORMED_BODY", None),
        ('{"type":"\\ud800"}', "MALFORMED_BODY", None),
        ('{"type":' * 100_000, "VALIDATION_ERROR", "type"),
        ('{"type":"refuse"}', "FORBIDDEN", None),
    ],
)
def test_a_message_that_is_refused_is_told_why_and_the_connection_stays(
    body: str, code: str, field: str | None, sent: list[tuple[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert socket(*TABLE)(said(body), None) == {"statusCode": 200}
    ((_, answer),) = sent
    assert (answer["type"], answer["code"], answer["details"].get("field")) == ("error", code, field)
    assert [line["status"] for line in lines(capsys)] == [403 if code == "FORBIDDEN" else 400]


def test_a_fault_tells_the_client_nothing_and_the_log_all(
    sent: list[tuple[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert socket(*TABLE)(said('{"type":"fail"}'), None) == {"statusCode": 500}
    assert sent == [
        ("c1", {"type": "error", "code": "INTERNAL_ERROR", "message": "Internal Server Error", "details": {}})
    ]
    stack, line = lines(capsys)
    assert "a secret" in stack["stack"]
    assert (line["status"], line["type"]) == (500, "fail")


def test_a_connection_is_let_in_or_refused_and_its_end_is_told(sent: list[tuple[str, Any]]) -> None:
    came: list[tuple[str, str, str]] = []

    def welcome(message: Said[None]) -> None:
        if message.query.get("key") != "right":
            raise Forbidden
        came.append((message.connection_id, message.address, "came"))

    def goodbye(message: Said[None]) -> None:
        came.append((message.connection_id, message.address, "went"))

    door: Callable[[dict[str, Any], Any], Any] = socket(connect=welcome, disconnect=goodbye)
    assert door(said(route="$connect", key="wrong"), None) == {"statusCode": 403}
    assert door(said(route="$connect"), None) == {"statusCode": 403}
    assert door(said(route="$connect", key="right"), None) == {"statusCode": 200}
    assert door(said(route="$disconnect"), None) == {"statusCode": 200}
    assert came == [("c1", "203.0.113.9", "came"), ("c1", "203.0.113.9", "went")]
    assert sent == []


@pytest.mark.parametrize("route", ["$connect", "$disconnect"])
def test_a_client_that_calls_its_message_so_neither_comes_nor_goes(route: str, sent: list[tuple[str, Any]]) -> None:
    came: list[str] = []
    talk = socket(*TABLE, connect=lambda said: came.append("came"), disconnect=lambda said: came.append("went"))
    message = said(json.dumps({"type": route}), route)  # the gateway's route is the message's own `type`
    message["requestContext"]["eventType"] = "MESSAGE"
    assert talk(message, None) == {"statusCode": 200}
    assert ([answer["message"] for _, answer in sent], came) == ([f"Unknown type {route}"], [])


def test_a_connection_may_be_hung_up_on_with_a_word_or_without(
    sent: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed: list[str] = []
    monkeypatch.setattr(sockets, "close", closed.append)
    last: list[Forbidden | None] = [Forbidden("Enough"), None]

    def meet(message: Said[None]) -> None:
        raise HangUp(last.pop(0))

    for _ in range(2):
        assert socket(*TABLE, meet=meet)(said('{"type":"quiet"}'), None) == {"statusCode": 200}
    assert (closed, [answer["message"] for _, answer in sent]) == (["c1", "c1"], ["Enough"])
    assert [line["closed"] for line in lines(capsys)] == [True, True]


def test_what_was_found_of_a_connection_is_known_to_its_handlers(sent: list[tuple[str, Any]]) -> None:
    tell = on("tell", lambda message: {"known": message.known})
    socket(tell, meet=lambda message: message.connection_id * 2)(said('{"type":"tell"}'), None)
    assert sent == [("c1", {"known": "c1c1"})]
