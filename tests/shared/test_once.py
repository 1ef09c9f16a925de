"""`Idempotency-Key`: the same request twice is one deed with one answer."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from botocore.exceptions import EndpointConnectionError
from starlette.requests import Request

from shared.errors import Conflict
from shared.table import Put
from shared.tables import TRAFFIC
from shared.web import once
from tests.conftest import Person
from tests.shared import test_frame
from tests.shared.test_frame import client


@pytest.fixture
def toys(aws_cloud: None) -> Iterator[httpx.Client]:
    test_frame.made.clear()
    with client() as http:
        yield http


def send(http: httpx.Client, key: str | None, name: str = "robot", **headers: str) -> httpx.Response:
    return http.post("/once", json={"name": name}, headers=headers | ({"idempotency-key": key} if key else {}))


def test_a_repeat_is_answered_as_the_first_was(toys: httpx.Client) -> None:
    first, again = send(toys, "k1"), send(toys, "k1")
    assert (first.status_code, first.json()) == (201, {"made": 1})
    assert (again.status_code, again.json(), again.headers["x-made"]) == (201, {"made": 1}, "1")
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert "set-cookie" in first.headers
    assert "set-cookie" not in again.headers
    assert again.headers["content-length"] == first.headers["content-length"]
    assert len(test_frame.made) == 1


def test_without_a_key_or_with_another_it_is_done_again(toys: httpx.Client) -> None:
    assert [send(toys, key).json()["made"] for key in (None, None, "k1", "k2", "k1")] == [1, 2, 3, 4, 3]


def test_a_key_stands_for_one_request(toys: httpx.Client) -> None:
    send(toys, "k1")
    other = send(toys, "k1", name="another")
    assert (other.status_code, other.json()["details"]["field"]) == (400, "Idempotency-Key")
    assert len(test_frame.made) == 1


def test_what_is_kept_of_a_body_cannot_be_guessed_at_without_our_secret(
    toys: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The body of a registration holds a password."""
    kept = []
    for secret in ("one" * 20, "another" * 9):
        monkeypatch.setenv("JWT_SECRET", secret)
        request = Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "server": ("a", 1),
                           "scheme": "http", "headers": [(b"idempotency-key", b"k1")]})  # fmt: skip
        attempt = once.attempt_of(request, "ada", b'{"password": "12345678"}')
        assert attempt is not None
        kept.append(attempt.fingerprint)
    assert kept[0] != kept[1]


def test_a_key_is_its_callers_own(toys: httpx.Client, ada: Person, bob: Person) -> None:
    made = [send(toys, "k1", **{"authorization": f"Bearer {one.token}"}).json()["made"] for one in (ada, bob, ada)]
    assert made == [1, 2, 1]
    assert send(toys, "k1").json()["made"] == 3
    assert send(client("203.0.113.10"), "k1").json()["made"] == 4


@pytest.mark.parametrize(("name", "status"), [("broken", 500), ("refused", 404)])
def test_what_failed_may_be_tried_again(toys: httpx.Client, name: str, status: int) -> None:
    for _ in range(2):
        answer = send(toys, "k1", name=name)
        assert answer.status_code == status
        assert "idempotency-replayed" not in answer.headers
    assert toys.post("/once", json={}, headers={"idempotency-key": "k2"}).status_code == 400
    assert send(toys, "k2").json() == {"made": 1}  # a body that was wrong has not used the key up


def test_a_repeat_while_the_first_is_at_work_waits_its_turn(
    toys: httpx.Client, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "keep", lambda *_: None)  # the first never comes to an end
    send(toys, "k1")
    waiting = send(toys, "k1")
    assert (waiting.status_code, waiting.json()["error"]) == (409, "Request in progress")
    later(once.LEASE + 1)
    assert send(toys, "k1").json() == {"made": 2}


def test_an_attempt_thought_dead_does_not_spoil_the_next_ones_answer(
    toys: httpx.Client, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = once.keep
    late: list[Callable[[], None]] = []
    monkeypatch.setattr(once, "keep", lambda attempt, response: late.append(lambda: kept(attempt, response)))
    send(toys, "k1")
    later(once.LEASE + 1)
    monkeypatch.setattr(once, "keep", kept)
    assert send(toys, "k1").json() == {"made": 2}
    late[0]()
    assert send(toys, "k1").json() == {"made": 2}


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(
    toys: httpx.Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The deed is done: a fault told now would have the client ask for it again."""
    write = TRAFFIC.write

    def unreachable(action: Put) -> object:
        if action.item["state"] == "done":
            raise EndpointConnectionError(endpoint_url="https://dynamodb.internal")
        return write(action)

    monkeypatch.setattr(TRAFFIC, "write", unreachable)
    answer = send(toys, "k1")
    assert (answer.status_code, answer.json()) == (201, {"made": 1})
    assert "answer not kept" in capsys.readouterr().err
    assert send(toys, "k1").status_code == 409  # the key is still taken, so it is not done twice at once
    assert len(test_frame.made) == 1


def test_after_a_day_a_key_is_forgotten(toys: httpx.Client, later: Callable[[float], None]) -> None:
    send(toys, "k1")
    later(once.KEEP + 1)
    assert send(toys, "k1").json() == {"made": 2}


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_no_row_could_be_named_after_is_refused(toys: httpx.Client, key: str) -> None:
    answer = toys.post("/once", json={"name": "x"}, headers={"idempotency-key": key})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "Idempotency-Key")


def test_two_at_once_are_one(toys: httpx.Client) -> None:
    """The conditional write decides, not a look beforehand."""
    headers = [(b"idempotency-key", b"k1"), (b"host", b"bobine.test")]
    request = Request({"type": "http", "method": "POST", "path": "/once", "query_string": b"", "headers": headers})
    first, second = (once.attempt_of(request, "ada", b"{}") for _ in range(2))
    assert first
    assert second
    assert once.earlier(first) is None
    with pytest.raises(Conflict, match="in progress"):
        once.earlier(second)
