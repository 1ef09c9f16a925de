import re
from pathlib import Path

import pytest
from PIL import Image

from shared.media.probe import probe
from shared.media.sprite import clock, cues, spacing, sprites
from tests.shared.media.conftest import Clip

CUE = re.compile(r"(\S+) --> (\S+)\n(sprite_\d+\.jpg)#xywh=(\d+),(\d+),(\d+),(\d+)")


def test_a_sheet_and_its_track(film: Path, tmp_path: Path) -> None:
    made = sprites(film, probe(film), tmp_path, seconds=60)

    assert made is not None
    assert [one.name for one in made.sheets] == ["sprite_1.jpg"]
    found = CUE.findall(made.track.read_text())
    assert len(found) == 7
    assert found[0] == ("00:00:00.000", "00:00:02.000", "sprite_1.jpg", "0", "0", "160", "90")
    with Image.open(made.sheets[0]) as sheet:
        assert sheet.size == (1600, 90)
        assert sheet.crop((960, 0, 1120, 90)).getextrema() != ((0, 0), (0, 0), (0, 0))


def test_the_keyframes_of_a_long_film_do(clip: Clip, tmp_path: Path) -> None:
    source = clip("minutes.mp4", seconds=70, sound=False)
    made = sprites(source, probe(source), tmp_path, seconds=60)

    assert made is not None
    assert len(CUE.findall(made.track.read_text())) == 35
    with Image.open(made.sheets[0]) as sheet:
        assert sheet.size == (1600, 360)


def test_sound_has_none(clip: Clip, tmp_path: Path) -> None:
    source = clip("song.mp3", "-c:a", "libmp3lame", picture=False)

    assert sprites(source, probe(source), tmp_path, seconds=60) is None


@pytest.mark.parametrize(("duration", "seconds"), [(10, 2), (600, 6), (7200, 10)])
def test_frames_lie_two_to_ten_seconds_apart(duration: float, seconds: float) -> None:
    assert spacing(duration) == seconds


def test_a_long_film_goes_over_several_sheets() -> None:
    found = CUE.findall(cues(250, 10, 2495, 90, 10))

    assert len(found) == 250
    assert found[99][2:5] == ("sprite_1.jpg", "1440", "810")
    assert found[100][2:5] == ("sprite_2.jpg", "0", "0")
    assert found[-1][:2] == ("00:41:30.000", "00:41:35.000")


def test_clock() -> None:
    assert clock(3661.0015) == "01:01:01.002"
