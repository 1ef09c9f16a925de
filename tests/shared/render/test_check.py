"""What is refused, and by which field."""

import math
import time

import pytest
from msgspec.structs import replace

from shared.render import Clip, Config, Timeline, Track, check
from shared.render.timeline import rate
from tests.shared.render.conftest import Sources


def faults(sources: Sources, *tracks: Track, config: Config | None = None) -> list[tuple[str, str]]:
    return [(one.field, one.constraint) for one in check(Timeline([*tracks], config or Config()), sources)]


def video(*clips: Clip) -> Track:
    return Track("video", [*clips])


def test_the_timeline_of_the_document_is_right(sources: Sources) -> None:
    picture = Clip("rabbit", 0, 5, transition_in="fade", transition_out="dissolve")
    music = Clip("music", 0, volume=0.3, duck_under_voice=True)
    assert not faults(sources, video(picture), Track("audio", [Clip("voice", 0)]), Track("music", [music]))


def test_pictures_that_touch_do_not_overlap_and_those_that_do_are_refused(sources: Sources) -> None:
    third = 1 / 3
    assert not faults(
        sources, video(Clip("rabbit", 0, 0.1 + 0.2), Clip("grass", 0.3, third), Clip("grass", 0.3 + third))
    )
    assert faults(sources, video(Clip("grass", 4), Clip("rabbit", 0))) == [("tracks[0].clips[0].start_time", "overlap")]


def test_sounds_may_overlap(sources: Sources) -> None:
    assert not faults(sources, Track("audio", [Clip("voice", 0), Clip("voice", 1)]))


def test_a_clip_beyond_its_source_is_refused_and_music_goes_round(sources: Sources) -> None:
    assert faults(sources, video(Clip("film", 0, 6))) == [("tracks[0].clips[0].duration", "beyond_source")]
    assert faults(sources, video(Clip("film", 0, trim_start=9))) == [("tracks[0].clips[0].trim_start", "beyond_source")]
    assert faults(sources, Track("audio", [Clip("voice", 0, 4)])) == [("tracks[0].clips[0].duration", "beyond_source")]
    assert not faults(sources, video(Clip("rabbit", 0, 60)), Track("music", [Clip("music", 0, 30)]))
    assert faults(sources, Track("music", [Clip("music", 0, 30, loop=False)]))


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, 1e12])
@pytest.mark.parametrize("name", ["start_time", "duration", "trim_start", "transition_duration", "volume", "fade_in"])
def test_a_time_is_a_time(sources: Sources, name: str, value: float) -> None:
    clip = Clip("rabbit")
    setattr(clip, name, value)
    assert (f"tracks[0].clips[0].{name}", "range") in faults(sources, video(clip))


@pytest.mark.parametrize(
    ("clip", "field", "constraint"),
    [
        (Clip("nobody"), "asset_id", "unknown"),
        (Clip(""), "asset_id", "required"),
        (Clip("voice"), "asset_id", "kind"),
        (Clip("rabbit", transition_in="explode"), "transition_in", "enum"),
        (Clip("rabbit", motion="spin"), "motion", "enum"),
        (Clip("rabbit", fit="stretch"), "fit", "enum"),
        (Clip("rabbit", opacity=2), "opacity", "range"),
        (Clip("rabbit", position="behind"), "position", "enum"),
    ],
)
def test_each_fault_names_its_field(sources: Sources, clip: Clip, field: str, constraint: str) -> None:
    assert faults(sources, video(Clip("grass", 100)), video(clip)) == [(f"tracks[1].clips[0].{field}", constraint)]


@pytest.mark.parametrize(
    "config",
    [
        *(Config(size) for size in ("", "1920", "1920x", "0x0", "321x180", "8x8", "7680x4320", "3840x3840", "-2x20")),
        *(Config(fps=fps) for fps in (0, -1, 61, math.nan)),
        *(Config(background_color=colour) for colour in ("red", "#fff", "#00000g", "0x000000;")),
    ],
)
def test_a_canvas_is_of_a_size_that_films_have(sources: Sources, config: Config) -> None:
    assert [field.partition(".")[0] for field, _ in faults(sources, video(Clip("rabbit")), config=config)] == ["config"]


def test_texts_are_wanted_and_bounded(sources: Sources) -> None:
    found = faults(sources, Track("text", [Clip(text=" "), Clip(text="x" * 501)]), Track("captions", [Clip(style="x")]))
    assert [constraint for _, constraint in found] == ["required", "max_length", "required", "enum"]


def test_nothing_is_no_film_and_a_day_is_none(sources: Sources) -> None:
    assert faults(sources) == [("tracks", "empty")]
    assert faults(sources, Track("video", [Clip("rabbit", 3599, 2)])) == [("tracks", "max_duration")]
    assert faults(sources, video(Clip("rabbit")), Track("music", [Clip("music", 7)])) == [
        ("tracks[1].clips[0].start_time", "beyond_end")
    ]
    assert faults(sources, Track("hologram", [])) == [("tracks[0].type", "enum")]


def test_ten_thousand_clips_are_refused_at_once(sources: Sources) -> None:
    many = [Clip("rabbit", number) for number in range(10_000)]
    began = time.perf_counter()
    assert faults(sources, video(*many)) == [("tracks", "max_clips")]
    assert time.perf_counter() - began < 5
    assert len(faults(sources, video(*many[:1000]))) == 50  # each overlaps the next; enough is told


def test_broadcast_rates_are_what_they_mean() -> None:
    assert str(rate(29.97)) == "30000/1001"
    assert str(rate(23.976)) == "24000/1001"
    assert str(rate(59.94)) == "60000/1001"
    assert [rate(fps) for fps in (24, 25, 30, 50, 60, 12.5)] == [24, 25, 30, 50, 60, 12.5]


def test_a_film_without_sound_is_none(sources: Sources) -> None:
    mute = replace(sources["film"], sound=False)
    assert faults({"film": mute}, Track("audio", [Clip("film")])) == [("tracks[0].clips[0].asset_id", "kind")]
