"""The transcode worker, on real clips: from an SQS event to a stream that plays, or to a reason why it cannot."""

import hashlib
import io
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from functions.transcode import app, arrival, pipeline
from functions.transcode.pipeline import Pipeline
from functions.transcode.stream import Stream
from shared import aws, clock, jobs, storage
from shared.library import files, keys, library, links, streams
from shared.library.categories import Category
from shared.library.files import File, NewFile
from shared.media import hls
from shared.media.errors import Overrun
from shared.media.ffmpeg import program
from shared.media.playlist import read_media_playlist
from tests import cloud

CARD = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=12:duration=8"]
TONE = ["-f", "lavfi", "-i", "sine=duration=8"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "24", "-c:a", "aac"]
Arrive = Callable[..., str]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    folder = tmp_path_factory.mktemp("films")

    def make(name: str = "film.mp4", *arguments: str) -> bytes:
        path = folder / name
        if not path.exists():
            command = [program(), "-nostdin", "-v", "error", *(arguments or [*CARD, *TONE, *H264]), str(path)]
            subprocess.run(command, check=True, timeout=60)
        return path.read_bytes()

    return make


@pytest.fixture
def arrive(aws_cloud: None) -> Iterator[Arrive]:
    """Puts bytes where `complete` leaves them; answers the file's id."""

    def put(body: bytes, category: Category = "videos", **more: Any) -> str:
        file_id = f"file-{time.time_ns()}"
        storage.put(keys.original(category, file_id), body, "application/octet-stream", "")
        new = NewFile(file_id, category, "name", len(body), "video/mp4", "id-of-ada", **more)
        links.create(new.file(), new.account_id)
        return file_id

    yield put
    for name in cloud.QUEUES:
        cloud.messages(name)


def work(file_id: str) -> File:
    """Let the worker have its message, and those that come of it; the file's row afterwards."""
    waiting = [{"file_id": file_id}]
    while waiting:
        assert app.handler(cloud.sqs_event(waiting.pop()), None) == {"batchItemFailures": []}
        waiting += cloud.messages("TRANSCODE") + cloud.messages("EXTRAS")
    return files.get(file_id)


def text(file_id: str, name: str) -> str:
    return (storage.read(keys.stream_prefix(file_id) + name) or b"").decode()


def headers(file_id: str, name: str) -> dict[str, Any]:
    return storage.head(keys.stream_prefix(file_id) + name) or {}


def names(file_id: str) -> list[str]:
    return storage.names(keys.stream_prefix(file_id))


def test_a_film_becomes_a_stream(arrive: Arrive, film: Callable[..., bytes]) -> None:
    body = film()
    file_id = arrive(body, sha256=hashlib.sha256(body).hexdigest())
    row = work(file_id)

    assert (row.stream_state, row.stream_ready, row.hash_state) == ("ready", True, "verified")
    assert (row.width, row.height, round(row.duration or 0)) == (320, 180, 8)
    assert row.thumbhash
    assert row.sprite == "sprite.vtt"
    assert "180p.m3u8" in text(file_id, "master.m3u8")
    segments, _, ended = read_media_playlist(text(file_id, "180p.m3u8"))
    assert ended
    assert {"180p_init.mp4", "sprite_1.jpg", *(one.name for one in segments)} <= set(names(file_id))
    assert files.id_of_hash(hashlib.sha256(body).hexdigest()) == file_id


def test_what_is_made_is_served_as_documented(arrive: Arrive, film: Callable[..., bytes]) -> None:
    file_id = arrive(film())
    work(file_id)

    master, segment = headers(file_id, "master.m3u8"), headers(file_id, "180p_00000.m4s")
    assert (master["ContentType"], master["CacheControl"]) == ("application/vnd.apple.mpegurl", "public, max-age=3600")
    assert (segment["ContentType"], segment["CacheControl"]) == ("video/mp4", "public, max-age=31536000, immutable")
    assert Image.open(io.BytesIO(storage.read(str(files.get(file_id).poster)) or b"")).format == "JPEG"


def test_the_edge_forgets_what_it_knew(arrive: Arrive, film: Callable[..., bytes]) -> None:
    file_id = arrive(film())
    work(file_id)
    paths = {path for message in cloud.messages("INVALIDATE") for path in message["paths"]}

    assert {
        f"/api/stream/{file_id}/master.m3u8",
        f"/api/stream/{file_id}/180p.m3u8",
        f"/api/files/videos/{file_id}/thumbnail*",
        "/api/upload/user/id-of-ada*",
    } <= paths


def test_a_second_delivery_does_nothing(arrive: Arrive, film: Callable[..., bytes], monkeypatch: Any) -> None:
    file_id = arrive(film())
    work(file_id)
    monkeypatch.setattr(Pipeline, "run", lambda self: pytest.fail("ran again"))
    work(file_id)


def test_a_job_in_other_hands_is_left_there_and_asked_for_again_later(
    arrive: Arrive, film: Callable[..., bytes]
) -> None:
    file_id = arrive(film())
    assert jobs.claim(f"transcode-{file_id}")
    cloud.messages("transcode")

    assert app.handler(cloud.sqs_event({"file_id": file_id}), None) == {"batchItemFailures": []}
    assert cloud.messages("transcode") == [{"file_id": file_id}]  # in case the other one dies
    assert files.get(file_id).stream_state == "pending"


def test_a_file_nobody_has_is_no_work(aws_cloud: None) -> None:
    assert app.handler(cloud.sqs_event({"file_id": "gone"}), None) == {"batchItemFailures": []}


def test_a_lying_hash_is_recorded_and_the_film_still_plays(arrive: Arrive, film: Callable[..., bytes]) -> None:
    body = film()
    file_id = arrive(body, sha256="0" * 64)
    row = work(file_id)

    assert (row.hash_state, row.stream_state) == ("mismatch", "ready")
    assert row.sha256_actual == hashlib.sha256(body).hexdigest()
    assert files.id_of_hash("0" * 64) is None
    assert files.id_of_hash(hashlib.sha256(body).hexdigest()) is None


# ---- while it arrives


@pytest.fixture
def thin_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts so small that a short film arrives in many."""
    monkeypatch.setattr(arrival, "BEGINNING", 60_000)
    monkeypatch.setattr(arrival, "PART", 20_000)
    monkeypatch.setattr(pipeline, "BEGINNING", 60_000)
    monkeypatch.setattr("functions.transcode.order.BEGINNING", 60_000)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("front.mp4", [*H264, "-movflags", "+faststart"]), ("behind.mp4", H264), ("film.mkv", H264)],
)
@pytest.mark.usefixtures("thin_line")
def test_the_top_rung_is_made_before_the_film_is_here(
    arrive: Arrive, film: Callable[..., bytes], monkeypatch: Any, name: str, arguments: list[str]
) -> None:
    sources: list[object] = []
    produce = hls.produce

    def watched(source: Any, *rest: Any, **more: Any) -> Any:
        sources.append(source)
        return produce(source, *rest, **more)

    monkeypatch.setattr(hls, "produce", watched)
    file_id = arrive(film(name, *CARD, *TONE, *arguments))
    row = work(file_id)

    assert not isinstance(sources[0], Path)
    assert row.stream_state == "ready"
    assert len(sources) == 1
    assert sum(one.seconds for one in read_media_playlist(text(file_id, "180p.m3u8"))[0]) == pytest.approx(8, abs=0.1)


@pytest.mark.usefixtures("thin_line")
def test_a_transfer_that_breaks_off_is_no_end_of_the_film(
    arrive: Arrive, film: Callable[..., bytes], monkeypatch: Any
) -> None:
    file_id = arrive(film("front.mp4", *CARD, *TONE, *H264, "-movflags", "+faststart"))
    with monkeypatch.context() as broken:
        whole = arrival.Arrival._open

        def short(self: Any, start: int, end: int) -> Any:
            return whole(self, start, min(end, 150_000))

        broken.setattr(arrival.Arrival, "_open", short)
        assert app.handler(cloud.sqs_event({"file_id": file_id}), None)["batchItemFailures"]
    assert "ENDLIST" not in text(file_id, "180p.m3u8")

    assert work(file_id).stream_state == "ready"
    assert "ENDLIST" in text(file_id, "180p.m3u8")


# ---- interrupted


@pytest.fixture
def large(film: Callable[..., bytes]) -> bytes:
    """A film that must be encoded, with a lower rung."""
    larger = ["-vf", "scale=640:360", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p"]
    return film("large.mkv", *CARD, *CARD, "-filter_complex", "[0][1]concat,scale=640:360", *larger[2:])


def test_short_of_time_the_worker_goes_on_in_another_call(arrive: Arrive, large: bytes, monkeypatch: Any) -> None:
    file_id = arrive(large)

    class Context:
        def get_remaining_time_in_millis(self) -> int:
            return 0

    calls, made = 0, []
    produce = hls.produce

    def counted(*arguments: Any, **more: Any) -> Any:
        for piece in produce(*arguments, **more):
            made.append(piece.name)
            yield piece

    monkeypatch.setattr(hls, "produce", counted)
    waiting: list[dict[str, Any]] = [{"file_id": file_id}]
    while waiting and calls < 9:
        assert app.handler(cloud.sqs_event(waiting.pop()), Context()) == {"batchItemFailures": []}
        calls += 1
        waiting += cloud.messages("TRANSCODE") + cloud.messages("EXTRAS")
        assert len(waiting) <= 1
        if calls > 2:  # enough of that
            Context.get_remaining_time_in_millis = lambda self: 900_000  # type: ignore[method-assign]

    assert files.get(file_id).stream_state == "ready"
    assert calls > 3
    segments = [name for name in made if name.endswith(".m4s")]
    assert len(segments) == len(set(segments)), "nothing was made twice"
    for rung in ("360p", "240p"):
        found, _, ended = read_media_playlist(text(file_id, f"{rung}.m3u8"))
        assert ended
        assert sum(one.seconds for one in found) == pytest.approx(16, abs=0.1)


def test_a_master_playlist_has_its_hour_from_the_first_and_the_edge_forgets_it_each_time(aws_cloud: None) -> None:
    with closing(Stream("film-1")) as stream:
        for _ in range(2):
            stream.write_master()
            assert headers("film-1", "master.m3u8")["CacheControl"] == "public, max-age=3600"
            assert cloud.messages("INVALIDATE") == [{"paths": ["/api/stream/film-1/master.m3u8"]}]
        stream.write("360p.m3u8", "#EXTM3U", final=False)
        assert headers("film-1", "360p.m3u8")["CacheControl"] == "no-cache"  # it grows, and is asked for each time
        assert cloud.messages("INVALIDATE") == []


def _pending(file_id: str) -> bool:
    return bool(files.get(file_id).stream_state == "pending")


def test_a_worker_that_dies_is_followed_by_one_that_finishes(arrive: Arrive, large: bytes, monkeypatch: Any) -> None:
    file_id = arrive(large)

    class KilledError(BaseException):
        pass

    app.handler(cloud.sqs_event({"file_id": file_id}), None)
    (extras,) = cloud.messages("EXTRAS")
    with monkeypatch.context() as patch:
        patch.setattr(Pipeline, "sprite", lambda self, film: (_ for _ in ()).throw(KilledError))
        with pytest.raises(KilledError):
            app.handler(cloud.sqs_event(extras), None)
    assert files.get(file_id).stream_ready
    monkeypatch.setattr(clock, "now", lambda now=clock.now: now() + jobs.LEASE + 1)
    before = headers(file_id, "360p_00000.m4s")["LastModified"]
    app.handler(cloud.sqs_event(extras), None)
    row = files.get(file_id)

    assert row.stream_state == "ready"
    assert headers(file_id, "360p_00000.m4s")["LastModified"] == before
    assert "240p.m3u8" in text(file_id, "master.m3u8")


def test_a_shortage_is_tried_again_and_at_last_put_down(
    arrive: Arrive, film: Callable[..., bytes], monkeypatch: Any
) -> None:
    def fail(self: Pipeline) -> None:
        raise Overrun

    monkeypatch.setattr(Pipeline, "run", fail)
    file_id = arrive(film())
    event = cloud.sqs_event({"file_id": file_id})
    assert app.handler(event, None)["batchItemFailures"]
    assert _pending(file_id)

    monkeypatch.setattr(clock, "now", lambda now=clock.now: now() + 1)
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "3"
    assert app.handler(event, None) == {"batchItemFailures": []}
    assert files.get(file_id).stream_error == "The media took more time or memory than allowed"


def test_a_film_whose_last_owner_leaves_meanwhile_leaves_nothing(
    arrive: Arrive, film: Callable[..., bytes], monkeypatch: Any
) -> None:
    file_id = arrive(film())
    poster = Pipeline.poster

    def leave(self: Pipeline, film: Any) -> None:
        library.let_go("id-of-ada", file_id, "videos")
        poster(self, film)

    monkeypatch.setattr(Pipeline, "poster", leave)
    assert app.handler(cloud.sqs_event({"file_id": file_id}), None) == {"batchItemFailures": []}
    assert names(file_id) == []


def test_an_extra_that_fails_costs_only_itself(arrive: Arrive, film: Callable[..., bytes], monkeypatch: Any) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise Overrun

    monkeypatch.setattr("shared.media.sprite.sprites", fail)
    row = work(arrive(film()))

    assert row.stream_state == "ready"
    assert row.sprite is None


# ---- in stages


def first_stage(file_id: str, count: int = 1) -> dict[str, Any]:
    event = cloud.sqs_event({"file_id": file_id})
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(count)
    answer: dict[str, Any] = app.handler(event, None)
    return answer


def test_a_film_is_ready_when_it_can_be_played_and_what_goes_with_it_comes_later(arrive: Arrive, large: bytes) -> None:
    file_id = arrive(large)
    first_stage(file_id)
    row = files.get(file_id)
    assert (row.stream_state, row.stream_ready, row.sprite) == ("ready", True, None)
    assert row.poster
    assert "360p.m3u8" in text(file_id, "master.m3u8")
    assert "240p.m3u8" not in text(file_id, "master.m3u8")

    (extras,) = cloud.messages("EXTRAS")
    assert app.handler(cloud.sqs_event(extras), None) == {"batchItemFailures": []}
    assert "240p.m3u8" in text(file_id, "master.m3u8")
    assert files.get(file_id).sprite


def test_a_long_encoding_goes_on_behind_the_others_once_it_can_be_played(
    arrive: Arrive, large: bytes, monkeypatch: Any
) -> None:
    monkeypatch.setattr(pipeline, "BUDGET", 0.0)
    file_id = arrive(large)
    first_stage(file_id)
    row = files.get(file_id)
    assert (row.stream_state, row.stream_ready) == ("pending", True)
    begun = read_media_playlist(text(file_id, "360p.m3u8"))
    assert not begun[2]
    assert 1 <= len(begun[0]) < 3

    (extras,) = cloud.messages("EXTRAS")
    assert app.handler(cloud.sqs_event(extras), None) == {"batchItemFailures": []}
    whole = read_media_playlist(text(file_id, "360p.m3u8"))
    assert whole[2]
    assert whole[0][: len(begun[0])] == begun[0]
    assert sum(one.seconds for one in whole[0]) == pytest.approx(16, abs=0.1)
    assert files.get(file_id).stream_state == "ready"


@pytest.mark.parametrize("budget", [0.0, 60.0])
def test_a_playable_film_never_fails_because_of_what_goes_with_it(
    arrive: Arrive, large: bytes, monkeypatch: Any, budget: float
) -> None:
    monkeypatch.setattr(pipeline, "BUDGET", budget)
    file_id = arrive(large)
    first_stage(file_id)
    (extras,) = cloud.messages("EXTRAS")
    monkeypatch.setattr(Pipeline, "run_extras", lambda self: (_ for _ in ()).throw(RuntimeError))
    event = cloud.sqs_event(extras)
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "3"
    assert app.handler(event, None)["batchItemFailures"]
    row = files.get(file_id)
    assert row.stream_state == "ready"
    assert row.stream_error == (None if budget else "The file could not be made into a stream")
    assert read_media_playlist(text(file_id, "360p.m3u8"))[2], "players are told that no more is to come"


def test_whatever_goes_wrong_at_the_last_delivery_is_put_down_on_the_file(
    arrive: Arrive, film: Callable[..., bytes], monkeypatch: Any
) -> None:
    monkeypatch.setattr(Pipeline, "run", lambda self: (_ for _ in ()).throw(RuntimeError("nobody foresaw this")))
    file_id = arrive(film())
    assert first_stage(file_id)["batchItemFailures"]
    assert _pending(file_id)
    assert first_stage(file_id, count=3)["batchItemFailures"]  # among the dead letters, where operators look
    row = files.get(file_id)
    assert (row.stream_state, row.stream_error) == ("failed", "The file could not be made into a stream")


def test_a_third_film_of_one_account_waits_for_its_turn_and_is_made_in_the_end(
    arrive: Arrive, film: Callable[..., bytes]
) -> None:
    file_id = arrive(film())
    turn = streams.first_turn(files.get(file_id))
    for other in ("transcode-other-1", "transcode-other-2"):
        assert jobs.claim(other)
        assert jobs.turns.take(turn, other)
    first_stage(file_id)
    assert _pending(file_id)
    job = jobs.find(files.stream_jobs(file_id)[0])
    assert job
    assert (job.state, job.stage) == ("queued", "waiting")
    assert cloud.messages("TRANSCODE") == []

    jobs.turns.leave(turn, "transcode-other-2")
    assert cloud.messages("TRANSCODE") == [{"file_id": file_id}]
    first_stage(file_id)
    assert files.get(file_id).stream_state == "ready"


# ---- what is no film


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "The file is empty"),
        (b"hello", "The file is not a film or a sound"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "The file is not a film or a sound"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(3000), "The file could not be read as media"),
    ],
)
def test_what_is_no_film_has_a_reason_and_is_not_tried_again(arrive: Arrive, body: bytes, reason: str) -> None:
    row = work(arrive(body))

    assert (row.stream_state, row.stream_error) == ("failed", reason)
    assert row.hash_state == "verified"


@pytest.mark.parametrize("part", [0.1, 0.7])
def test_a_film_cut_short_has_a_reason(arrive: Arrive, film: Callable[..., bytes], part: float) -> None:
    for body in (film(), film("front.mp4", *CARD, *TONE, *H264, "-movflags", "+faststart")):
        row = work(arrive(body[: int(len(body) * part)]))

        assert (row.stream_state, row.stream_error) == ("failed", "The file is cut short")


def test_documents_are_left_as_they_are(arrive: Arrive) -> None:
    row = work(arrive(b"%PDF-1.7", "documents"))

    assert (row.stream_state, row.hash_state) == ("none", "verified")
    assert row.stream_error is None


def test_pictures_get_a_thumbnail(arrive: Arrive) -> None:
    out = io.BytesIO()
    Image.new("RGB", (2000, 1000), "teal").save(out, "PNG")
    row = work(arrive(out.getvalue(), "images"))

    assert (row.stream_state, row.width, row.height) == ("none", 2000, 1000)
    assert Image.open(io.BytesIO(storage.read(str(row.poster)) or b"")).size == (1280, 640)


def test_a_picture_that_is_none_has_a_reason(arrive: Arrive) -> None:
    row = work(arrive(b"\x89PNG\r\n\x1a\n" + bytes(50), "images"))

    assert (row.stream_state, row.stream_error) == ("failed", "The picture could not be read")


def test_a_thumbnail_somebody_chose_stays(arrive: Arrive, film: Callable[..., bytes]) -> None:
    chosen = keys.thumbnail("videos", "film")
    file_id = arrive(film(), described={"thumbnail_r2_path": chosen})
    row = work(file_id)

    assert row.thumbhash
    assert row.thumbnail_r2_path == chosen
    assert storage.head(keys.poster(file_id)) is not None


def test_a_song_is_a_stream_without_pictures(arrive: Arrive, film: Callable[..., bytes]) -> None:
    row = work(arrive(film("song.mp3", *TONE), "musics"))

    assert row.stream_state == "ready"
    assert row.width is None


def test_subtitles_become_tracks(arrive: Arrive, film: Callable[..., bytes], tmp_path: Path) -> None:
    srt = tmp_path / "a.srt"
    srt.write_text("1\n00:00:01,000 --> 00:00:02,000\nÀ bientôt\n", encoding="utf-8")
    tagged = ["-map", "0", "-map", "1", "-map", "2", "-metadata:s:s:0", "language=fre"]
    file_id = arrive(film("titled.mkv", *CARD, *TONE, "-i", str(srt), *tagged, *H264))
    work(file_id)

    assert 'URI="subs_0_fr.m3u8"' in text(file_id, "master.m3u8")
    assert "À bientôt" in text(file_id, "subs_0_fr.vtt")


def test_a_film_that_does_not_fit_on_the_disk_is_still_verified(
    arrive: Arrive, film: Callable[..., bytes], monkeypatch: Any
) -> None:
    monkeypatch.setattr(pipeline, "SPARE_DISK", 1 << 60)
    row = work(arrive(film()))

    assert row.stream_error == "The file is too large to be made into a stream"
    assert row.hash_state == "verified"


def test_a_missing_object_is_tried_again(arrive: Arrive) -> None:
    file_id = arrive(b"abc")
    aws.client("s3").delete_object(Bucket=cloud.BUCKET, Key=keys.original("videos", file_id))

    assert app.handler(cloud.sqs_event({"file_id": file_id}), None)["batchItemFailures"]
    assert _pending(file_id)


def test_signs_of_life_are_given(arrive: Arrive, film: Callable[..., bytes], monkeypatch: Any) -> None:
    """Each stage is told while the film is made, the share of it that is done growing."""
    told: list[tuple[float, str]] = []
    tell = jobs.Lease.tell

    def listening(self: jobs.Lease, percent: float, stage: str = "") -> None:
        told.append((percent, stage))
        tell(self, percent, stage)

    monkeypatch.setattr(jobs.Lease, "tell", listening)
    file_id = arrive(film())
    work(file_id)

    begins = [stage for _, stage in told].index("arrival", 2)
    assert list(dict.fromkeys(stage for _, stage in told[:begins] if stage)) == ["arrival", "180p", "poster"]
    assert list(dict.fromkeys(stage for _, stage in told[begins:])) == ["arrival", "180p", "subtitles", "sprite"]
    for part in (told[:begins], told[begins:]):
        assert [percent for percent, _ in part] == sorted(percent for percent, _ in part)
    for job in map(jobs.find, files.stream_jobs(file_id)):
        assert job
        assert (job.state, job.percent) == ("done", 100)


def test_a_film_nobody_wants_any_more_is_not_made_to_its_end(
    arrive: Arrive, film: Callable[..., bytes], monkeypatch: Any
) -> None:
    """Its last owner leaves and the sweep collects it, while the worker is in the middle of it."""
    monkeypatch.setattr("shared.jobs.lease.BEAT", 0.01)
    file_id = arrive(film())
    poster = Pipeline.poster

    def leave(self: Pipeline, film: Any) -> None:
        poster(self, film)
        library.let_go("id-of-ada", file_id, "videos")
        library.collect(file_id)
        time.sleep(0.2)  # a beat

    monkeypatch.setattr(Pipeline, "poster", leave)
    monkeypatch.setattr(Pipeline, "sprite", lambda self, film: pytest.fail("went on"))
    assert app.handler(cloud.sqs_event({"file_id": file_id}), None) == {"batchItemFailures": []}
    assert names(file_id) == []
    assert jobs.find(f"transcode-{file_id}") is None
    assert cloud.messages("TRANSCODE") == []
