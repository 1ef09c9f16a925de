"""Webhooks: through the gateway's events, the queue's and the schedule's, to a receiver on this machine."""

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from functions.deliver import app as deliver
from shared import clock, jobs
from shared.production import ending, news, projects
from shared.production.project import Failure, FilmConfig, Project
from shared.tables import STUDIO
from shared.webhooks import deliveries, events, sending, subscriptions
from tests import cloud
from tests.conftest import Person
from tests.fakes import receiver as fake
from tests.fakes.receiver import Received, Receiver
from tests.transport import invoke

SECRET = "my-webhook-secret"
EVENTS = ["project.completed", "render.completed", "publish.completed"]
DATA = {"project_id": "550e8400", "video_url": "https://bobine.test/v/1?expires=9&signature=a", "duration": 120.0}
DAY = 86400


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with fake.running() as one:
        monkeypatch.setenv("OUTBOUND_ALLOW", one.place)
        yield one


@pytest.fixture(autouse=True)
def _no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "JITTER", 0)


def hook(who: Person, url: str, **more: Any) -> str:
    made = who.http.post("/api/v1/webhooks", json={"url": url, "events": EVENTS, "secret": SECRET} | more)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def waiting() -> list[dict[str, Any]]:
    return cloud.messages("DELIVER")


def work(*messages: dict[str, Any]) -> None:
    """The worker, with these messages, else with what is on the queue."""
    for one in messages or waiting():
        assert invoke("deliver", cloud.sqs_event(one)) == {"batchItemFailures": []}


def log(who: Person, webhook: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = who.http.get(f"/api/v1/webhooks/{webhook}/deliveries").json()["deliveries"]
    return found


def shown(who: Person, webhook: str) -> dict[str, Any]:
    found: dict[str, Any] = who.http.get(f"/api/v1/webhooks/{webhook}").json()
    return found


def verify(received: Received, secret: str, key: bytes) -> dict[str, Any]:
    """As a receiver would who has read the document, and one who has read Standard Webhooks."""
    body: dict[str, Any] = json.loads(received.body)
    signature = body.pop("signature")
    unsigned = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    assert signature == "sha256=" + hmac.new(secret.encode(), unsigned, hashlib.sha256).hexdigest()
    headers = received.headers
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), received.body])
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["content-type"] == "application/json"
    return body


# ---- subscriptions


def test_a_webhook_is_made_listed_changed_and_deleted(ada: Person, receiver: Receiver) -> None:
    made = ada.http.post("/api/v1/webhooks", json={"url": receiver.url, "events": EVENTS, "secret": SECRET})
    assert made.status_code == 201
    body = made.json()
    assert body["id"].startswith("webhook-")
    assert (body["url"], body["events"], body["active"], body["secret"]) == (receiver.url, EVENTS, True, SECRET)
    (line,) = ada.http.get("/api/v1/webhooks").json()["webhooks"]
    assert "secret" not in line
    assert "secret" not in shown(ada, body["id"])
    changed = ada.http.patch(f"/api/v1/webhooks/{body['id']}", json={"events": ["project.failed"], "active": False})
    assert (changed.json()["events"], changed.json()["active"]) == (["project.failed"], False)
    assert ada.http.delete(f"/api/v1/webhooks/{body['id']}").status_code == 200
    assert ada.http.get(f"/api/v1/webhooks/{body['id']}").status_code == 404
    assert ada.http.get("/api/v1/webhooks").json() == {"webhooks": [], "total": 0}


def test_a_secret_is_made_where_none_is_given_and_kept_sealed(ada: Person, receiver: Receiver) -> None:
    made = ada.http.post("/api/v1/webhooks", json={"url": receiver.url, "events": EVENTS}).json()
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    row = STUDIO.get(f"OWNER#{ada.id}", f"WEBHOOK#{made['id']}")
    assert row
    assert made["secret"] not in json.dumps(row, default=str)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "ftp://example.com/x"}, "url"),
        ({"url": "not a url"}, "url"),
        ({"url": "http://user:word@example.com/"}, "url"),
        ({"url": "http://example.com:99999/"}, "url"),
        ({"url": "http://127.0.0.1/hook"}, "url"),
        ({"url": "http://[::ffff:169.254.169.254]/"}, "url"),
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["project.exploded"]}, "events"),
        ({"secret": "short"}, "secret"),
        ({"secret": "whsec_!!!not base64"}, "secret"),
    ],
)
def test_what_does_not_validate_is_refused_by_name(ada: Person, wrong: dict[str, Any], field: str) -> None:
    body: dict[str, Any] = {"url": "https://203.0.112.1/hook", "events": EVENTS, "secret": SECRET}
    refused = ada.http.post("/api/v1/webhooks", json=body | wrong)
    assert refused.status_code == 422, refused.text
    assert refused.json()["error"]["details"]["field"].startswith(field)
    webhook = hook(ada, str(body["url"]))
    assert ada.http.patch(f"/api/v1/webhooks/{webhook}", json=wrong).status_code == 422


def test_a_host_that_nobody_knows_yet_is_taken(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    hook(ada, "https://myapp.com/webhook")


def test_an_account_has_twenty_webhooks_at_most(ada: Person, bob: Person, receiver: Receiver) -> None:
    made = [hook(ada, receiver.url) for _ in range(20)]
    one_more = {"url": receiver.url, "events": EVENTS}
    assert ada.http.post("/api/v1/webhooks", json=one_more).status_code == 409
    hook(bob, receiver.url)
    ada.http.delete(f"/api/v1/webhooks/{made[0]}")
    assert ada.http.post("/api/v1/webhooks", json=one_more).status_code == 201


def test_somebody_elses_is_not_there(ada: Person, bob: Person, http: httpx.Client, receiver: Receiver) -> None:
    webhook = hook(ada, receiver.url)
    events.emit(ada.id, "project.completed", DATA)
    (delivery,) = log(ada, webhook)
    place = f"/api/v1/webhooks/{webhook}"
    asked = [("GET", place), ("PATCH", place), ("DELETE", place), ("GET", f"{place}/deliveries")]
    asked += [("POST", f"{place}/test"), ("POST", f"{place}/deliveries/{delivery['id']}/redeliver")]
    for method, path in asked:
        assert bob.http.request(method, path, json={} if method == "PATCH" else None).status_code == 404, path
        assert http.request(method, path, json={} if method == "PATCH" else None).status_code == 401, path
    assert bob.http.get("/api/v1/webhooks").json()["webhooks"] == []
    mine = hook(bob, receiver.url)
    foreign = bob.http.post(f"/api/v1/webhooks/{mine}/deliveries/{delivery['id']}/redeliver")
    assert foreign.status_code == 404


# ---- what is sent


def test_an_event_arrives_as_documented_and_signed_in_both_ways(ada: Person, receiver: Receiver) -> None:
    webhook = hook(ada, receiver.url)
    events.emit(ada.id, "project.completed", DATA)
    work()
    (received,) = receiver.received
    body = verify(received, SECRET, SECRET.encode())
    assert list(json.loads(received.body)) == ["event", "timestamp", "data", "signature"]
    assert body["event"] == "project.completed"
    assert len(body["timestamp"]) == len("2024-12-01T12:00:00Z")
    assert json.dumps(body["data"]) == json.dumps(DATA | {"duration": 120})
    assert received.path == "/hook?a=1"
    (line,) = log(ada, webhook)
    assert (line["id"], line["status"]) == (received.headers["webhook-id"], "delivered")
    (one,) = line["tries"]
    assert (one["status"], one["answer"], one["error"]) == (200, "thanks", None)
    assert one["milliseconds"] >= 0
    assert waiting() == []


def test_a_secret_in_base64_signs_the_headers_with_what_it_says(ada: Person, receiver: Receiver) -> None:
    made = ada.http.post("/api/v1/webhooks", json={"url": receiver.url, "events": EVENTS}).json()
    events.emit(ada.id, "render.completed", {"render_id": "render-1", "title": "Été « à » 文"})
    work()
    key = base64.b64decode(made["secret"].removeprefix("whsec_"))
    assert verify(receiver.received[0], made["secret"], key)["data"]["title"] == "Été « à » 文"


def test_only_those_who_want_an_event_hear_it(ada: Person, bob: Person, receiver: Receiver) -> None:
    hook(ada, receiver.url, events=["project.failed"])
    off = hook(ada, receiver.url)
    ada.http.patch(f"/api/v1/webhooks/{off}", json={"active": False})
    hook(bob, receiver.url)
    events.emit(ada.id, "project.completed", DATA)
    assert waiting() == []


def test_the_same_event_told_twice_is_one_delivery(ada: Person, receiver: Receiver) -> None:
    webhook = hook(ada, receiver.url)
    for _ in range(2):
        events.emit(ada.id, "project.completed", DATA, 1790000000.25)
    events.emit(ada.id, "project.completed", DATA | {"project_id": "another"}, 1790000000.25)
    assert len(waiting()) == 2
    assert len(log(ada, webhook)) == 2


def test_telling_never_fails_the_work_it_tells_of(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(owner: str) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(subscriptions, "of_account", broken)
    events.emit(ada.id, "project.completed", DATA)


def test_a_message_delivered_twice_is_sent_once(ada: Person, receiver: Receiver) -> None:
    hook(ada, receiver.url)
    events.emit(ada.id, "project.completed", DATA)
    (message,) = waiting()
    work(message, message)
    assert len(receiver.received) == 1


def test_two_workers_at_one_try_send_the_same_id_and_go_on_once(
    ada: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = hook(ada, receiver.url)
    receiver.answers = [500]
    events.emit(ada.id, "project.completed", DATA)
    (message,) = waiting()
    real = sending.send
    nested: list[bool] = []

    def at_the_same_time(*arguments: Any) -> Any:
        if not nested:
            nested.append(True)
            work(message)
        return real(*arguments)

    monkeypatch.setattr(sending, "send", at_the_same_time)
    work(message)
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert len(log(ada, webhook)[0]["tries"]) == 1
    assert len(waiting()) == 1


# ---- what does not get through


def test_a_failed_try_is_made_again_by_the_queue_and_then_when_it_is_due(
    ada: Person, receiver: Receiver, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = hook(ada, receiver.url)
    receiver.answers = [500, 302, 404, 200]
    receiver.says = b"x" * 5000
    delays: list[int] = []
    send = jobs.send

    def told(url: str, body: Any, delay: int = 0) -> None:
        delays.append(delay)
        send(url, body, delay)

    monkeypatch.setattr(jobs, "send", told)
    events.emit(ada.id, "project.completed", DATA)
    for _ in range(3):
        work()
    assert delays == [0, 5, 300]
    assert waiting() == []  # half an hour is more than the queue can wait
    (line,) = log(ada, webhook)
    assert [one["status"] for one in line["tries"]] == [500, 302, 404]
    assert {len(one["answer"]) for one in line["tries"]} == {1000}
    assert (line["status"], line["next_try_at"]) == ("pending", clock.iso(clock.now() + 1800))
    later(1700)
    assert deliver.handler({}, None) == {"sent": 0}
    later(101)
    assert deliver.handler({}, None) == {"sent": 1}
    assert deliver.handler({}, None) == {"sent": 0}
    work()
    (line,) = log(ada, webhook)
    assert (line["status"], line["next_try_at"]) == ("delivered", None)
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    assert shown(ada, webhook)["failures_in_a_row"] == 0


def test_a_lost_message_is_sent_again(ada: Person, receiver: Receiver, later: Callable[[float], None]) -> None:
    webhook = hook(ada, receiver.url)
    events.emit(ada.id, "project.completed", DATA)
    waiting()  # lost
    later(901)
    assert deliver.handler({}, None) == {"sent": 1}
    waiting()  # lost again
    later(901)
    assert deliver.handler({}, None) == {"sent": 1}
    work()
    assert log(ada, webhook)[0]["status"] == "delivered"
    later(901)
    assert deliver.handler({}, None) == {"sent": 0}


def test_after_a_day_without_success_a_webhook_is_turned_off(
    ada: Person, receiver: Receiver, later: Callable[[float], None]
) -> None:
    webhook = hook(ada, receiver.url)
    receiver.answers = [503]
    events.emit(ada.id, "project.completed", DATA)
    begun = clock.now()
    for pause in sending.AFTER:
        work()
        assert shown(ada, webhook)["active"]
        later(pause + 1)
        deliver.handler({}, None)
    work()
    assert 0.9 * DAY < clock.now() - begun < 1.2 * DAY
    (line,) = log(ada, webhook)
    assert (line["status"], len(line["tries"])) == ("failed", len(sending.AFTER) + 1)
    told = shown(ada, webhook)
    assert not told["active"]
    assert "503" in told["disabled_reason"]
    events.emit(ada.id, "project.completed", DATA)
    assert waiting() == []
    assert ada.http.post(f"/api/v1/webhooks/{webhook}/deliveries/{line['id']}/redeliver").status_code == 409
    again = ada.http.patch(f"/api/v1/webhooks/{webhook}", json={"active": True}).json()
    assert (again["active"], again["disabled_reason"], again["failures_in_a_row"]) == (True, None, 0)


def test_one_message_that_is_not_wanted_turns_nothing_off(
    ada: Person, receiver: Receiver, later: Callable[[float], None]
) -> None:
    webhook = hook(ada, receiver.url)
    receiver.answers = [500]
    events.emit(ada.id, "project.completed", DATA)
    for pause in sending.AFTER:
        work()
        later(pause + 1)
        deliver.handler({}, None)
    last = waiting()
    receiver.answers = [200, 500]
    events.emit(ada.id, "render.completed", {"render_id": "render-1"})
    work()
    work(*last)
    assert [one["status"] for one in log(ada, webhook)] == ["delivered", "failed"]
    assert shown(ada, webhook)["active"]


def test_gone_is_for_good(ada: Person, receiver: Receiver) -> None:
    webhook = hook(ada, receiver.url)
    receiver.answers = [410]
    for number in (1, 2):
        events.emit(ada.id, "render.completed", {"render_id": f"render-{number}"})
    work()
    told = shown(ada, webhook)
    assert (told["active"], told["disabled_reason"]) == (False, "The receiver answered 410 (Gone)")
    assert [one["status"] for one in log(ada, webhook)] == ["failed", "failed"]
    assert len(receiver.received) == 1
    assert waiting() == []


def test_a_redirect_is_not_followed(ada: Person, receiver: Receiver) -> None:
    with fake.running() as private:
        webhook = hook(ada, receiver.url)
        receiver.answers, receiver.location = [307], private.url
        events.emit(ada.id, "project.completed", DATA)
        work()
        assert private.received == []
    assert log(ada, webhook)[0]["tries"][0]["status"] == 307


def test_an_address_that_became_private_is_not_gone_to(
    ada: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = hook(ada, receiver.url)
    monkeypatch.setenv("OUTBOUND_ALLOW", "")
    events.emit(ada.id, "project.completed", DATA)
    work()
    assert receiver.received == []
    (one,) = log(ada, webhook)[0]["tries"]
    assert (one["status"], one["error"]) == (None, "the host is not a public one")


def test_who_says_nothing_has_not_answered(ada: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sending.PATIENCE == 10
    monkeypatch.setattr(sending, "PATIENCE", 0.5)
    webhook = hook(ada, receiver.url)
    receiver.silent = True
    events.emit(ada.id, "project.completed", DATA)
    work()
    (one,) = log(ada, webhook)[0]["tries"]
    assert (one["status"], one["error"]) == (None, "took too long")
    assert one["milliseconds"] >= 450


def test_nobody_there_is_a_failed_try(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake.running() as gone:
        monkeypatch.setenv("OUTBOUND_ALLOW", gone.place)
    webhook = hook(ada, gone.url)
    events.emit(ada.id, "project.completed", DATA)
    work()
    assert log(ada, webhook)[0]["tries"][0]["error"] == "cannot be reached"
    assert len(waiting()) == 1


def test_a_secret_that_cannot_be_read_any_more_says_so(
    ada: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = hook(ada, receiver.url)
    events.emit(ada.id, "project.completed", DATA)
    with monkeypatch.context() as changed:
        changed.setenv("JWT_SECRET", "another secret of the tests, 32 bytes or more")
        work()
    assert "set it again" in log(ada, webhook)[0]["tries"][0]["error"]


def test_what_is_on_its_way_to_a_deleted_webhook_is_let_go(ada: Person, receiver: Receiver) -> None:
    webhook = hook(ada, receiver.url)
    events.emit(ada.id, "project.completed", DATA)
    ada.http.delete(f"/api/v1/webhooks/{webhook}")
    work()
    assert receiver.received == []
    assert list(STUDIO.every(f"WEBHOOK#{webhook}")) == []


# ---- by hand


def test_a_delivery_is_sent_again_as_the_same_message(ada: Person, receiver: Receiver) -> None:
    webhook = hook(ada, receiver.url)
    events.emit(ada.id, "project.completed", DATA)
    work()
    (line,) = log(ada, webhook)
    receiver.answers = [500, 200]
    asked = ada.http.post(f"/api/v1/webhooks/{webhook}/deliveries/{line['id']}/redeliver")
    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    work()
    work()
    (line,) = log(ada, webhook)
    assert [one["status"] for one in line["tries"]] == [200, 500, 200]
    first, *others = receiver.received
    assert {one.headers["webhook-id"] for one in others} == {first.headers["webhook-id"]}
    assert {one.body for one in others} == {first.body}


def test_a_redelivery_of_what_is_pending_does_not_fork_its_tries(
    ada: Person, receiver: Receiver, later: Callable[[float], None]
) -> None:
    webhook = hook(ada, receiver.url)
    receiver.answers = [500]
    events.emit(ada.id, "project.completed", DATA)
    work()
    (delivery,) = log(ada, webhook)
    ada.http.post(f"/api/v1/webhooks/{webhook}/deliveries/{delivery['id']}/redeliver")
    work()
    assert len(log(ada, webhook)[0]["tries"]) == 2
    assert len(waiting()) == 1


def test_a_test_is_one_try_and_counts_for_nothing(ada: Person, receiver: Receiver) -> None:
    webhook = hook(ada, receiver.url)
    ada.http.patch(f"/api/v1/webhooks/{webhook}", json={"active": False})
    receiver.answers = [500]
    asked = ada.http.post(f"/api/v1/webhooks/{webhook}/test")
    assert (asked.status_code, asked.json()["event"]) == (202, "webhook.test")
    work()
    body = verify(receiver.received[0], SECRET, SECRET.encode())
    assert body["data"] == {"webhook_id": webhook}
    assert log(ada, webhook)[0]["status"] == "failed"
    assert waiting() == []
    assert shown(ada, webhook)["failures_in_a_row"] == 0


def test_the_log_comes_in_pages_newest_first(ada: Person, receiver: Receiver) -> None:
    webhook = hook(ada, receiver.url)
    for number in range(5):
        events.emit(ada.id, "render.completed", {"render_id": f"render-{number}"}, 1790000000.0 + number)
    place = f"/api/v1/webhooks/{webhook}/deliveries"
    first = ada.http.get(place, params={"limit": 3}).json()
    second = ada.http.get(place, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    told = [one["payload"]["data"]["render_id"] for one in first["deliveries"] + second["deliveries"]]
    assert told == [f"render-{number}" for number in (4, 3, 2, 1, 0)]


# ---- projects


def test_a_project_tells_what_happens_to_it(ada: Person, receiver: Receiver) -> None:
    wanted = ["project.created", "project.started", "project.completed", "project.failed"]
    hook(ada, receiver.url, events=wanted)
    made = ada.http.post("/api/v1/projects", json={"title": "A", "prompt": "b"}).json()
    project = projects.find(ada.id, made["id"])
    running = projects.change(ada.id, project.id, lambda old: at_work(old))
    news.started(running)
    failure = Failure("images", "BUSY", "Nobody has time", [1])
    for _ in range(2):  # whoever says it again is not heard again
        ending.fail(running, failure)
    work()
    told = [verify(one, SECRET, SECRET.encode()) for one in receiver.received]
    assert {one["event"] for one in told} == {"project.created", "project.started", "project.failed"}
    assert len(told) == 3
    assert {one["data"]["project_id"] for one in told} == {project.id}
    (failed,) = [one["data"] for one in told if one["event"] == "project.failed"]
    assert failed["error"] == {"code": "BUSY", "message": "Nobody has time", "step": "image_generation"}


def at_work(old: Project) -> Project:
    from msgspec.structs import replace

    return replace(old, state="generating", pipeline="pipe-1", started=clock.now())


def test_a_completed_project_tells_where_its_film_is(ada: Person, receiver: Receiver) -> None:
    hook(ada, receiver.url)
    made = projects.create(ada.id, "A", "b", "", FilmConfig())
    from msgspec.structs import replace

    news.completed(replace(made, film="video-1", duration=12.5, ended=clock.now()))
    work()
    data = verify(receiver.received[0], SECRET, SECRET.encode())["data"]
    assert list(data) == ["project_id", "video_id", "video_url", "duration"]
    assert data["video_url"].startswith("https://bobine.test/api/v1/videos/video-1/download?expires=")
    assert data["duration"] == 12.5


def test_a_delivery_that_is_not_there(ada: Person, receiver: Receiver) -> None:
    webhook = hook(ada, receiver.url)
    assert deliveries.known(webhook, "msg-none") is None
    asked = ada.http.post(f"/api/v1/webhooks/{webhook}/deliveries/msg-none/redeliver")
    assert asked.status_code == 404
    assert asked.json()["error"]["code"] == "NOT_FOUND"
