"""Another container or codec: copied where the codecs allow."""

import time
from pathlib import Path

import pytest

from shared.media.probe import probe
from shared.sources import errors
from shared.sources.convert import FORMATS, convert
from shared.sources.order import Progress
from tests.fakes.site import SECONDS, Site


def to(source: Path, wanted: str, folder: Path, seconds: float = 120) -> Path:
    return convert(source, wanted, folder, lambda _: None, deadline=time.monotonic() + seconds)


@pytest.mark.parametrize(
    ("source", "wanted", "video", "sound"),
    [
        ("film.mp4", "mp4", "h264", "aac"),
        ("film.mp4", "mkv", "h264", "aac"),
        ("film.mp4", "webm", "vp9", "opus"),
        ("film.mp4", "mp3", None, "mp3"),
        ("film.mp4", "aac", None, "aac"),
        ("film.mp4", "flac", None, "flac"),
        ("clip.webm", "webm", "vp8", "vorbis"),
        ("clip.webm", "mkv", "vp8", "vorbis"),
        ("clip.webm", "mp4", "h264", "aac"),
        ("song.m4a", "mp3", None, "mp3"),
    ],
)
def test_each_format_is_made(site: Site, folder: Path, source: str, wanted: str, video: str | None, sound: str) -> None:
    made = to(site.folder / source, wanted, folder)
    one = probe(made)
    assert made == folder / f"{Path(source).stem}.{wanted}"
    assert (one.video and one.video.codec, one.audio[0].codec) == (video, sound)
    assert abs(one.duration - SECONDS) < 0.6 or wanted == "aac"  # ADTS tells no length
    assert [path.name for path in folder.iterdir()] == [made.name]


def test_copied_streams_are_the_very_same(site: Site, folder: Path) -> None:
    import subprocess

    from shared.media.ffmpeg import program

    def picture(path: Path) -> bytes:
        command = [program(), "-v", "error", "-i", str(path), "-map", "0:v", "-c", "copy", "-f", "streamhash", "-"]
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout

    film = site.folder / "film.mp4"
    assert picture(to(film, "mp4", folder)) == picture(film)


def test_every_documented_format_is_known() -> None:
    assert FORMATS == ("mp4", "webm", "mkv", "mp3", "aac", "flac")


@pytest.mark.parametrize("wanted", ["exe", "", "MP4", "../mp4"])
def test_another_format_is_refused(site: Site, folder: Path, wanted: str) -> None:
    with pytest.raises(errors.FormatUnavailable):
        to(site.folder / "film.mp4", wanted, folder)


def test_sound_has_no_picture_to_make_a_film_of(site: Site, folder: Path) -> None:
    with pytest.raises(errors.FormatUnavailable):
        to(site.folder / "song.m4a", "mp4", folder)


def test_a_film_that_would_take_too_long_is_refused_before_anything_is_done(site: Site, folder: Path) -> None:
    with pytest.raises(errors.TooLarge) as caught:
        to(site.folder / "film.mp4", "webm", folder, seconds=0.1)
    assert caught.value.explanation == "Convertir ce film dans ce format prendrait trop de temps."
    assert list(folder.iterdir()) == []


def test_copying_that_meets_its_deadline_leaves_nothing(site: Site, folder: Path) -> None:
    with pytest.raises(errors.TooLarge):
        to(site.folder / "film.mp4", "mkv", folder, seconds=0)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"words " * 1000, b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2" + bytes(5000)])
def test_what_is_no_film_is_an_error(folder: Path, tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "broken.mp4"
    source.write_bytes(content)
    with pytest.raises(errors.SourceError) as caught:
        to(source, "mkv", folder)
    assert caught.value.more_tries == 0
    assert list(folder.iterdir()) == []


def test_whoever_is_told_may_stop_it(site: Site, folder: Path) -> None:
    class Cancelled(Exception):
        pass

    def stop(progress: Progress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        convert(site.folder / "film.mp4", "webm", folder, stop, deadline=time.monotonic() + 60)
    assert list(folder.iterdir()) == []
