"""WebSockets as API Gateway hands them on: who speaks, who may listen to what, and what they hear."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from functions.realtime import greeting, subscribing
from shared import clock
from shared.accounts import accounts, keys, sessions, standing
from shared.downloads.download import State
from shared.realtime import channels, push
from shared.realtime.connections import heard
from shared.tables import TRAFFIC
from tests import sources
from tests.conftest import Person
from tests.sockets import Caller, Connections, Functions

Calls = Callable[[str], Caller]
TOLD = {"percent": "42.0%", "speed": "1.2MiB/s", "eta": "00:12"}
OURS = "https://bobine.test"


def download(download_id: str, state: State = "downloading", **more: Any) -> str:
    TRAFFIC.put_many(sources.rows(download_id, state, **more))
    return f"download:{download_id}"


@pytest.fixture
def anybodys(aws_cloud: None) -> str:
    return download("d-1", told=TOLD)


@pytest.fixture
def adas(ada: Person) -> str:
    return download("d-ada", owner=ada.id, told=TOLD)


def rows(connection_id: str = "c1") -> list[str]:
    """What is known of a connection, by sort key."""
    return [row["sk"] for row in TRAFFIC.every(f"CONNECTION#{connection_id}")]


def shown(channel: str, **message: Any) -> dict[str, Any]:
    return {"type": "progress", "channel": channel, **(message or TOLD)}


def cookie(person: Person) -> str:
    return f"other=1; next-auth.session-token={sessions.open_for(person.id, 1).cookie}"


# ---- one download, by its address


def test_a_running_download_says_how_it_stands_and_goes_on(caller: Calls, anybodys: str) -> None:
    one = caller("c1")
    assert one.connect(download="d-1") == [TOLD]
    assert push(anybodys, {"percent": "43.0%"}) == 1
    assert one.heard() == [{"percent": "43.0%"}]


def test_one_that_has_not_begun_has_the_fields_of_one_that_has(caller: Calls, aws_cloud: None) -> None:
    download("d-1", "queued")
    assert caller("c1").connect(download="d-1") == [{"percent": "0.0%", "speed": "N/A", "eta": "N/A"}]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"state": "completed", "files": ["a.mp4"]}, {"status": "completed", "files": ["a.mp4"]}),
        (
            {"state": "failed", "error": "Erreur", "detail": "why", "code": "TOO_LARGE"},
            {"error": "Erreur", "detail": "why", "code": "TOO_LARGE", "status": "failed"},
        ),
        ({"state": "cancelled"}, {"status": "cancelled"}),
    ],
)
def test_a_finished_one_says_so_and_hangs_up(
    row: dict[str, Any], message: dict[str, Any], caller: Calls, connections: Connections
) -> None:
    download("d-1", **row)
    assert caller("c1").connect(download="d-1") == [message]
    assert (connections.closed, rows()) == (["c1"], [])


def test_an_unknown_one_says_so_and_hangs_up(
    caller: Calls, connections: Connections, later: Callable[[float], None]
) -> None:
    download("old", expires=int(clock.now()) + 60)
    later(61)
    for connection, asked in (("c1", "unknown"), ("c2", "old")):
        (answer,) = caller(connection).connect(download=asked)
        assert (answer["type"], answer["code"]) == ("error", "NOT_FOUND")
    assert connections.closed == ["c1", "c2"]


def test_its_end_hangs_up_on_who_came_for_it_alone(caller: Calls, connections: Connections, anybodys: str) -> None:
    alone, among = caller("c1"), caller("c2")
    alone.connect(download="d-1")
    among.connect()
    among.say(type="subscribe", channel=anybodys)
    end = {"status": "completed", "files": ["a.mp4"]}
    sent = connections.open["c1"]
    assert push(anybodys, end, last=True) == 2
    assert sent == [end]
    assert among.heard() == [shown(anybodys, **end)]
    assert connections.closed == ["c1"]


def test_somebodys_is_theirs_alone(
    caller: Calls, connections: Connections, adas: str, ada: Person, bob: Person
) -> None:
    keyed = {"X-API-Key": keys.create(ada.id, 1, "program")[0]}
    assert caller("c1").connect({"Authorization": f"Bearer {ada.token}"}, download="d-ada") == [TOLD]
    assert caller("c2").connect(keyed, download="d-ada") == [TOLD]
    (refused,) = caller("c3").connect({"Authorization": f"Bearer {bob.token}"}, download="d-ada")
    (nobody,) = caller("c4").connect({"Authorization": "Bearer null"}, download="d-ada")
    (unknown,) = caller("c7").connect({"Authorization": f"Bearer {bob.token}"}, download="d-none")
    assert refused == nobody == unknown
    assert unknown["code"] == "NOT_FOUND"
    assert connections.closed == ["c3", "c4", "c7"]
    assert caller("c5").connect({"Authorization": "Bearer forged"}, download="d-ada") == [401]
    writes_only = {"X-API-Key": keys.create(ada.id, 1, "program", scopes=["write"])[0]}
    assert caller("c6").connect(writes_only, download="d-ada") == [403]


def test_the_greeting_waits_until_the_connection_is_there(
    caller: Calls, connections: Connections, functions: Functions, anybodys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = caller("c1")
    looks: list[float] = []

    def pause(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            connections.open["c1"] = []

    monkeypatch.setattr(time, "sleep", pause)
    greeting.ask_for(greeting.Greeting("c1", anybodys))
    functions.run()
    assert (one.heard(), len(looks)) == ([TOLD], 3)


def test_nothing_is_kept_of_a_connection_that_never_was(
    functions: Functions, connections: Connections, anybodys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    greeting.ask_for(greeting.Greeting("c1", anybodys))
    functions.run()
    assert (rows(), push(anybodys, TOLD)) == ([], 0)


# ---- channels


def test_subscribing_is_answered_before_anything_of_the_channel(caller: Calls, anybodys: str) -> None:
    one = caller("c1")
    assert one.connect() == []
    subscribed = {"type": "subscribed", "channel": anybodys}
    assert one.say(type="subscribe", channel=anybodys) == [subscribed, shown(anybodys)]
    assert one.say(type="subscribe", channel=anybodys) == [subscribed, shown(anybodys)]
    push(anybodys, {"type": "chapter", "title": "two"})
    assert one.heard() == [{"type": "chapter", "channel": anybodys, "title": "two"}]
    assert one.say(type="unsubscribe", channel=anybodys) == [{"type": "unsubscribed", "channel": anybodys}]
    assert one.say(type="unsubscribe", channel=anybodys) == [{"type": "unsubscribed", "channel": anybodys}]
    assert push(anybodys, TOLD) == 0


def test_what_is_pushed_while_one_subscribes_comes_after_the_answer_and_before_how_things_stand(
    caller: Calls, anybodys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen = channels.listen

    def and_it_goes_on(listener: channels.Listener) -> None:
        listen(listener)
        push(anybodys, {"percent": "43.0%"})

    monkeypatch.setattr(channels, "listen", and_it_goes_on)
    one = caller("c1")
    one.connect()
    answers = one.say(type="subscribe", channel=anybodys)
    assert answers == [{"type": "subscribed", "channel": anybodys}, shown(anybodys, percent="43.0%"), shown(anybodys)]


def test_subscribing_to_what_is_finished_tells_its_end_and_keeps_nothing(caller: Calls, aws_cloud: None) -> None:
    channel = download("d-1", "completed", files=["a.mp4"])
    one = caller("c1")
    one.connect()
    assert one.say(type="subscribe", channel=channel)[1:] == [shown(channel, status="completed", files=["a.mp4"])]
    assert rows() == ["CONNECTION"]


def test_what_ends_while_one_subscribes_is_told_once_it_has(
    caller: Calls, connections: Connections, anybodys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen = channels.listen

    def and_it_ends(listener: channels.Listener) -> None:
        listen(listener)
        download("d-1", "completed", files=["a.mp4"])

    monkeypatch.setattr(channels, "listen", and_it_ends)
    assert caller("c1").connect(download="d-1") == [{"status": "completed", "files": ["a.mp4"]}]
    assert connections.closed == ["c1"]


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("weather:d-1", "VALIDATION_ERROR"),
        ("download", "VALIDATION_ERROR"),
        ("download:", "VALIDATION_ERROR"),
        ("download:" + "x" * 300, "VALIDATION_ERROR"),
        ("", "VALIDATION_ERROR"),
        ("download:unknown", "NOT_FOUND"),
    ],
)
def test_a_channel_that_is_not_there_is_refused_by_name(channel: str, code: str, caller: Calls) -> None:
    one = caller("c1")
    one.connect()
    (answer,) = one.say(type="subscribe", channel=channel)
    assert (answer["type"], answer["code"], answer["details"]["channel"]) == ("error", code, channel[:256])
    assert answer["details"].get("field") == ("channel" if code == "VALIDATION_ERROR" else None)


def test_a_connection_has_a_hundred_channels_at_most(caller: Calls, aws_cloud: None) -> None:
    one = caller("c1")
    one.connect()
    heard("c1")
    for number in range(channels.MOST_CHANNELS):
        channels.listen(channels.Listener("c1", f"download:{number}"))
    download("more")
    *_, refused = one.say(type="subscribe", channel="download:more")
    assert (refused["code"], refused["details"]["field"]) == ("VALIDATION_ERROR", "channel")
    one.say(type="unsubscribe", channel="download:7")
    assert one.say(type="subscribe", channel="download:more")[0]["type"] == "subscribed"


def test_who_goes_is_forgotten(caller: Calls, anybodys: str) -> None:
    one = caller("c1")
    one.connect(download="d-1")
    one.disconnect()
    assert (rows(), push(anybodys, TOLD)) == ([], 0)


# ---- who speaks


def test_a_token_or_a_key_says_who_it_is_for_as_long_as_the_connection(
    caller: Calls, adas: str, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "PAUSES", ())
    for number, token in enumerate([ada.token, f"Bearer {ada.token}", keys.create(ada.id, 1, "program")[0]]):
        one = caller(f"c{number}")
        one.connect()
        (refused,) = one.say(type="subscribe", channel=adas)
        assert refused["code"] == "NOT_FOUND"
        assert one.say(type="auth", token=token) == [{"type": "auth_ok"}]
        assert one.say(type="subscribe", channel=adas)[0] == {"type": "subscribed", "channel": adas}
    other = caller("other")
    other.connect()
    other.say(type="auth", token=bob.token)
    (refused,) = other.say(type="subscribe", channel=adas)
    assert (refused["code"], refused["details"]["channel"]) == ("NOT_FOUND", adas)
    assert push(adas, TOLD) == 3


def test_what_opens_nothing_is_refused_as_http_does_it(caller: Calls, ada: Person, bob: Person) -> None:
    one = caller("c1")
    one.connect()
    revoked, key = keys.create(ada.id, 1, "program")
    keys.revoke(ada.id, key.id)
    writes_only, _ = keys.create(ada.id, 1, "program", scopes=["write"])
    standing.suspend(accounts.get(bob.id), ada.id, "spam", None)
    wrong = [("forged", "UNAUTHORIZED"), ("", "UNAUTHORIZED"), (revoked, "UNAUTHORIZED"), (writes_only, "FORBIDDEN")]
    for token, code in [*wrong, (bob.token, "ACCOUNT_SUSPENDED")]:
        (answer,) = one.say(type="auth", token=token)
        assert (answer["type"], answer["code"]) == ("error", code)


def test_auth_that_comes_a_moment_after_subscribe_is_waited_for(
    caller: Calls, adas: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = caller("c1")
    one.connect()
    monkeypatch.setattr(time, "sleep", lambda seconds: one.say(type="auth", token=ada.token))
    assert [answer["type"] for answer in one.say(type="subscribe", channel=adas)] == ["subscribed", "progress"]


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"Origin": OURS}, True),
        ({"Origin": "http://localhost:8000", "X-Viewer-Host": "localhost:8000"}, True),
        ({"Origin": "https://evil.test", "X-Viewer-Host": "bobine.test"}, False),
        ({"Origin": "https://bobine.test.evil.test", "Host": "bobine.test"}, False),
        ({"Origin": "null", "Host": "bobine.test"}, False),
        ({"Host": "bobine.test"}, False),
        ({"Origin": "https://[", "Host": "bobine.test"}, False),
    ],
)
def test_the_cookie_counts_for_our_own_pages_alone(
    headers: dict[str, str], let_in: bool, caller: Calls, adas: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "PAUSES", ())
    one = caller("c1")
    one.connect({**headers, "Cookie": cookie(ada)})
    answer, *_ = one.say(type="subscribe", channel=adas)
    assert answer["type"] == ("subscribed" if let_in else "error")


def test_a_cookie_that_is_over_is_nobodys_and_a_token_may_follow(caller: Calls, adas: str, ada: Person) -> None:
    old = cookie(ada)
    sessions.revoke_all(ada.id)
    one = caller("c1")
    assert one.connect({"Origin": OURS, "Cookie": old}) == []
    assert one.say(type="auth", token=sessions.open_for(ada.id, 1).access_token) == [{"type": "auth_ok"}]
    assert one.say(type="subscribe", channel=adas)[0]["type"] == "subscribed"


def test_a_session_that_is_ended_hears_nothing_more_by_right_from_its_next_subscription_on(
    caller: Calls, adas: str, anybodys: str, ada: Person
) -> None:
    one = caller("c1")
    one.connect()
    one.say(type="auth", token=ada.token)
    one.say(type="subscribe", channel=adas)
    one.say(type="subscribe", channel=anybodys)
    sessions.revoke_all(ada.id)
    assert push(adas, TOLD) == 1
    one.heard()
    (answer,) = one.say(type="subscribe", channel=anybodys)
    assert answer["code"] == "UNAUTHORIZED"
    assert (push(adas, TOLD), push(anybodys, TOLD)) == (0, 1)
    one.heard()
    assert one.say(type="subscribe", channel=anybodys)[0]["type"] == "subscribed"


def test_a_session_that_is_ended_is_told_so_at_its_next_sign_of_life(
    caller: Calls, adas: str, anybodys: str, ada: Person
) -> None:
    one = caller("c1")
    one.connect()
    one.say(type="auth", token=ada.token)
    one.say(type="subscribe", channel=adas)
    one.say(type="subscribe", channel=anybodys)
    assert one.say(type="ping") == [{"type": "pong"}]
    sessions.revoke_all(ada.id)
    (answer,) = one.say(type="ping")
    assert (answer["type"], answer["code"]) == ("error", "UNAUTHORIZED")
    assert (push(adas, TOLD), push(anybodys, TOLD)) == (0, 1)
    one.heard()
    assert one.say(type="ping") == [{"type": "pong"}]


@pytest.mark.parametrize("wanted", ["download:d-ada", "download:d-none"])
def test_what_is_somebodys_is_waited_for_as_long_as_what_there_is_not(
    wanted: str, caller: Calls, adas: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = caller("c1")
    one.connect()
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    (answer,) = one.say(type="subscribe", channel=wanted)
    assert (answer["code"], slept) == ("NOT_FOUND", [*subscribing.PAUSES])


def test_pushes_end_with_the_token_and_go_on_with_a_new_one(
    caller: Calls, adas: str, anybodys: str, ada: Person, later: Callable[[float], None]
) -> None:
    one = caller("c1")
    one.connect()
    one.say(type="auth", token=ada.token)
    one.say(type="subscribe", channel=adas)
    one.say(type="subscribe", channel=anybodys)
    later(1800)
    assert push(adas, TOLD) == 1
    later(1801)
    assert (push(adas, TOLD), push(anybodys, TOLD)) == (0, 1)
    assert one.say(type="auth", token=sessions.open_for(ada.id, 1, 7200).access_token)[-1] == {"type": "auth_ok"}
    assert push(adas, TOLD) == 1


def test_who_becomes_somebody_else_leaves_what_was_the_first_ones(
    caller: Calls, adas: str, anybodys: str, ada: Person, bob: Person
) -> None:
    one = caller("c1")
    one.connect()
    one.say(type="auth", token=ada.token)
    one.say(type="subscribe", channel=adas)
    one.say(type="subscribe", channel=anybodys)
    one.say(type="auth", token=bob.token)
    assert (push(adas, TOLD), push(anybodys, TOLD)) == (0, 1)


# ---- how fast


def test_a_connection_that_says_too_much_hears_why_once_and_is_closed(
    caller: Calls, connections: Connections, later: Callable[[float], None]
) -> None:
    one, other = caller("c1"), caller("c2")
    one.connect()
    other.connect()
    for _ in range(20):
        assert one.say(type="ping") == [{"type": "pong"}]
    later(1)
    for _ in range(20):
        assert one.say(type="ping") == [{"type": "pong"}]
    assert other.say(type="ping") == [{"type": "pong"}]
    (answer,) = one.say(type="nonsense")
    assert (answer["code"], connections.closed) == ("RATE_LIMIT_EXCEEDED", ["c1"])
    calls = connections.calls
    assert one.say(type="ping") == []
    assert connections.calls == calls + 1  # closed again, and nothing is said
