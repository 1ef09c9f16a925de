"""What an adversary sends ends with a sentence or with a sane result, soon, and within the memory of a function."""

import os
import resource
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from scripts.adversary.hostile import Hostile, films, pictures
from shared.media import child, hls, picture
from shared.media.errors import MediaError, Overrun
from shared.media.probe import probe

FILMS, PICTURES = films(), pictures()
LARGE = 900_000  # bytes; what is as large as this is only looked at
SOON = 40.0  # seconds, on a machine that does other things too; most take a tenth of one


def of_name(one: Hostile) -> str:
    return f"{one.filename}: {one.name}"


@pytest.fixture
def peaks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The most memory each child has had, in bytes, as the kernel counted it."""
    seen: list[int] = []

    class Counted(subprocess.Popen[bytes]):
        def wait(self, *what: Any, **how: Any) -> int:
            if self.returncode is None and not what and not how:
                _, status, used = os.wait4(self.pid, 0)
                self.returncode = os.waitstatus_to_exitcode(status)
                seen.append(used.ru_maxrss * 1024)
            return super().wait(*what, **how)

    monkeypatch.setattr(subprocess, "Popen", Counted)
    return seen


@pytest.mark.parametrize("hostile", FILMS, ids=of_name)
def test_a_hostile_film_is_refused_or_looked_at_soon_and_within_bounds(
    hostile: Hostile, tmp_path: Path, peaks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "3008")
    path = tmp_path / hostile.filename
    hostile.write(path)
    started, said = time.monotonic(), ""
    try:
        film = probe(path)
    except (MediaError, Overrun) as error:
        said = error.message + error.log
    else:
        assert 0 <= film.duration <= 24 * 3600 + 60
        assert film.video is None or 0 < max(film.video.width, film.video.height) <= 16384
        assert film.bit_rate >= 0
        top, *_ = hls.ladder(film)
        if film.size < LARGE:
            with suppress(MediaError, Overrun):
                for piece in hls.produce(path, film, top, tmp_path, seconds=30):
                    piece.path.unlink()
    assert str(tmp_path) not in said
    assert time.monotonic() - started < SOON
    assert max(peaks, default=0) <= max(child.memory(), own())


@pytest.mark.parametrize("hostile", PICTURES, ids=of_name)
def test_a_hostile_picture_is_refused_or_made_small_within_bounds(
    hostile: Hostile, tmp_path: Path, peaks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
    path = tmp_path / hostile.filename
    hostile.write(path)
    started, said = time.monotonic(), ""
    try:
        found = picture.still(path)
    except (MediaError, Overrun) as error:
        said = error.message + error.log
    else:
        assert found.jpeg.startswith(b"\xff\xd8")
        assert len(found.jpeg) < 1 << 20
    assert str(tmp_path) not in said
    assert time.monotonic() - started < SOON
    assert max(peaks, default=0) <= max(child.memory(), own())


def own() -> int:
    """A child that is started inherits the peak of who started it (getrusage(2))."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_there_are_many_and_they_are_built_from_nothing(tmp_path: Path) -> None:
    assert len(FILMS) >= 40
    assert len(PICTURES) >= 25
    assert len({of_name(one) for one in [*FILMS, *PICTURES]}) == len(FILMS) + len(PICTURES)
