"""Playback positions (videomi: Progression de lecture)."""

from typing import Any

import httpx
import pytest

from shared import clock
from tests.conftest import Person


def save(person: Person, file_id: str, position: float, duration: float = 1000, **more: Any) -> httpx.Response:
    body = {"current_time": position, "duration": duration, "user_id": person.id, **more}
    return person.http.post(f"/api/watch-progress/{file_id}", json=body)


def test_a_position_is_saved_and_read_back(ada: Person) -> None:
    assert ada.http.get("/api/watch-progress/film-1").json() is None
    assert save(ada, "film-1", 1234.5, 7200).json() == {"success": True}
    answer = ada.http.get("/api/watch-progress/film-1")
    body = answer.json()
    assert abs(body.pop("last_watched") - clock.now_ms()) < 60_000
    assert body == {
        "user_id": ada.id,
        "file_id": "film-1",
        "current_time": 1234.5,
        "duration": 7200,
        "progress_percent": 17.1,
    }
    assert answer.headers["cache-control"] == "no-store, no-cache, must-revalidate"


def test_the_latest_twenty_unfinished_films_are_listed(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    start = clock.now()
    for index in range(25):
        monkeypatch.setattr(clock, "now", lambda index=index: start + index)
        save(ada, f"film-{index}", 500)
    monkeypatch.setattr(clock, "now", lambda: start + 30)
    for file_id, position in (("begun", 50), ("barely", 50.1), ("nearly", 949.9), ("done", 950)):
        save(ada, file_id, position)
    listed = ada.http.get(f"/api/watch-progress/user/{ada.id}").json()["progressions"]
    assert len(listed) == 20
    assert {"barely", "nearly"} <= {one["file_id"] for one in listed}
    assert not {"begun", "done"} & {one["file_id"] for one in listed}
    assert listed[2]["file_id"] == "film-24"
    assert listed[0].keys() == {"file_id", "current_time", "duration", "progress_percent", "last_watched"}


def test_a_finished_film_leaves_the_list(ada: Person) -> None:
    save(ada, "film-1", 500)
    save(ada, "film-1", 990)
    assert ada.http.get(f"/api/watch-progress/user/{ada.id}").json() == {"progressions": []}


def test_progress_is_ones_own(ada: Person, bob: Person, http: httpx.Client) -> None:
    assert save(ada, "film-1", 1, user_id=bob.id).status_code == 403
    assert bob.http.get(f"/api/watch-progress/user/{ada.id}").status_code == 403
    for method, path in (("GET", "film-1"), ("POST", "film-1"), ("GET", f"user/{ada.id}")):
        assert http.request(method, f"/api/watch-progress/{path}").status_code == 401
    save(ada, "film-1", 500)
    assert bob.http.get("/api/watch-progress/film-1").json() is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"current_time": "1"}, "current_time"),
        ({"current_time": -1}, "current_time"),
        ({"current_time": 1e300}, "current_time"),
        ({"duration": 0}, "duration"),
        ({"user_id": 5}, "user_id"),
    ],
)
def test_a_wrong_number_is_named(ada: Person, change: dict[str, Any], field: str) -> None:
    answer = save(ada, "film-1", 1, **change) if "duration" not in change else save(ada, "film-1", 1, 0)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


def test_a_position_past_the_end_is_the_end(ada: Person) -> None:
    save(ada, "film-1", 2000, 1000)
    assert ada.http.get("/api/watch-progress/film-1").json()["progress_percent"] == 100
