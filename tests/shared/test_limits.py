"""Rate limits beyond one window: several at once, plans, counting without a request, and what AWS is asked."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from shared import aws, clock
from shared.accounts import accounts
from shared.accounts.accounts import Plan
from shared.entry.http import http as http_entry
from shared.errors import TooManyRequests
from shared.table import Update
from shared.tables import ACCOUNTS, TRAFFIC
from shared.web import api
from shared.web.dialects import platform
from shared.web.limits import GENERAL, Limit, give_back, peek, spend
from tests.conftest import Person
from tests.shared.test_frame import HOURLY, TWICE, client, still
from tests.transport import event_of, response_of

__all__ = ["still"]
SLOW = Limit("slow", 3, 900)


def test_a_route_may_have_several_limits_and_reports_its_own_row(
    http: httpx.Client, still: Callable[[float], None]
) -> None:
    with client() as toys:
        first = toys.post("/twice-limited")
        assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-remaining"]) == ("5", "4")
        toys.post("/twice-limited")
        stopped = toys.post("/twice-limited")
        assert (stopped.status_code, stopped.headers["x-ratelimit-limit"]) == (429, "2")
        assert stopped.headers["retry-after"] == "40"
        still(60)
        assert toys.post("/twice-limited").headers["x-ratelimit-remaining"] == "1"  # the refused one counted too
        assert toys.post("/twice-limited").headers["x-ratelimit-remaining"] == "0"
        still(60)
        hour = toys.post("/twice-limited")
        assert (hour.status_code, hour.headers["x-ratelimit-limit"]) == (429, "5")
        left = 3600 - int(clock.now()) % 3600
        assert hour.headers["retry-after"] == str(left)


def test_limits_of_one_name_share_a_counter(http: httpx.Client, still: Callable[[float], None]) -> None:
    with client() as toys:
        assert toys.get("/limited").status_code == 200
        assert toys.post("/twice-limited").status_code == 200
        assert toys.get("/limited").status_code == 429


@pytest.mark.parametrize(("plan", "allowed"), [("free", 2), ("creator", 4), ("viral", 10), ("pro", 20)])
def test_a_larger_plan_has_more(ada: Person, plan: Plan, allowed: int, still: Callable[[float], None]) -> None:
    ACCOUNTS.write(Update(accounts.profile_key(ada.id), set={"plan": plan}))
    with client(authorization=f"Bearer {ada.token}") as http:
        answers = [http.get("/limited") for _ in range(allowed + 1)]
    assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {str(allowed)}
    assert [answer.status_code for answer in answers] == [200] * allowed + [429]


def test_an_unknown_path_counts_as_general(http: httpx.Client, still: Callable[[float], None]) -> None:
    with client() as toys:
        unknown, wrong = toys.get("/nowhere"), toys.delete("/small")
        assert (unknown.status_code, unknown.headers["x-ratelimit-remaining"]) == (404, str(GENERAL.requests - 1))
        assert (wrong.status_code, wrong.headers["x-ratelimit-remaining"]) == (405, str(GENERAL.requests - 2))


def test_a_family_of_paths_has_a_general_limit_of_its_own(aws_cloud: None, still: Callable[[float], None]) -> None:
    lean = http_entry(api(dialect=platform, general=Limit("lean", 100)))
    request = httpx.Request("GET", "https://bobine.test/api/forum/nowhere")
    event = event_of(request, "$default", "/api/forum/nowhere", {}, "203.0.113.9")
    answer = response_of(lean(event, SimpleNamespace(aws_request_id="1")), request)
    assert (answer.status_code, answer.headers["x-ratelimit-limit"]) == (404, "100")


def test_any_number_of_windows_is_one_update(
    http: httpx.Client, still: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    make_call = aws.client("dynamodb")._make_api_call

    def noting(operation: str, request: dict[str, Any]) -> Any:
        asked.append(operation)
        return make_call(operation, request)

    monkeypatch.setattr(aws.client("dynamodb"), "_make_api_call", noting)
    spend((SLOW, TWICE, HOURLY, GENERAL), "somebody")
    assert asked == ["UpdateItem"]


def test_one_may_be_looked_at_and_given_back(aws_cloud: None, still: Callable[[float], None]) -> None:
    assert peek(SLOW, "ada") == 3
    spend((SLOW,), "ada")
    assert peek(SLOW, "ada") == 2
    give_back(SLOW, "ada")
    assert peek(SLOW, "ada") == 3
    assert peek(SLOW, "ada", "pro") == 30
    for _ in range(3):
        spend((SLOW,), "ada")
    with pytest.raises(TooManyRequests):
        spend((SLOW,), "ada")
    assert peek(SLOW, "ada") == 0
    assert peek(SLOW, "bob") == 3
    still(900)
    assert peek(SLOW, "ada") == 3


@pytest.mark.parametrize("later", [900, 3600])
def test_nothing_is_given_back_to_a_window_that_nothing_was_spent_in(
    aws_cloud: None, still: Callable[[float], None], later: float
) -> None:
    spend((SLOW,), "ada")
    still(later)
    give_back(SLOW, "ada")
    assert peek(SLOW, "ada") == 3
    assert all(row["expires"] for row in TRAFFIC.every("LIMIT#ada"))


def test_turned_off_nothing_is_counted(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMITS", "off")
    for _ in range(5):
        assert spend((SLOW,), "ada") == {}
    monkeypatch.delenv("RATE_LIMITS")
    assert peek(SLOW, "ada") == 3


@pytest.mark.parametrize(("name", "seconds"), [("days", 86400), ("odd", 7 * 60), ("two words", 60), ("", 60)])
def test_a_limit_that_has_no_place_on_an_hours_row_is_refused_at_once(name: str, seconds: int) -> None:
    with pytest.raises(ValueError, match="no place"):
        Limit(name, 1, seconds)
