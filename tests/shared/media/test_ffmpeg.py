import os
import subprocess
import time
from pathlib import Path

import pytest

from shared.media import ffmpeg
from shared.media.errors import MediaError, Overrun
from tests.shared.media.conftest import AAC, H264, Clip

ENDLESS = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-f", "null", "-"]


def test_a_run_answers_with_its_output() -> None:
    tone = ["-f", "lavfi", "-i", "sine=duration=1:sample_rate=8000", "-f", "s16le", "pipe:1"]

    assert len(ffmpeg.run(tone, seconds=20)) == 16000


def test_a_run_that_takes_too_long_is_stopped() -> None:
    started = time.monotonic()
    with pytest.raises(Overrun):
        ffmpeg.run(ENDLESS, seconds=0.5)

    assert time.monotonic() - started < 5


def test_leaving_early_kills() -> None:
    class EnoughError(Exception):
        pass

    def leave() -> None:
        with ffmpeg.running([*ENDLESS[:4], "-f", "rawvideo", "pipe:1"], seconds=60) as output:
            assert output.read(10)
            raise EnoughError

    with pytest.raises(EnoughError):
        leave()
    children = subprocess.run(["pgrep", "-P", str(os.getpid()), "ffmpeg"], capture_output=True, check=False)
    assert not children.stdout


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "600")
    huge = ["-f", "lavfi", "-i", "color=size=8000x8000:rate=25:duration=4", "-c:v", "libx264", "-f", "null", "-"]
    with pytest.raises(MediaError, match="more memory"):
        ffmpeg.run(huge, seconds=30)


def test_progress_is_told_in_seconds(clip: Clip) -> None:
    told: list[float] = []
    source = clip("progress.mp4", seconds=8)
    slow = [*ffmpeg.reading(source, "mov", "-readrate", "8"), "-c", "copy", "-f", "null", "-"]
    ffmpeg.run(slow, seconds=30, progress=told.append)

    assert told == sorted(told)
    assert told[-1] == pytest.approx(8, abs=0.2)


def test_refusals_show_no_paths(tmp_path: Path) -> None:
    secret = tmp_path / "secret film.mp4"
    secret.write_bytes(b"not a film")
    with pytest.raises(MediaError) as caught:
        ffmpeg.run([*ffmpeg.reading(secret, "mov"), "-f", "null", "-"], seconds=20)

    assert str(caught.value) == "The file could not be read as media"
    assert caught.value.log
    assert str(tmp_path) not in caught.value.log


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.mp4", "ffconcat version 1.0\nfile /etc/passwd\n"),
        ("play.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"),
        ("play.ts", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/\n#EXT-X-ENDLIST\n"),
    ],
)
def test_a_playlist_in_disguise_is_never_followed(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    for demuxer in ("mov", "matroska", "mpegts", "avi"):
        with pytest.raises(MediaError):
            ffmpeg.run([*ffmpeg.reading(path, demuxer), "-c", "copy", "-f", "data", "pipe:1"], seconds=20)


def test_another_binary_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FFMPEG", "/opt/bin/ffmpeg")
    ffmpeg.program.cache_clear()
    try:
        assert ffmpeg.program() == "/opt/bin/ffmpeg"
    finally:
        ffmpeg.program.cache_clear()


def test_a_binary_is_looked_up_before_it_runs_without_a_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("FFMPEG", script(tmp_path / "another").name)
    ffmpeg.program.cache_clear()
    try:
        assert ffmpeg.program() == str(tmp_path / "another")
    finally:
        ffmpeg.program.cache_clear()


def script(path: Path) -> Path:
    """Stands for ffmpeg, and tells its environment."""
    path.write_text("#!/bin/sh\nexec /bin/cat /proc/self/environ\n")
    path.chmod(0o755)
    return path


def test_it_knows_nothing_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a key")
    monkeypatch.setenv("JWT_SECRET", "a secret")
    monkeypatch.setattr(ffmpeg, "program", lambda: str(script(tmp_path / "ffmpeg")))
    told = ffmpeg.run([], seconds=20).decode().split("\0")

    assert {line.partition("=")[0] for line in told if line} <= {
        "MALLOC_ARENA_MAX",
        "PWD",
        "OLDPWD",
        "SHLVL",
        "_",
    }  # the shell's own


def test_a_report_is_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "ffmpeg"
    path.write_text("#!/bin/sh\nhead -c 20000000 /dev/zero | tr '\\0' x >&2\n")
    path.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "program", lambda: str(path))
    monkeypatch.setattr(ffmpeg, "LARGEST_REPORT", 10)
    told: list[str] = []
    ffmpeg.run([], seconds=20, report=told)

    assert [len(line) for line in told] == [ffmpeg.LONGEST_LINE] * 10


def test_names_that_look_like_options_or_addresses_are_files(clip: Clip, tmp_path: Path) -> None:
    path = tmp_path / "-i http:film.mp4"
    path.write_bytes(clip("named.mp4", *H264, *AAC).read_bytes())

    assert ffmpeg.run([*ffmpeg.reading(path, "mov"), "-c:v", "copy", "-an", "-f", "h264", "pipe:1"], seconds=20)
