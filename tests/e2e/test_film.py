"""From a prompt to a film on the running platform, with nobody's key and no network."""

import io
import time
from collections.abc import Callable
from typing import Any

import av
import httpx
import pytest

from tests.e2e.conftest import Person

pytestmark = pytest.mark.xdist_group("e2e")
PATIENCE = 180  # seconds; it takes about twenty on a quiet machine


def until_over(person: Person, project: str) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        status = person.get(f"/api/v1/projects/{project}/status")
        if status["status"] in ("completed", "failed", "cancelled"):
            return status
        time.sleep(0.5)
    raise AssertionError(status)


def test_a_prompt_becomes_a_film_and_a_changed_scene_is_made_alone(someone: Callable[[str], Person]) -> None:
    ada = someone("ada")
    config = {"target_duration": 5, "language": "en", "aspect": "1:1"}
    asked = {"title": "The tides", "prompt": "Explain the tides to children", "config": config}
    project = ada.post("/api/v1/projects", asked)["id"]
    started = ada.post(f"/api/v1/projects/{project}/start", {})
    assert set(started["providers"].values()) == {"local"}
    status = until_over(ada, project)
    assert (status["status"], status["progress"]) == ("completed", 100), status
    film = httpx.get(status["video_url"], follow_redirects=True, timeout=60)  # the address is all that one needs
    assert film.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(film.content), mode="r") as opened:
        picture, sound = opened.streams.video[0], opened.streams.audio[0]
        assert (picture.codec_context.name, picture.width, picture.height) == ("h264", 1080, 1080)
        assert sound.codec_context.name == "aac"
        assert opened.duration is not None
        assert 4 <= opened.duration / av.time_base <= 15
    before = ada.get(f"/api/v1/projects/{project}/scenes")["scenes"]
    changed = ada.http.patch(f"/api/v1/projects/{project}/scenes/1", json={"prompt": "A lighthouse by the sea"})
    assert changed.json()["changed"] == ["image"]
    ada.post(f"/api/v1/projects/{project}/start", {})
    again = until_over(ada, project)
    assert again["status"] == "completed", again
    assert again["video_id"] != status["video_id"]
    after = ada.get(f"/api/v1/projects/{project}/scenes")["scenes"]
    assert after[0]["image"]["id"] != before[0]["image"]["id"]
    assert [one["image"]["id"] for one in after[1:]] == [one["image"]["id"] for one in before[1:]]
    assert [one["voice"]["id"] for one in after] == [one["voice"]["id"] for one in before]
