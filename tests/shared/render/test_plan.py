"""Segments and chunks, in whole frames."""

import msgspec

from shared.render import Chunk, Clip, Config, Settings, Timeline, Track, plan
from shared.render.key import chunk_key
from shared.render.plan import Plan
from tests.shared.render.conftest import SMALL, Sources


def planned(sources: Sources, *tracks: Track, fps: float = 30, chunk: float = 10) -> Plan:
    return plan(Timeline([*tracks], Config(SMALL, fps)), sources, chunk=chunk)


def shape(chunk: Chunk) -> list[tuple[int, str]]:
    return [(one.frames, one.layers[0].transition if one.layers else "nothing") for one in chunk.segments]


def test_a_picture_lasts_five_seconds_and_a_film_as_long_as_it_is(sources: Sources) -> None:
    assert planned(sources, Track("video", [Clip("rabbit")])).frames == 150
    assert planned(sources, Track("video", [Clip("film", trim_start=1)])).frames == round(4.28 * 30)


def test_transitions_begin_where_clips_meet_and_lengthen_nothing(sources: Sources) -> None:
    two = [Clip("rabbit", 0, 2, transition_in="fade", transition_out="wipeleft"), Clip("grass", 2, 2)]
    work = planned(sources, Track("video", two))
    assert shape(work.chunks[0]) == [(30, "fade"), (30, ""), (30, "wipeleft"), (30, "")]
    assert work.frames == 120


def test_gaps_are_the_background(sources: Sources) -> None:
    work = planned(sources, Track("video", [Clip("rabbit", 1, 1), Clip("grass", 3, 1)]))
    assert shape(work.chunks[0]) == [(30, "nothing"), (30, ""), (30, "nothing"), (30, "")]


def test_a_transition_takes_at_most_half_of_the_shorter_clip(sources: Sources) -> None:
    work = planned(sources, Track("video", [Clip("rabbit", 0, 0.4, transition_out="fade"), Clip("grass", 0.4, 4)]))
    assert shape(work.chunks[0]) == [(12, ""), (6, "fade"), (114, "")]


def test_chunks_cover_every_frame_once_and_are_five_to_ten_seconds(sources: Sources) -> None:
    many = [Clip("rabbit", number * 3, 3, transition_in="fade") for number in range(20)]
    work = planned(sources, Track("video", [*many, Clip("grass", 60, 47)]), Track("logo", [Clip("badge", 3.3, 33)]))
    assert [one.start for one in work.chunks[1:]] == [one.start + one.frames for one in work.chunks[:-1]]
    assert sum(one.frames for one in work.chunks) == work.frames == 107 * 30
    assert all(sum(part.frames for part in one.segments) == one.frames for one in work.chunks)
    assert all(150 <= one.frames <= 300 for one in work.chunks)


def test_a_thousand_clips_are_planned_in_small_pieces(sources: Sources) -> None:
    many = [Clip("rabbit", number / 30, 1 / 30) for number in range(1000)]
    work = planned(sources, Track("video", many))
    assert work.frames == 1000
    assert max(len(msgspec.json.encode(one)) for one in work.chunks) < 8000
    assert msgspec.json.decode(msgspec.json.encode(work), type=Plan) == work


def test_frames_of_broadcast_rates_are_counted_exactly(sources: Sources) -> None:
    assert planned(sources, Track("video", [Clip("rabbit", 0, 3600)]), fps=29.97).frames == 107892


def test_a_logo_and_music_go_on_to_the_end(sources: Sources) -> None:
    work = planned(
        sources,
        Track("video", [Clip("rabbit", 0, 7)]),
        Track("logo", [Clip("badge")]),
        Track("music", [Clip("music", 2)]),
    )
    assert len(work.chunks[0].segments[0].layers) == 2
    assert [(one.start, one.duration, one.loops) for one in work.sounds] == [(2, 5, True)]


def test_a_key_changes_with_what_is_seen_and_not_with_what_is_elsewhere(sources: Sources) -> None:
    def keys(*clips: Clip, how: Settings | None = None, given: Sources = sources) -> list[str]:
        work = planned(given, Track("video", [*clips]))
        return [chunk_key(one, given, how or Settings()) for one in work.chunks]

    one, two, three = Clip("rabbit", 0, 6), Clip("grass", 6, 6), Clip("rabbit", 12, 6, motion="zoom_in")
    before = keys(one, two, three)
    after = keys(one, Clip("grass", 6, 6, fit="contain"), three)
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]
    assert keys(Clip("grass", 0, 6))[0] == before[1]  # wherever it stands
    assert set(keys(one, two, three, how=Settings(quality="high"))).isdisjoint(before)
    assert set(keys(one, two, three, how=Settings(threads=7))).isdisjoint(before)
    other = sources | {"grass": msgspec.structs.replace(sources["grass"], digest="another")}
    assert [a == b for a, b in zip(before, keys(one, two, three, given=other), strict=True)] == [True, False, True]


def test_words_are_of_the_chunks_they_stand_in(sources: Sources) -> None:
    clips = [Clip("rabbit", 0, 6), Clip("grass", 6, 6)]
    work = planned(sources, Track("video", clips), Track("text", [Clip(start_time=5, duration=2, text="a")]))
    assert [len(one.words) for one in work.chunks] == [1, 1]
    work = planned(sources, Track("video", clips), Track("captions", [Clip(start_time=7, duration=2, text="a")]))
    assert [len(one.words) for one in work.chunks] == [0, 1]
