"""Dead letters: where workers were killed, the file says so, and the letter goes on to those that are kept."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.deadletters import app
from functions.memes import app as worker
from shared import clock, jobs, storage
from shared.community import unfinished
from shared.library import files, keys, streams
from tests import cloud, films, memes
from tests.conftest import Person

LETTER = {"file_id": "film-1"}
GIVEN_BACK = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
Later = Callable[[float], None]


def read(letter: dict[str, Any]) -> None:
    """Delivered twice: what comes again changes nothing."""
    for _ in range(2):
        assert app.handler(cloud.sqs_event(letter), None) == GIVEN_BACK


def test_a_file_whose_workers_died_has_failed_with_a_reason(ada: Person, later: Later) -> None:
    films.upload(ada)
    assert jobs.claim("transcode-film-1")
    later(jobs.LEASE + 1)
    read(LETTER)
    file = files.get("film-1")
    assert (file.stream_state, file.stream_error) == ("failed", streams.OUT_OF_REACH)
    job = jobs.find("transcode-film-1")
    assert job
    assert (job.state, job.error) == ("failed", streams.OUT_OF_REACH)
    listed = ada.http.get(f"/api/upload/user/{ada.id}").json()["files"][0]
    assert listed["stream_state"] == "failed"
    assert ada.http.get("/api/upload/status/film-1").json()["error"] == streams.OUT_OF_REACH


def test_the_edge_forgets_that_it_was_pending(ada: Person) -> None:
    films.upload(ada)
    cloud.messages("invalidate")
    read(LETTER)
    assert f"/api/upload/user/{ada.id}*" in cloud.messages("invalidate")[0]["paths"]


def test_a_letter_that_is_sent_again_is_worked_on(ada: Person, later: Later) -> None:
    films.upload(ada)
    assert jobs.claim("transcode-film-1")
    later(jobs.LEASE + 1)
    read(LETTER)
    assert jobs.claim("transcode-film-1")


def test_a_file_that_a_worker_holds_is_left_to_it(ada: Person) -> None:
    films.upload(ada)
    assert jobs.claim("transcode-film-1")
    read(LETTER)
    assert files.get("film-1").stream_state == "pending"


@pytest.mark.parametrize("state", ["ready", "none"])
def test_what_is_settled_stays_as_it_is(ada: Person, state: str) -> None:
    films.upload(ada)
    files.update("film-1", {"stream_state": state, "stream_ready": state == "ready"})
    read(LETTER)
    read({**LETTER, "extras": True})
    file = files.get("film-1")
    assert (file.stream_state, file.stream_error) == (state, None)


def test_a_film_whose_encoding_died_half_way_ends_there_and_is_no_failure(ada: Person) -> None:
    """Its playlist grows no more, and players must be told: they would ask for ever."""
    films.upload(ada)
    files.update("film-1", {"stream_ready": True})
    place = keys.stream_prefix("film-1")
    storage.put(f"{place}master.m3u8", b"#EXTM3U\n", "text/plain", "")
    storage.put(f"{place}720p.m3u8", b"#EXTM3U\n#EXTINF:6,\n720p_00000.m4s\n", "text/plain", "")
    read({**LETTER, "extras": True})
    file = files.get("film-1")
    assert (file.stream_state, file.stream_error) == ("ready", streams.OUT_OF_REACH)
    assert (storage.read(f"{place}720p.m3u8") or b"").decode().endswith("#EXT-X-ENDLIST\n")
    assert storage.read(f"{place}master.m3u8") == b"#EXTM3U\n"


def test_a_letter_about_a_file_that_has_gone_is_no_trouble(aws_cloud: None) -> None:
    read(LETTER)


@pytest.mark.parametrize("source", ["", "https://pictures.test/a.png"])
def test_a_content_whose_workers_died_has_failed_with_a_reason(ada: Person, later: Later, source: str) -> None:
    if source:
        body = {"type": "meme", "title": "From the web", "storageKey": source}
        made = ada.http.post("/contents", json=body).json()
    else:
        made = memes.send(ada, memes.gif(), type="gif").json()
    (message,) = cloud.messages("memes")
    job_id = unfinished.job_of(made["id"])
    assert jobs.claim(job_id)
    read(message)  # a worker holds it
    assert ada.http.get(f"/contents/{made['id']}").json()["state"] == "processing"
    later(jobs.LEASE + 1)
    read(message)
    found = ada.http.get(f"/contents/{made['id']}").json()
    assert (found["state"], found["error"]) == ("failed", unfinished.UNREACHED if source else unfinished.GIVEN_UP)
    assert found["url"] == made["url"]
    if not source:  # sent again by somebody, it is made
        assert worker.handler(cloud.sqs_event(message), None) == {"batchItemFailures": []}
        found = ada.http.get(f"/contents/{made['id']}").json()
        assert (found["state"], found["error"]) == ("ready", None)
    read(message)
    assert ada.http.get(f"/contents/{made['id']}").json()["state"] == found["state"]
    read({"content": "00000000-0000-4000-8000-000000000000"})


def test_a_letter_of_another_system_is_about_its_job(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert jobs.claim("download-1")
    read({"job": "download-2"})
    moment = clock.now() + jobs.LEASE + 1
    monkeypatch.setattr(clock, "now", lambda: moment)
    read({"job": "download-1"})
    job = jobs.find("download-1")
    assert job
    assert (job.state, job.code) == ("failed", "GIVEN_UP")
