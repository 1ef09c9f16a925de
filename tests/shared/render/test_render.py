"""Whole films, small ones: what is seen, when, and that pieces make the same film as one piece."""

import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from shared.media.errors import MediaError, Overrun
from shared.render import Cancelled, Clip, Config, Settings, Timeline, Track, check, graph, plan, running, titles
from shared.render.key import chunk_key
from shared.render.mezzanine import prepare
from shared.render.plan import Plan
from shared.render.render import render, render_chunk
from tests.shared.render.conftest import SMALL, Sources, brightness, drawn, keyframes, moments, pixels, tracks

QUICK = Settings(quality="low", threads=2)


def video(*clips: Clip) -> Track:
    return Track("video", [*clips])


def made(
    sources: Sources, folder: Path, *parts: Track, settings: Settings = QUICK, config: Config | None = None
) -> Path:
    timeline = Timeline([*parts], config or Config(SMALL, 30))
    assert not check(timeline, sources)
    return render(timeline, sources, folder / f"film.{settings.format}", settings)


# Fades, a dissolve, a wipe, motion, a film, a film within it, a logo, a title with accents and a caption.
EVERYTHING = Timeline(
    [
        video(
            Clip("rabbit", 0, 3, transition_in="fade", transition_out="dissolve", motion="zoom_in"),
            Clip("grass", 3, 6, fit="contain", transition_out="wipeleft"),
            Clip("film", 9, 4, trim_start=0.5, transition_out="zoom"),
            Clip("rabbit", 13, 3, motion="pan_left", transition_out="fade"),
        ),
        video(Clip("film", 2.5, 4, scale=0.3, position="bottom_left", transition_in="fade"), Clip("badge", 12.4, 1.5)),
        Track("logo", [Clip("badge", 1, 12, opacity=0.7, transition_in="fade")]),
        Track("text", [Clip(start_time=1, duration=11, text="L'été à Noël", transition_in="fade", position="top")]),
        Track("captions", [Clip(start_time=4, duration=9, text="Où ça ? {pas une commande} \\N 日本語", style="bold")]),
    ],
    Config(SMALL, 30, "#203040"),
)


def frames_of(work: Plan, ready: Sources, folder: Path) -> list[str]:
    words = folder / "words.ass"
    found = []
    for chunk in work.chunks:
        words.write_text(titles.ass(chunk.words, chunk.canvas))
        found += drawn([*graph.arguments(chunk, ready, words if chunk.words else None), "-frames:v", str(chunk.frames)])
    return found


def test_chunks_are_composed_as_the_whole_is(sources: Sources, tmp_path: Path) -> None:
    assert not check(EVERYTHING, sources)
    whole, pieces = (plan(EVERYTHING, sources, chunk=seconds) for seconds in (60, 2))
    assert len(whole.chunks) == 1
    assert len(pieces.chunks) > 6
    ready = prepare(whole, sources, tmp_path, QUICK)
    one = frames_of(whole, ready, tmp_path)
    assert len(one) == whole.frames == 480
    assert frames_of(pieces, ready, tmp_path) == one
    assert len(set(one)) > 300  # it does move


def test_a_joined_film_has_every_frame_on_time_and_a_keyframe_at_every_border(sources: Sources, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    film = render(EVERYTHING, sources, tmp_path / "film.mp4", QUICK, lambda *news: told.append(news), workers=2)
    work = plan(EVERYTHING, sources)
    assert moments(film) == pytest.approx([number / 30 for number in range(480)], abs=1e-6)
    borders = {round(chunk.start / 30, 4) for chunk in work.chunks}
    assert len(borders) > 1
    assert borders <= {round(at, 4) for at in keyframes(film)}
    assert tracks(film) == ["h264", "aac"]  # the film's own sound
    assert ("encoding", 480, 480) in told
    assert [done for stage, done, _ in told if stage == "preparation"][-1] == 120 + 120 + 30
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_the_same_chunk_is_the_same_bytes(sources: Sources, tmp_path: Path) -> None:
    work = plan(Timeline([video(Clip("rabbit", 0, 1, motion="zoom_out"))], Config(SMALL)), sources)
    twice = [render_chunk(work.chunks[0], sources, tmp_path / name, QUICK) for name in ("a.mp4", "b.mp4")]
    assert twice[0].read_bytes() == twice[1].read_bytes()
    assert chunk_key(work.chunks[0], sources, QUICK) == chunk_key(work.chunks[0], sources, QUICK)


@pytest.mark.parametrize("fps", [25, 29.97, 60])
def test_every_rate_has_its_frames_where_they_belong(sources: Sources, tmp_path: Path, fps: float) -> None:
    film = made(sources, tmp_path, video(Clip("rabbit", 0, 1), Clip("film", 1, 1)), config=Config("160x90", fps))
    exact = 30000 / 1001 if fps == 29.97 else fps
    assert moments(film) == pytest.approx([number / exact for number in range(round(2 * exact))], abs=1e-5)


def test_fades_come_from_the_background_and_go_there(sources: Sources, tmp_path: Path) -> None:
    white = Config(SMALL, 30, "#ffffff")
    clip = Clip("rabbit", 1, 3, transition_in="fade", transition_out="fade")
    film = made(sources, tmp_path, video(clip, Clip("rabbit", 5, 1)), config=white)
    gap, before, middle, after = (brightness(film, at) for at in (0.5, 1.1, 2.5, 3.9))
    assert gap > 230
    assert middle < before < gap
    assert middle < after < gap


def test_a_wipe_shows_both_and_a_contained_picture_its_margins(sources: Sources, tmp_path: Path) -> None:
    clips = [Clip("badge", 0, 2, transition_out="wipeleft"), Clip("grass", 2, 2, fit="contain")]
    film = made(sources, tmp_path, video(*clips), config=Config(SMALL, 30, "#ffffff"))
    left, right = "40:180:0:0", "40:180:280:0"
    half_red = brightness(film, 1, left)
    assert half_red == pytest.approx(brightness(film, 2.4, left), abs=6)  # not wiped yet
    assert brightness(film, 2.9, right) > 230  # the margin beside the second
    assert brightness(film, 3.5, left) > 230


def test_titles_are_drawn_where_they_stand_and_captions_only_when_burnt(sources: Sources, tmp_path: Path) -> None:
    words = [
        Track("text", [Clip(start_time=1, duration=1, text="Été", position="top")]),
        Track("captions", [Clip(start_time=1, duration=1, text="Ça alors")]),
    ]
    picture = video(Clip("rabbit", 0, 3))
    upper, lower = "iw:60:0:0", "iw:60:0:120"
    for name, shown in (("burnt", True), ("soft", False), ("none", False)):
        film = made(sources, tmp_path, picture, *words, settings=replace(QUICK, subtitles=name))
        assert _differ(film, upper), name
        assert _differ(film, lower) == shown, name
        assert ("mov_text" in tracks(film)) == (name == "soft")


def _differ(film: Path, crop: str) -> bool:
    """Whether much is white at 1.5 s that was not before. (An encoder's noise is less.)"""
    pairs = zip(pixels(film, 0.5, crop), pixels(film, 1.5, crop), strict=True)
    return sum(abs(a - b) > 50 for a, b in pairs) > 20


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [
        (Settings(codec="hevc", quality="low"), ["hevc", "aac"]),
        (Settings("webm", quality="low", subtitles="soft"), ["vp9", "opus", "webvtt"]),
        (Settings(bitrate="500k", subtitles="soft", language="fra"), ["h264", "aac", "mov_text"]),
    ],
)
def test_other_codecs(sources: Sources, tmp_path: Path, settings: Settings, kinds: list[str]) -> None:
    parts = [
        video(Clip("rabbit", 0, 6, transition_out="fade"), Clip("grass", 6, 2)),
        Track("audio", [Clip("voice", 1)]),
    ]
    parts.append(Track("captions", [Clip(start_time=1, duration=2, text="Ça <b>&</b>")]))
    film = made(sources, tmp_path, *parts, settings=settings, config=Config("160x90", 24))
    assert [{"libdav1d": "av1"}.get(name, name) for name in tracks(film)] == kinds
    assert moments(film) == pytest.approx([number / 24 for number in range(192)], abs=0.001)
    assert 6.0 in {round(at, 2) for at in keyframes(film)}


@pytest.mark.parametrize("fit", ["cover", "contain"])
@pytest.mark.parametrize("motion", ["none", "zoom_in"])
def test_what_is_small_or_clear_is_laid_over(sources: Sources, tmp_path: Path, fit: str, motion: str) -> None:
    above = Clip("grass", 1, 2, fit=fit, motion=motion, transition_in="fade", transition_out="slideleft", opacity=0.9)
    film = made(sources, tmp_path, video(Clip("rabbit", 0, 4)), video(above))
    assert len(moments(film)) == 120
    assert brightness(film, 0.5) == pytest.approx(brightness(film, 3.8), abs=2)


def test_a_broken_source_is_named(sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(sources["grass"].path.read_bytes()[:5000])
    (tmp_path / "bad.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(500))
    (tmp_path / "bad.wav").write_bytes(b"RIFF\0\0\0\0WAVE" + bytes(50))
    folder = tmp_path / "out"
    folder.mkdir()
    for asset, name, kind in (("torn", "bad.png", "video"), ("cut", "bad.mp4", "video"), ("mute", "bad.wav", "audio")):
        of = {"torn": "rabbit", "cut": "film", "mute": "voice"}[asset]
        given = sources | {asset: replace(sources[of], path=tmp_path / name)}
        with pytest.raises(MediaError, match=asset):
            made(
                given,
                folder,
                video(Clip("rabbit", 0, 3)),
                Track("video" if kind == "video" else kind, [Clip(asset, 0, 2)]),
            )
        assert not list(folder.iterdir())


def test_cancelling_ends_it_within_a_second_and_leaves_nothing(sources: Sources, tmp_path: Path) -> None:
    begun, ended = threading.Event(), [0.0]

    def told(stage: str, done: int, _: int) -> None:
        if stage == "encoding" and done:
            begun.set()

    def cancelled() -> bool:
        if begun.is_set() and not ended[0]:
            ended[0] = time.monotonic()
        return begun.is_set()

    large = Timeline([video(Clip("rabbit", 0, 120, motion="zoom_in"))], Config("1280x720", 60))
    with pytest.raises(Cancelled):
        render(large, sources, tmp_path / "film.mp4", QUICK, told, cancelled)
    assert time.monotonic() - ended[0] < 5  # a second, and a busy machine
    assert not list(tmp_path.iterdir())


def test_an_ffmpeg_that_is_killed_or_too_slow_is_an_error(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = Timeline([video(Clip("rabbit", 0, 60, motion="zoom_in"))], Config("1280x720", 60))
    with pytest.raises(Overrun):
        render(large, sources, tmp_path / "film.mp4", replace(QUICK, seconds=1))
    assert not list(tmp_path.iterdir())
    begun: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def remembered(*arguments: Any, **more: Any) -> Any:
        begun.append(start(*arguments, **more))
        threading.Timer(0.5, begun[-1].kill).start()
        return begun[-1]

    monkeypatch.setattr("shared.media.child.subprocess.Popen", remembered)
    with pytest.raises(Overrun):
        running.run(["-f", "lavfi", "-i", "testsrc2=s=1280x720", "-f", "null", "-"], seconds=60)
    assert begun
