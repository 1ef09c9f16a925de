"""What is heard, when, and how loud."""

from pathlib import Path

import pytest

from shared.render import Clip, Config, Settings, Timeline, Track, plan
from shared.render.render import render
from shared.render.sound import render_sound
from tests.shared.render.conftest import SMALL, Sources, level, loudness, tracks

HIGH = "bandpass=f=2000:width_type=h:w=400"  # where the music is, and the voice is not


def heard(sources: Sources, folder: Path, seconds: float, *parts: Track) -> Path:
    timeline = Timeline([Track("video", [Clip("rabbit", 0, seconds)]), *parts], Config(SMALL))
    sound = render_sound(plan(timeline, sources), sources, folder / "sound.m4a")
    assert sound is not None
    return sound


def test_music_makes_way_for_a_voice_and_comes_back(sources: Sources, tmp_path: Path) -> None:
    music = Track("music", [Clip("music", 0, volume=0.5, duck_under_voice=True)])
    sound = heard(sources, tmp_path, 10, Track("audio", [Clip("voice", 3)]), music)
    alone, under, after = (level(sound, start, end, HIGH) for start, end in ((1, 2.5), (3.8, 5.5), (8, 9.5)))
    assert alone - under > 8
    assert after == pytest.approx(alone, abs=1)


def test_music_that_need_not_does_not(sources: Sources, tmp_path: Path) -> None:
    sound = heard(
        sources, tmp_path, 10, Track("audio", [Clip("voice", 3)]), Track("music", [Clip("music", 0, volume=0.3)])
    )
    assert level(sound, 1, 2.5, HIGH) - level(sound, 3.8, 5.5, HIGH) < 2


def test_a_film_is_as_loud_as_others(sources: Sources, tmp_path: Path) -> None:
    quiet = Track("audio", [Clip("voice", 1, volume=0.05), Clip("voice", 5, volume=0.05)])
    loud = Track("audio", [Clip("voice", 1, volume=4), Clip("voice", 2, volume=4)])
    for track in (quiet, loud):
        how_loud, peak = loudness(heard(sources, tmp_path, 9, track))
        assert how_loud == pytest.approx(-14, abs=1)
        assert peak < -1


def test_sound_is_as_long_as_the_film_and_whole_over_its_chunks(sources: Sources, tmp_path: Path) -> None:
    timeline = Timeline(
        [Track("video", [Clip("rabbit", 0, 7), Clip("grass", 7, 7)]), Track("music", [Clip("music", 0)])],
        Config("160x90", 12),
    )
    assert len(plan(timeline, sources).chunks) == 2
    film = render(timeline, sources, tmp_path / "film.mp4", Settings(quality="low"))
    levels = [level(film, at, at + 0.25) for at in (0.5, 2, 4, 6, 6.9, 7, 9, 12, 13.5)]
    assert max(levels) - min(levels) < 1.5


def test_voices_begin_when_they_are_to_and_fade_as_asked(sources: Sources, tmp_path: Path) -> None:
    sound = heard(sources, tmp_path, 8, Track("audio", [Clip("voice", 4, fade_in=1.5), Clip("voice", 0, 1, 1)]))
    assert level(sound, 0.1, 0.9) > -30
    assert level(sound, 1.2, 3.9) < -60
    assert level(sound, 4.0, 4.3) < level(sound, 5.6, 6.5) - 6
    assert level(sound, 7.2, 8) < -60


def test_a_hundred_voices_are_mixed_in_groups(sources: Sources, tmp_path: Path) -> None:
    many = Track("audio", [Clip("voice", number * 0.1, 0.05) for number in range(100)])
    sound = heard(sources, tmp_path, 11, many)
    assert all(level(sound, at, at + 0.5) > -40 for at in (0, 4, 9.3))


def test_a_film_may_be_silent(sources: Sources, tmp_path: Path) -> None:
    timeline = Timeline([Track("video", [Clip("film", 0, 1, volume=0)])], Config("160x90", 12))
    assert tracks(render(timeline, sources, tmp_path / "film.mp4")) == ["h264"]


def test_silence_stays_silent(sources: Sources, tmp_path: Path) -> None:
    sound = heard(sources, tmp_path, 5, Track("audio", [Clip("voice", 0, 1, volume=0.00001)]))
    assert level(sound, 0, 5) < -60
