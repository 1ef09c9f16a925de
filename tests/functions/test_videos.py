"""Timelines, renders and films, as clients see them: the Render state machine runs with the worker's own handler."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from functions.render.app import handler as worker
from shared import aws
from shared.media.errors import Overrun
from shared.production import addresses, assets, projects, rendering, renders
from shared.production.asset import Asset, Kind
from shared.production.project import FilmConfig
from shared.render.render import render_chunk
from tests.conftest import Person
from tests.machine import Executions, Failed, Machine
from tests.shared.render.conftest import Sources, bunny, sources, tracks

__all__ = ["bunny", "sources"]
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:render"
SMALL = {"resolution": "320x180", "fps": 30}
MIME = {".jpg": "image/jpeg", ".png": "image/png", ".wav": "audio/wav", ".mp3": "audio/mpeg", ".mp4": "video/mp4"}

Made = Callable[..., Asset]


@pytest.fixture
def executions(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> Executions:
    fake = Executions()
    monkeypatch.setitem(aws._clients, "stepfunctions", fake)
    monkeypatch.setenv("RENDER_MACHINE", ARN)
    return fake


@pytest.fixture
def project(ada: Person, executions: Executions) -> str:
    return projects.create(ada.id, "Rabbits", "A film about rabbits", "", FilmConfig()).id


@pytest.fixture
def made(ada: Person, project: str, sources: Sources) -> Made:
    """`made("rabbit")` is an asset of Ada's."""

    def make(name: str, kind: Kind = "image", owner: str = ada.id, **more: Any) -> Asset:
        source = sources[name]
        asset = assets.new(owner, project, kind, {})
        mime = MIME[source.path.suffix]
        key, size, digest = assets.store(asset, mime, source.path)
        assets.order([asset])
        facts = {"seconds": source.duration, "width": source.width, "height": source.height, "sound": source.sound}
        return assets.complete(asset, key=key, size=size, digest=digest, mime=mime, **{**facts, **more})

    return make


@pytest.fixture
def send(ada: Person, project: str) -> Callable[..., Any]:
    def post(*clips: dict[str, Any], **more: Any) -> Any:
        tracks = more.pop("tracks", [{"type": "video", "clips": list(clips)}])
        body = {"project_id": project, "config": SMALL, "tracks": tracks, **more}
        return ada.http.post("/api/v1/videos/timeline", json=body)

    return post


def order(person: Person, timeline_id: str, **config: Any) -> dict[str, Any]:
    answer = person.http.post("/api/v1/videos/render", json={"timeline_id": timeline_id, "config": config})
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    return told


def machine(before: Callable[[dict[str, Any]], None] | None = None) -> Machine:
    return Machine("RenderMachine", {"Render": worker}, before)


def status(person: Person, render_id: str) -> dict[str, Any]:
    answer = person.http.get(f"/api/v1/videos/render/{render_id}/status")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


# ---- timelines


def test_a_timeline_is_kept_as_it_was_sent(ada: Person, send: Any, made: Made, project: str) -> None:
    picture = made("rabbit").id
    answer = send({"asset_id": picture, "start_time": 0, "transition_in": "fade"})
    assert answer.status_code == 201
    told = answer.json()
    assert told["id"].startswith("timeline-")
    assert (told["project_id"], told["duration"], told["status"]) == (project, 5.0, "draft")
    assert told["tracks"][0]["clips"][0]["transition_in"] == "fade"
    assert ada.http.get(f"/api/v1/videos/timeline/{told['id']}").json() == told


@pytest.mark.parametrize(
    ("clips", "field", "constraint"),
    [
        ([{"asset_id": "img-nobody"}], "asset_id", "unknown"),
        ([{"asset_id": "A"}, {"asset_id": "A", "start_time": 4}], "start_time", "overlap"),
        ([{"asset_id": "A", "start_time": -1}], "start_time", "range"),
        ([{"asset_id": "A", "start_time": 1e300}], "start_time", "range"),
        ([{"asset_id": "A", "duration": 0}], "duration", "range"),
        ([{"asset_id": "A", "duration": -5}], "duration", "range"),
        ([{"asset_id": "F", "duration": 60}], "duration", "beyond_source"),
        ([{"asset_id": "F", "trim_start": 5, "duration": 3}], "duration", "beyond_source"),
        ([{"asset_id": "A", "transition_in": "explode"}], "transition_in", "enum"),
        ([{"asset_id": "V"}], "asset_id", "kind"),
    ],
)
def test_what_cannot_be_a_film_is_refused_by_its_field(
    send: Any, made: Made, clips: list[dict[str, Any]], field: str, constraint: str
) -> None:
    known = {"A": made("rabbit").id, "F": made("film", "video").id, "V": made("voice", "voice").id}
    answer = send(*({**one, "asset_id": known.get(one["asset_id"], one["asset_id"])} for one in clips))
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "VALIDATION_ERROR"
    at = len(clips) - 1
    assert error["details"]["field"] == f"tracks[0].clips[{at}].{field}"
    assert error["details"]["constraint"] == constraint


def test_all_faults_are_told_together(send: Any, made: Made) -> None:
    clip = {"asset_id": made("rabbit").id, "start_time": -1, "volume": 9}
    told = send(clip).json()["error"]["details"]["errors"]
    assert {one["field"].rpartition(".")[2] for one in told} == {"start_time", "volume"}


def test_ten_thousand_clips_are_refused_at_once(send: Any) -> None:
    answer = send(*({"asset_id": "img-x", "start_time": at} for at in range(10_000)))
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["constraint"] == "max_clips"


def test_sounds_may_overlap_and_an_unfinished_asset_may_not_be_used(
    send: Any, made: Made, ada: Person, project: str
) -> None:
    voice = made("voice", "voice").id
    both = [{"asset_id": voice, "start_time": at} for at in (0, 1)]
    assert send(tracks=[{"type": "audio", "clips": both}]).status_code == 201
    waiting = assets.new(ada.id, project, "image", {})
    assets.order([waiting])
    error = send({"asset_id": waiting.id}).json()["error"]
    assert error["details"] == {"field": "tracks[0].clips[0].asset_id", "constraint": "completed"}


def test_somebody_elses_things_are_not_there(ada: Person, bob: Person, send: Any, made: Made, project: str) -> None:
    picture = made("rabbit")
    timeline = send({"asset_id": picture.id}).json()["id"]
    render = order(ada, timeline)["render_id"]
    get, post = bob.http.get, bob.http.post
    assert get(f"/api/v1/videos/timeline/{timeline}").status_code == 404
    assert get(f"/api/v1/videos/timeline/{timeline}/otio").status_code == 404
    assert get(f"/api/v1/videos/render/{render}/status").status_code == 404
    assert post(f"/api/v1/videos/render/{render}/cancel").status_code == 404
    assert post("/api/v1/videos/render", json={"timeline_id": timeline}).status_code == 404
    body = {"project_id": project, "tracks": []}
    assert post("/api/v1/videos/timeline", json=body).status_code == 404
    own = projects.create(bob.id, "His", "His own film", "", FilmConfig()).id
    his: dict[str, Any] = {"project_id": own, "tracks": [{"type": "video", "clips": [{"asset_id": picture.id}]}]}
    answer = post("/api/v1/videos/timeline", json=his)
    assert (answer.status_code, answer.json()["error"]["details"]["constraint"]) == (422, "unknown")
    assert get("/api/v1/videos/render").json() == {"renders": [], "total": 0}
    film = made("film", "video").id
    assert get(f"/api/v1/videos/{film}").status_code == get(f"/api/v1/videos/{film}/download").status_code == 404


def test_a_timeline_goes_to_editing_programs(ada: Person, send: Any, made: Made) -> None:
    picture = made("rabbit").id
    timeline = send({"asset_id": picture}).json()["id"]
    answer = ada.http.get(f"/api/v1/videos/timeline/{timeline}/otio")
    assert answer.headers["content-type"] == "application/vnd.opentimelineio+json"
    assert addresses.asset(picture) in answer.text


# ---- renders


def test_a_render_waits_its_turn_and_says_how_far_it_is(
    ada: Person, send: Any, made: Made, executions: Executions
) -> None:
    first = order(ada, send({"asset_id": made("rabbit").id}).json()["id"])
    told = order(ada, send({"asset_id": made("grass").id}).json()["id"])
    assert told["status"] == "queued"
    assert (first["position_in_queue"], told["position_in_queue"]) == (0, 1)
    assert told["estimated_duration"] >= 5
    assert executions.started[1] == {
        "stateMachineArn": ARN,
        "name": told["render_id"],
        "input": {"render": told["render_id"]},
    }
    shown = status(ada, told["render_id"])
    assert (shown["progress"], shown["current_stage"], shown["video_id"]) == (0, None, None)
    assert {one["status"] for one in shown["stages"].values()} == {"pending"}
    listed = ada.http.get("/api/v1/videos/render").json()["renders"]
    assert [one["render_id"] for one in listed] == [told["render_id"], first["render_id"]]


def test_a_film_of_pictures_a_clip_a_voice_and_music(ada: Person, send: Any, made: Made, tmp_path: Path) -> None:
    clips = [
        {"asset_id": made("rabbit").id, "duration": 2, "motion": "zoom_in", "transition_out": "dissolve"},
        {"asset_id": made("film", "video").id, "start_time": 2, "duration": 2},
    ]
    timeline = send(
        tracks=[
            {"type": "video", "clips": clips},
            {"type": "audio", "clips": [{"asset_id": made("voice", "voice").id, "start_time": 0.5}]},
            {"type": "music", "clips": [{"asset_id": made("music", "music").id, "duck_under_voice": True}]},
            {"type": "captions", "clips": [{"text": "Là-bas", "start_time": 1, "duration": 1}]},
        ]
    ).json()
    ordered = order(ada, timeline["id"], quality="low")
    seen: list[dict[str, Any]] = []
    run = machine(lambda asked: seen.append(status(ada, ordered["render_id"])))
    run.run({"render": ordered["render_id"]})
    assert [one["ask"] for one in run.asked] == ["prepare", "film", "chunk", "sound", "join"]
    assert [one["progress"] for one in seen] == sorted(one["progress"] for one in seen)
    assert seen[1]["stages"]["preparation"]["status"] == "completed"
    done = status(ada, ordered["render_id"])
    assert (done["status"], done["progress"], done["frames_completed"]) == ("completed", 100, done["frames_total"])
    assert all(one["status"] == "completed" for one in done["stages"].values())
    film = ada.http.get(f"/api/v1/videos/{done['video_id']}").json()
    assert (film["duration"], film["width"], film["height"], film["has_sound"]) == (4.0, 320, 180, True)
    assert (film["timeline_id"], film["render_id"]) == (timeline["id"], ordered["render_id"])
    place = f"/api/v1/videos/{done['video_id']}/download"
    answer = ada.http.get(place)
    assert answer.headers["content-type"] == "video/mp4"
    assert len(answer.content) == film["size"]
    out = tmp_path / "film.mp4"
    out.write_bytes(answer.content)
    assert tracks(out) == ["h264", "aac"]
    with av.open(str(out)) as file:
        assert file.streams.video[0].frames == 120
    part = ada.http.get(place, headers={"range": "bytes=0-99"})
    assert (part.status_code, part.content) == (206, answer.content[:100])
    assert ada.http.head(place).headers["content-length"] == str(film["size"])


@pytest.fixture
def film(ada: Person, send: Any, made: Made) -> tuple[str, dict[str, Any]]:
    """A timeline, and its finished render."""
    timeline = send({"asset_id": made("rabbit").id, "duration": 1}).json()["id"]
    ordered = order(ada, timeline, quality="low")
    machine().run({"render": ordered["render_id"]})
    return timeline, status(ada, ordered["render_id"])


def test_whoever_has_a_films_address_needs_no_account(
    ada: Person, http: Any, film: tuple[str, dict[str, Any]], later: Any
) -> None:
    _, done = film
    address = done["video_url"]
    assert http.get(address).status_code == 200
    assert http.get(address.partition("?")[0]).status_code == 401
    assert http.get(address[:-1] + ("0" if address[-1] != "0" else "1")).status_code == 403
    later(8 * 86400)
    assert http.get(address).status_code == 403
    assert ada.http.get(f"/api/v1/videos/{done['video_id']}").status_code in (200, 401)


def test_the_same_film_is_not_rendered_twice(
    ada: Person, film: tuple[str, dict[str, Any]], executions: Executions
) -> None:
    timeline, done = film
    again = order(ada, timeline, quality="low")
    assert (again["status"], again["video_id"]) == ("completed", done["video_id"])
    assert again["render_id"] != done["render_id"]
    assert len(executions.started) == 1
    assert order(ada, timeline, quality="high")["status"] == "queued"
    assets.delete(assets.find(ada.id, done["video_id"]))
    assert order(ada, timeline, quality="low")["status"] == "queued"


def test_two_who_ask_for_the_same_at_once_have_one_render(
    ada: Person, send: Any, made: Made, executions: Executions
) -> None:
    timeline = send({"asset_id": made("rabbit").id}).json()["id"]
    one, other = order(ada, timeline), order(ada, timeline)
    assert one["render_id"] == other["render_id"]
    assert len(executions.started) == 1


def test_a_chunk_that_was_rendered_before_is_taken_from_the_bucket(
    ada: Person, send: Any, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = made("rabbit").id, made("grass").id, made("badge").id

    def render(last: str) -> int:
        clips = [{"asset_id": first, "duration": 6}, {"asset_id": last, "start_time": 6, "duration": 6}]
        count = 0
        real = render_chunk

        def counted(*given: Any) -> Path:
            nonlocal count
            count += 1
            return real(*given)

        with monkeypatch.context() as patch:
            patch.setattr(rendering, "render_chunk", counted)
            ordered = order(ada, send(*clips).json()["id"], quality="preview")
            machine().run({"render": ordered["render_id"]})
        assert status(ada, ordered["render_id"])["status"] == "completed"
        return count

    assert render(second) == 2
    assert render(third) == 1


def test_a_preview_is_small(ada: Person, send: Any, made: Made) -> None:
    clip = {"asset_id": made("rabbit").id, "duration": 0.5}
    timeline = send(clip, config={"resolution": "1920x1080"}).json()["id"]
    ordered = order(ada, timeline, quality="preview")
    machine().run({"render": ordered["render_id"]})
    done = status(ada, ordered["render_id"])
    film = ada.http.get(f"/api/v1/videos/{done['video_id']}").json()
    assert (done["quality"], film["width"], film["height"]) == ("preview", 640, 360)


def test_a_render_that_nobody_wants_any_more_stops_within_seconds(
    ada: Person, send: Any, made: Made, executions: Executions
) -> None:
    clip = {"asset_id": made("rabbit").id, "duration": 120, "motion": "zoom_in"}
    timeline = send(clip, config={"resolution": "1920x1080", "fps": 60}).json()["id"]
    ordered = order(ada, timeline, quality="ultra")["render_id"]
    todo = worker({"ask": "prepare", "render": ordered}, None)
    assert len(todo["chunks"]) > 10
    ended: list[Any] = []
    at_work = threading.Thread(target=lambda: ended.append(worker({"ask": "chunk", "render": ordered}, None)))
    at_work.start()
    until = time.monotonic() + 60
    while not status(ada, ordered)["frames_completed"] and time.monotonic() < until:
        time.sleep(0.1)
    assert status(ada, ordered)["current_stage"] == "encoding"
    cancelled = ada.http.post(f"/api/v1/videos/render/{ordered}/cancel")
    assert cancelled.json() == {
        "render_id": ordered,
        "status": "cancelled",
        "message": "Render cancelled successfully",
    }
    assert executions.stopped == [f"{ARN.replace('stateMachine', 'execution')}:{ordered}"]
    at_work.join(20)
    assert ended == [""]
    assert ada.http.post(f"/api/v1/videos/render/{ordered}/cancel").status_code == 409
    assert worker({"ask": "prepare", "render": ordered}, None)["do"] == "stop"


def test_a_worker_that_was_killed_is_followed_by_another(ada: Person, send: Any, made: Made) -> None:
    ordered = order(ada, send({"asset_id": made("rabbit").id, "duration": 1}).json()["id"], quality="low")["render_id"]
    killed: list[str] = []

    def kill(asked: dict[str, Any]) -> None:
        if asked["ask"] == "chunk" and len(killed) < 2:
            killed.append(asked["ask"])
            raise Failed("Runtime.ExitError", "signal: killed")

    machine(kill).run({"render": ordered})
    assert status(ada, ordered)["status"] == "completed"


@pytest.mark.parametrize(
    ("error", "code"),
    [(Failed("Runtime.ExitError"), "RENDER_FAILED"), (Overrun(), "RENDER_TIMEOUT")],
)
def test_a_render_that_fails_for_good_says_why(ada: Person, send: Any, made: Made, error: Exception, code: str) -> None:
    ordered = order(ada, send({"asset_id": made("rabbit").id}).json()["id"])["render_id"]

    def broken(asked: dict[str, Any]) -> None:
        if asked["ask"] == "chunk":
            raise error

    machine(broken).run({"render": ordered})
    told = status(ada, ordered)
    assert (told["status"], told["error"]["code"], told["stages"]["finalization"]["status"]) == (
        "failed",
        code,
        "pending",
    )
    assert told["error"]["message"]
    assert order(ada, told["timeline_id"])["status"] == "queued"


def test_a_broken_picture_is_named_and_not_tried_again(ada: Person, send: Any, made: Made) -> None:
    picture = made("rabbit")
    assets.store(picture, "image/jpeg", b"\xff\xd8\xff not a picture at all")
    ordered = order(ada, send({"asset_id": picture.id}).json()["id"])["render_id"]
    run = machine()
    run.run({"render": ordered})
    assert [one["ask"] for one in run.asked].count("chunk") == 1
    told = status(ada, ordered)
    assert told["status"] == "failed"
    assert picture.id in told["error"]["message"]
    assert "/" not in told["error"]["message"]


def test_an_asset_that_was_deleted_meanwhile_is_named(ada: Person, send: Any, made: Made) -> None:
    picture = made("rabbit")
    ordered = order(ada, send({"asset_id": picture.id}).json()["id"])["render_id"]
    assets.delete(picture)
    machine().run({"render": ordered})
    told = status(ada, ordered)
    assert (told["status"], picture.id in told["error"]["message"]) == ("failed", True)


def test_a_render_whose_execution_is_gone_has_failed(
    ada: Person, send: Any, made: Made, executions: Executions, later: Any
) -> None:
    ordered = order(ada, send({"asset_id": made("rabbit").id}).json()["id"])["render_id"]
    executions.status = "ABORTED"
    assert renders.find(ada.id, ordered).state == "queued"
    later(renders.QUIET + 1)
    assert renders.find(ada.id, ordered).code == "RENDER_LOST"


def test_what_cannot_be_started_is_told_at_once(ada: Person, send: Any, made: Made, executions: Executions) -> None:
    timeline = send({"asset_id": made("rabbit").id}).json()["id"]
    executions.refuses = True
    answer = ada.http.post("/api/v1/videos/render", json={"timeline_id": timeline})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    executions.refuses = False
    assert order(ada, timeline)["status"] == "queued"


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"format": "webm", "codec": "h264"}, "config.codec"),
        ({"bitrate": "900M"}, "config.bitrate"),
        ({"format": "mp4", "audio_codec": "opus"}, "config.audio_codec"),
        ({"quality": "best"}, "config.quality"),
    ],
)
def test_what_no_file_can_be_is_refused(ada: Person, send: Any, made: Made, config: dict[str, str], field: str) -> None:
    timeline = send({"asset_id": made("rabbit").id}).json()["id"]
    answer = ada.http.post("/api/v1/videos/render", json={"timeline_id": timeline, "config": config})
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, field)


def test_rendering_has_a_limit_of_its_own(ada: Person, send: Any, made: Made) -> None:
    timeline = send({"asset_id": made("rabbit").id}).json()["id"]
    for _ in range(5):
        order(ada, timeline)
    answer = ada.http.post("/api/v1/videos/render", json={"timeline_id": timeline})
    assert answer.status_code == 429
    assert answer.headers["x-ratelimit-limit"] == "5"
    assert answer.json()["error"]["details"]["retryAfter"] > 0


def test_those_who_listen_hear_how_far_a_render_is(
    ada: Person, bob: Person, send: Any, made: Made, caller: Any
) -> None:
    ordered = order(ada, send({"asset_id": made("rabbit").id, "duration": 1}).json()["id"], quality="low")["render_id"]
    hers, his = caller("c1"), caller("c2")
    channel = f"render:{ordered}"
    told: dict[str, list[Any]] = {}
    for one, person in ((hers, ada), (his, bob)):
        one.connect()
        one.say(type="auth", token=person.token)
        told[person.id] = one.say(type="subscribe", channel=channel)
    assert [one["code"] for one in told[bob.id]] == ["NOT_FOUND"]
    assert told[ada.id][-1]["status"] == "queued"
    machine().run({"render": ordered})
    heard = hers.heard()
    assert {one["channel"] for one in heard} == {channel}
    assert [one["progress"] for one in heard] == sorted(one["progress"] for one in heard)
    assert (heard[-1]["status"], heard[-1]["progress"]) == ("completed", 100)
    assert heard[-1]["video_id"]
