"""Letting go: abandoned uploads, files nobody has, lost streams; twice, half-way, and against a concurrent link."""

import pytest

from functions.sweep import app as sweep
from shared import aws, clock, jobs, storage
from shared.errors import NotFound
from shared.library import due, files, library, links, ratings, streams
from shared.library import keys as places
from shared.table import Write
from shared.tables import LIBRARY
from tests import cloud, films
from tests.conftest import Person


def keys() -> set[str]:
    return {entry["Key"] for entry in aws.client("s3").list_objects_v2(Bucket=cloud.BUCKET).get("Contents", ())}


def gone(person: Person, file_id: str = "film-1") -> None:
    person.http.delete(f"/api/files/videos/{file_id}", params={"userId": person.id})


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    moment = clock.now() + seconds
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_file_nobody_has_goes_with_all_that_belongs_to_it(ada: Person) -> None:
    films.verified(ada, b"0123456789")
    storage.put("api/stream/film-1/master.m3u8", b"x", "text/plain", "")
    for key in ("thumbnails/videos/film-1.jpg", places.poster("film-1"), places.external("film-1")):
        storage.put(key, b"x", "image/jpeg", "")
    files.update("film-1", {"thumbnail_r2_path": "thumbnails/videos/film-1.jpg"})
    ratings.rate("film-1", ada.id, 4)
    gone(ada)
    event = cloud.sqs_event(*cloud.messages("sweep"))
    for _ in range(2):  # delivered twice
        assert sweep.handler(event, None) == {"batchItemFailures": []}
    assert keys() == set()
    assert list(LIBRARY.every("FILE#film-1")) == []
    assert files.id_of_hash("84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882") is None
    assert films.upload(ada) == "film-1"  # the id is free again


def test_an_id_is_free_only_when_the_work_on_its_file_is_forgotten(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    films.upload(ada)
    lease = jobs.claim("transcode-film-1")
    assert lease is not None
    lease.finish()
    freed: list[jobs.Job | None] = []
    monkeypatch.setattr(files, "forget", lambda file_id: freed.append(jobs.find(f"transcode-{file_id}")))
    gone(ada)
    sweep.handler(cloud.sqs_event(*cloud.messages("sweep")), None)
    assert freed == [None]  # the next file's worker would have taken the old job for its own, done already


def test_a_link_that_comes_before_the_last_owner_leaves_keeps_the_file(
    ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    films.upload(ada)
    attempts: list[int] = []
    one_less = files.one_owner_less

    def overtaken(file: files.File) -> list[Write]:
        attempts.append(file.owners)
        if len(attempts) == 1:  # between what Ada's delete has seen and what it writes
            assert links.add(file, bob.id) is False
        return one_less(file)

    monkeypatch.setattr(files, "one_owner_less", overtaken)
    gone(ada)
    assert attempts == [1, 2]
    assert cloud.messages("sweep") == []
    assert bob.http.get("/api/files/videos/film-1").status_code == 200
    assert ada.http.get(f"/api/upload/user/{ada.id}").json()["files"] == []


def test_a_link_that_comes_after_it_is_told_there_is_no_such_file(ada: Person, bob: Person) -> None:
    films.upload(ada)
    file = files.get("film-1")
    gone(ada)
    with pytest.raises(NotFound):
        links.add(file, bob.id)
    answer = bob.http.post("/api/upload/link", json={"fileId": "film-1", "userId": bob.id}).json()
    assert answer["success"] is False
    assert links.usage(bob.id) == (0, 0)


def test_a_collection_that_died_half_way_is_finished_by_the_next(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    films.upload(ada)
    gone(ada)
    event = cloud.sqs_event(*cloud.messages("sweep"))
    with monkeypatch.context() as dying:
        dying.setattr(storage, "delete", lambda keys: 1 / 0)
        assert sweep.handler(event, None)["batchItemFailures"] == [{"itemIdentifier": "message-0"}]
    assert files.any_state("film-1") is not None
    assert sweep.handler(event, None) == {"batchItemFailures": []}
    assert files.any_state("film-1") is None
    assert keys() == set()


def test_a_lost_message_is_made_good_by_the_hour(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    films.upload(ada)
    gone(ada)
    cloud.messages("sweep")  # lost
    assert sweep.handler({"source": "aws.scheduler"}, None) == {"done": 0}  # not due yet
    later(monkeypatch, links.COLLECTED_WITHIN + 1)
    assert sweep.handler({"source": "aws.scheduler"}, None) == {"done": 1}
    assert keys() == set()


def test_an_abandoned_upload_is_aborted_and_its_id_is_free(
    ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = films.start(ada, 100).json()
    films.send_part(ada.http, upload, 1, bytes(100))
    later(monkeypatch, 25 * 3600)
    sweep.handler({}, None)
    open_ones = aws.client("s3").list_multipart_uploads(Bucket=cloud.BUCKET).get("Uploads", [])
    assert upload["uploadId"] not in {one["UploadId"] for one in open_ones}  # other tests leave theirs
    assert films.start(bob, 100).status_code in (200, 401)  # bob's own token may have run out by then
    assert list(due.now()) == []


def test_a_completed_upload_is_not_aborted(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    films.upload(ada)
    later(monkeypatch, 25 * 3600)
    sweep.handler({}, None)
    assert keys() == {"api/files/videos/film-1"}


def test_a_stream_that_never_began_is_asked_for_again(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    films.upload(ada)
    cloud.messages("transcode")  # lost
    later(monkeypatch, 3 * 3600)
    sweep.handler({}, None)
    assert cloud.messages("transcode") == [{"file_id": "film-1"}]
    sweep.handler({}, None)
    assert cloud.messages("transcode") == []


def test_a_stream_is_asked_for_until_it_is_there(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    films.upload(ada)
    for _ in range(3):
        cloud.messages("transcode")
        later(monkeypatch, streams.LATE + 1)
        sweep.handler({}, None)
        assert cloud.messages("transcode") == [{"file_id": "film-1"}]
    files.update("film-1", {"stream_ready": True})  # its encoding goes on with the extras
    later(monkeypatch, streams.LATE + 1)
    sweep.handler({}, None)
    assert cloud.messages("transcode") == []
    assert cloud.messages("extras") == [{"file_id": "film-1", "extras": True}]
    files.update("film-1", {"stream_state": "ready"})
    for _ in range(2):
        later(monkeypatch, streams.LATE + 1)
        sweep.handler({}, None)
    assert cloud.messages("extras") == []


def test_a_film_that_waits_for_its_turn_is_woken_when_there_is_a_place_and_not_before(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker that was to wake it died."""
    films.upload(ada)
    turn = streams.first_turn(files.get("film-1"))
    for name in ("one", "two"):
        assert jobs.claim(name)
        assert jobs.turns.take(turn, name)
    lease = jobs.claim("transcode-film-1")
    assert lease
    lease.rest(jobs.WAITING)
    jobs.turns.wait(turn, "transcode-film-1", {"file_id": "film-1"})
    cloud.messages("transcode")
    streams.look_after("film-1")
    assert cloud.messages("transcode") == []
    later(monkeypatch, jobs.LEASE + 1)
    streams.look_after("film-1")
    assert cloud.messages("transcode") == [{"file_id": "film-1"}]


def test_one_failure_keeps_nothing_else_waiting(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    films.upload(ada, file_id="film-1")
    films.upload(ada, file_id="film-2")
    gone(ada, "film-1")
    gone(ada, "film-2")
    later(monkeypatch, links.COLLECTED_WITHIN + 1)
    collect = library.collect

    def failing(file_id: str) -> None:
        if file_id == "film-1":
            raise RuntimeError("disk on fire")
        collect(file_id)

    monkeypatch.setattr(library, "collect", failing)
    assert sweep.handler({}, None) == {"done": 1}
    monkeypatch.setattr(library, "collect", collect)
    assert sweep.handler({}, None) == {"done": 1}
    assert keys() == set()


def test_a_picture_that_a_file_borrowed_stays_with_its_owner(ada: Person, bob: Person) -> None:
    storage.put("thumbnails/videos/film-1.jpg", b"bob's", "image/jpeg", "")
    storage.put("thumbnails/videos/f.jpg", b"ada's", "image/jpeg", "")
    films.upload(bob, file_id="film-1")
    films.upload(ada, file_id="f")
    files.update("f", {"thumbnail_r2_path": "thumbnails/videos/film-1.jpg"})
    gone(ada, "f")
    sweep.handler(cloud.sqs_event(*cloud.messages("sweep")), None)
    assert keys() == {"api/files/videos/film-1", "thumbnails/videos/film-1.jpg"}
