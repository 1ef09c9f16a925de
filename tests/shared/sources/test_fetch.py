"""Bringing films into a folder, from a real site through yt-dlp in its child, and what must not go wrong."""

import os
import threading
import time
from pathlib import Path

import pytest

from shared.media import child
from shared.media.probe import Probe, probe
from shared.sources import engine, errors
from shared.sources.errors import OutOfTime
from shared.sources.order import Progress
from tests.fakes.site import SECONDS, Site
from tests.shared.sources.conftest import Fetch


def only(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def near(one: Probe, seconds: float) -> bool:
    return abs(one.duration - seconds) < 0.6


def test_a_film_arrives_as_it_is(site: Site, fetch: Fetch, folder: Path) -> None:
    told: list[Progress] = []
    got = fetch("/film.mp4", tell=told.append)
    assert got.media == [folder / "film.mp4"] == [only(folder)]
    assert got.media[0].read_bytes() == (site.folder / "film.mp4").read_bytes()
    stages = [one.stage for one in told]
    assert stages == sorted(stages)
    assert [one.percent for one in told if one.stage == "downloading"][-1] == 100


def test_a_title_of_emoji_and_slashes_is_a_safe_name_beside_its_thumbnail(fetch: Fetch, folder: Path) -> None:
    got = fetch("/page")
    name = "Chats 🐈‍⬛_🐕 _ le « best-of » _ 50 % _ ★"
    assert {path.name for path in folder.iterdir()} == {f"{name}.mp4", f"{name}.jpg"}
    assert [path.name for path in got.thumbnails] == [f"{name}.jpg"]
    assert got.about.title == "Chats 🐈‍⬛/🐕 : le « best-of » \\ 50 % ? ★"


def test_no_thumbnail_when_nobody_asks(fetch: Fetch, folder: Path) -> None:
    assert fetch("/page", include_thumbnail=False).thumbnails == []
    assert only(folder).suffix == ".mp4"


@pytest.mark.parametrize(
    ("format_id", "width"),
    [
        ("best", 320),
        ("1080p", 320),
        ("bestvideo[height<=1080]+bestaudio/best[height<=1080]", 320),
        ("bestvideo[height<=90]+bestaudio/best[height<=90]", 160),
        ("bestvideo[height<=360]+bestaudio/best[height<=360]", 320),
        ("300", 160),
    ],
)
def test_hls_is_merged_by_copying_with_the_sound_it_needs(fetch: Fetch, format_id: str, width: int) -> None:
    got = fetch("/hls/master.m3u8", format_id)
    one = probe(got.media[0])
    assert got.media[0].name == "master.mp4"
    assert (one.video and one.video.width, [sound.codec for sound in one.audio]) == (width, ["aac"])
    assert near(one, SECONDS)
    assert one.moov_in_front


@pytest.mark.parametrize("path", ["/hls/sealed.m3u8", "/dash/film.mpd"])
def test_sealed_and_dash_streams_become_an_mp4(fetch: Fetch, path: str) -> None:
    one = probe(fetch(path).media[0])
    assert (one.kind.mime, one.video and one.video.codec, one.audio[0].codec) == ("video/mp4", "h264", "aac")
    assert near(one, SECONDS)


def test_a_live_stream_is_not_waited_for(fetch: Fetch) -> None:
    with pytest.raises(errors.FormatUnavailable) as caught:
        fetch("/hls/live.m3u8")
    assert caught.value.explanation == "Un direct ne se télécharge qu'une fois terminé."


def test_a_limit_that_nothing_meets_gets_the_smallest(fetch: Fetch) -> None:
    """A known selector works everywhere; one of a client's own means what it says."""
    with pytest.raises(errors.FormatUnavailable):
        fetch("/hls/tall.m3u8", "bestvideo[height<=700]+bestaudio")
    assert fetch("/hls/tall.m3u8", "720p").media[0].name == "tall.mp4"


def test_subtitles_are_files_of_their_own(fetch: Fetch) -> None:
    got = fetch("/hls/master.m3u8", include_subtitles=True)
    (words,) = got.subtitles
    assert words.name == "master.fr.vtt"
    assert "Bonjour 👋" in words.read_text()


def test_sound_is_an_mp3_with_tags_and_a_cover(fetch: Fetch) -> None:
    got = fetch("/song", extract_audio=True)
    (song,) = got.media
    one = probe(song)
    assert (song.name, one.kind.mime, one.audio[0].codec) == ("Chanson d'été.mp3", "audio/mpeg", "mp3")
    assert one.cover is not None
    assert near(one, SECONDS)
    head = song.read_bytes()[:4096]
    assert "Chanson d'été".encode("utf-16-le") in head
    assert len(got.thumbnails) == 1


def test_the_audio_preset_is_that_mp3_and_leaves_no_thumbnail_behind(fetch: Fetch, folder: Path) -> None:
    fetch("/song", "audio", include_thumbnail=False)
    assert probe(only(folder)).cover is not None


def test_sound_comes_out_of_a_film(fetch: Fetch) -> None:
    got = fetch("/hls/master.m3u8", extract_audio=True)
    one = probe(got.media[0])
    assert (one.video, one.audio[0].codec, near(one, SECONDS)) == (None, "mp3", True)


def test_a_cover_that_is_no_picture_is_left_out(fetch: Fetch) -> None:
    got = fetch("/bad-cover", "audio")
    assert probe(got.media[0]).cover is None
    assert got.thumbnails == []


def test_sound_alone_keeps_its_codec(fetch: Fetch) -> None:
    got = fetch("/song", "bestaudio/best")
    assert got.media[0].suffix == ".m4a"


def test_codecs_that_mp4_has_no_place_for_stay_webm(fetch: Fetch) -> None:
    one = probe(fetch("/clip.webm").media[0])
    assert (one.kind.mime, one.video and one.video.codec) == ("video/webm", "vp8")


def test_a_range_is_cut_by_copying(fetch: Fetch) -> None:
    one = probe(fetch("/film.mp4", start=4, end=6).media[0])
    assert near(one, 2)
    assert one.video is not None
    assert one.video.codec == "h264"


@pytest.mark.parametrize("chapter", ["Milieu", " milieu ", "2"])
def test_a_chapter_is_cut_by_its_title_or_number(fetch: Fetch, chapter: str) -> None:
    assert 2.5 < probe(fetch("/talk", chapter=chapter).media[0]).duration < 5.1  # back to the keyframe before


@pytest.mark.parametrize(
    "order", [{"chapter": "Nulle part"}, {"start": 100.0}, {"start": 5.0, "end": 5.0}], ids=lambda order: str(order)
)
def test_a_range_that_is_none_is_refused(fetch: Fetch, folder: Path, order: dict[str, object]) -> None:
    with pytest.raises(errors.FormatUnavailable):
        fetch("/talk", **order)
    assert list(folder.iterdir()) == []


def test_a_range_beyond_the_end_is_refused_where_the_source_told_none(fetch: Fetch, folder: Path) -> None:
    with pytest.raises(errors.FormatUnavailable):
        fetch("/film.mp4", start=500.0)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("format_id", ["no-such-format", "best[", "a+b/c(", "🐈"])
def test_a_format_that_is_not_there_is_refused(fetch: Fetch, format_id: str) -> None:
    with pytest.raises(errors.FormatUnavailable) as caught:
        fetch("/film.mp4", format_id)
    assert (caught.value.status, caught.value.code) == (400, "FORMAT_UNAVAILABLE")


def test_a_playlist_is_not_one_download(fetch: Fetch) -> None:
    with pytest.raises(errors.InvalidUrl):
        fetch("/feed.xml")


# ---- what is too much, and what must not be reached


def too_large(fetch: Fetch, path: str, largest: int, folder: Path) -> None:
    with pytest.raises(errors.TooLarge) as caught:
        fetch(path, largest=largest)
    assert (caught.value.status, caught.value.code) == (413, "TOO_LARGE")
    assert list(folder.iterdir()) == []


def test_five_gigabytes_that_are_announced_are_refused_before_the_start(fetch: Fetch, folder: Path, site: Site) -> None:
    told: list[Progress] = []
    with pytest.raises(errors.TooLarge):
        fetch("/huge.mp4", tell=told.append)
    assert [one for one in told if one.percent is not None] == []
    assert list(folder.iterdir()) == []


def test_an_endless_stream_ends_at_the_limit(fetch: Fetch, folder: Path) -> None:
    too_large(fetch, "/endless.mp4", 8 << 20, folder)


def test_renditions_that_are_too_large_together_are_refused(fetch: Fetch, folder: Path) -> None:
    too_large(fetch, "/hls/master.m3u8", 200_000, folder)


@pytest.mark.parametrize("path", ["/away", "/hls/away.m3u8", "/to-file"])
def test_a_private_address_is_refused_also_half_way(fetch: Fetch, folder: Path, path: str) -> None:
    with pytest.raises(errors.UrlNotAllowed):
        fetch(path)
    assert list(folder.iterdir()) == []


def test_words_that_are_called_a_film_are_no_film(fetch: Fetch, folder: Path, site: Site) -> None:
    (site.folder / "words.mp4").write_text("nothing but words\n" * 1000)
    with pytest.raises(errors.InvalidUrl):
        fetch("/words.mp4")
    assert list(folder.iterdir()) == []


def test_a_film_that_is_damaged_is_an_error_where_it_must_be_read(fetch: Fetch, folder: Path, site: Site) -> None:
    whole = (site.folder / "film.mp4").read_bytes()
    (site.folder / "damaged.mp4").write_bytes(whole[:600] + os.urandom(200_000))
    with pytest.raises(errors.SourceError) as caught:
        fetch("/damaged.mp4", extract_audio=True)
    assert (caught.value.code, caught.value.more_tries) == ("UNKNOWN_ERROR", 0)
    assert list(folder.iterdir()) == []


# ---- stopping and going on


class Cancelled(Exception):
    pass


def test_a_source_that_is_silent_can_be_stopped_too(fetch: Fetch, folder: Path, site: Site) -> None:
    def stop(progress: Progress) -> None:
        if any("/silent" in one for one in site.asked):
            raise Cancelled

    with pytest.raises(Cancelled):  # Silent, if it were not told before
        fetch("/silent", tell=stop)
    assert list(folder.iterdir()) == []


def test_whoever_is_told_may_stop_it_at_once(fetch: Fetch, folder: Path, site: Site) -> None:
    def stop(progress: Progress) -> None:
        raise Cancelled

    began = time.monotonic()
    with pytest.raises(Cancelled):
        fetch("/slow.mp4?rate=20000", tell=stop)
    assert time.monotonic() - began < 20  # the whole takes 36 s
    assert list(folder.iterdir()) == []


def test_out_of_time_leaves_what_has_arrived_and_another_call_goes_on(fetch: Fetch, folder: Path, site: Site) -> None:
    arrived = threading.Event()

    def tell(progress: Progress) -> None:
        if (progress.percent or 0) > 5:
            arrived.set()

    seconds = 6.0
    while not arrived.is_set():
        with pytest.raises(OutOfTime):
            fetch("/slow.mp4?rate=60000", tell=tell, seconds=seconds)
        seconds *= 1.5
    (part,) = folder.glob("*.part")
    had = part.stat().st_size
    site.asked.clear()
    got = fetch("/slow.mp4?rate=10000000")
    assert f"bytes={had}-" in site.asked[-1]
    assert got.media[0].read_bytes() == (site.folder / "film.mp4").read_bytes()
    assert only(folder) == got.media[0]


def test_out_of_time_while_making_the_file_keeps_the_parts(
    fetch: Fetch, folder: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.sources import finish

    def late(*_: object) -> Path:
        raise OutOfTime

    with monkeypatch.context() as patch:
        patch.setattr(finish, "made", late)
        with pytest.raises(OutOfTime):
            fetch("/hls/master.m3u8")
    assert {path.suffix for path in folder.iterdir()} == {".bin"}
    site.asked.clear()
    assert near(probe(fetch("/hls/master.m3u8").media[0]), SECONDS)
    assert not [one for one in site.asked if ".ts" in one]


def test_a_source_that_falls_silent_half_way_is_given_up(
    fetch: Fetch, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SILENCE", 2.0)
    with pytest.raises(errors.Silent) as caught:
        fetch("/stall.mp4")
    assert caught.value.more_tries
    assert list(folder.iterdir()) == []


def test_no_time_at_all_asks_nobody(fetch: Fetch, site: Site) -> None:
    with pytest.raises(OutOfTime):
        fetch("/film.mp4", seconds=-1)
    assert site.asked == []


def test_the_child_knows_nothing_of_ours(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []
    real = child.started

    def started(command: list[str], **more: object) -> object:
        environment = more["environment"]
        assert isinstance(environment, dict)
        seen.append(environment)
        return real(command, **more)  # type: ignore[arg-type]

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("JWT_SECRET", "hush")
    monkeypatch.setattr(child, "started", started)
    fetch("/film.mp4")
    known = {"PYTHONPATH", "YTDLP_NO_PLUGINS", "MALLOC_ARENA_MAX", "PYTHONUTF8", "TMPDIR", "LD_LIBRARY_PATH"}
    assert set(seen[0]) <= known


def test_a_child_that_is_killed_is_worth_another_try(fetch: Fetch, folder: Path) -> None:
    def kill(progress: Progress) -> None:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with_ = entry / "cmdline"
                try:
                    mine = b"shared.sources.inside" in with_.read_bytes() and str(os.getpid()) in parent(entry)
                except OSError:
                    continue
                if mine:
                    os.kill(int(entry.name), 9)

    def parent(entry: Path) -> str:
        return (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]

    with pytest.raises(errors.Short) as caught:
        fetch("/slow.mp4?rate=20000", tell=kill)
    assert caught.value.more_tries
    assert list(folder.iterdir()) == []


def test_a_proxy_is_asked_and_may_be_private(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch, fetch: Fetch
) -> None:
    """The proxy resolves the names: ours does not know `films.invalid`."""
    monkeypatch.setenv("OUTBOUND_ALLOW", "")
    monkeypatch.setenv("DOWNLOAD_PROXY", site.url)  # answers `GET http://films.invalid/film.mp4` as it answers a path
    from shared.sources.order import Order

    order = Order("http://films.invalid/film.mp4", "best")
    got = engine.fetch(order, folder, lambda _: None, largest=1 << 30, deadline=time.monotonic() + 60)
    assert got.media[0].name == "film.mp4"
    assert site.asked[0].startswith("GET http://films.invalid/film.mp4")
    for url in ("http://169.254.169.254/film.mp4", "http://10.0.0.1/film.mp4", "http://films.invalid/away"):
        with pytest.raises(errors.UrlNotAllowed):
            engine.look(url)
