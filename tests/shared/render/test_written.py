"""Subtitles, shapes, the export for editing programs, and the estimate."""

import pytest

from shared.render import Clip, Config, Settings, Timeline, Track, check, encode, estimate, plan
from shared.render.aspects import safe, variant
from shared.render.otio import export
from shared.render.plan import Canvas, Words
from shared.render.subtitles import Cue, columns, cues, readable, srt, vtt, wrapped
from shared.render.titles import ass
from tests.shared.render.conftest import Sources

LONG = "Bienvenue dans cette vidéo sur l'intelligence artificielle, qui change déjà notre façon de travailler."


def test_lines_are_short_and_about_equal() -> None:
    lines = wrapped(LONG)
    assert " ".join(lines) == LONG
    assert all(len(line) <= 42 for line in lines)
    assert min(map(len, lines)) > 20


def test_lines_break_between_signs_where_no_spaces_are() -> None:
    lines = wrapped("人工知能は私たちの働き方や学び方をすでに変えつつあります。これは長い字幕です。")
    assert len(lines) == 2
    assert all(columns(line) <= 44 and not line.startswith("。") for line in lines)
    assert all(columns(line) <= 42 for line in wrapped("x" * 400))


def test_long_cues_come_in_parts_and_short_ones_stay() -> None:
    parts = readable([Cue(0, 8, LONG), Cue(8, 8.2, "Oui, tout à fait d'accord.")], 20)
    assert [one.text.count("\n") for one in parts] == [1, 0, 0] or len(parts) == 3
    assert [one.end for one in parts[:-1]] == [one.start for one in parts[1:]]
    assert parts[-1].end - parts[-1].start == pytest.approx(26 / 17, abs=0.1)


def test_files_of_subtitles() -> None:
    said = [Cue(0.5, 2, "Ça <b>&\n\nlà"), Cue(3661.25, 3662, "fin")]
    assert vtt(said).startswith("WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nÇa &lt;b&gt;&amp;\nlà\n\n01:01:01.250")
    assert srt(said).startswith("1\n00:00:00,500 --> 00:00:02,000\nÇa <b>&\nlà\n\n2\n01:01:01,250")


def test_what_a_text_holds_commands_nothing() -> None:
    canvas = Canvas(1280, 720, 30, 1, "#000000")
    event = ass([Words(30, 60, "a {\\b1} \\N b\nc")], canvas).splitlines()[-1]
    assert event.endswith("{\\an5}a \\{\\⁠b1\\} \\⁠N b\\Nc")
    assert "0:00:00.98,0:00:01.98" in event


def test_one_timeline_in_every_shape(sources: Sources) -> None:
    wide = Timeline([Track("video", [Clip("rabbit")])], Config("1920x1080"))
    shapes = {aspect: variant(wide, aspect).config.resolution for aspect in ("16:9", "9:16", "1:1", "4:5")}
    assert shapes == {"16:9": "1920x1080", "9:16": "1080x1920", "1:1": "1080x1080", "4:5": "1080x1350"}
    assert variant(variant(wide, "9:16"), "16:9") == wide
    assert not any(check(variant(wide, aspect), sources) for aspect in shapes)
    tall, flat = (safe(Canvas(*size, 30, 1, "#000000")) for size in ((1080, 1920), (1920, 1080)))
    assert tall[2] > 1920 * 0.15  # below which apps have their buttons
    assert flat == (96, 54, 76)


def test_an_editing_program_reads_the_export(sources: Sources) -> None:
    opentimelineio = pytest.importorskip("opentimelineio")
    clips = [Clip("rabbit", 0, 4, transition_out="dissolve"), Clip("film", 4, 2, trim_start=1), Clip("grass", 8)]
    timeline = Timeline(
        [Track("video", clips), Track("audio", [Clip("voice", 1)]), Track("text", [Clip(text="Été", start_time=2)])],
        Config(fps=25),
    )
    document = export(timeline, sources, {"film": "https://example.com/film.mp4"}, "Un film").decode()
    read = opentimelineio.adapters.read_from_string(document, "otio_json")
    assert read.name == "Un film"
    assert read.duration().to_seconds() == plan(timeline, sources).duration == 13
    picture, sound, text = read.tracks
    assert [track.kind for track in read.tracks] == ["Video", "Audio", "Video"]
    kinds = [type(item).__name__ for item in picture]
    assert kinds == ["Clip", "Transition", "Clip", "Gap", "Clip"]
    assert picture[2].source_range.start_time.to_seconds() == 1
    assert picture[2].media_reference.target_url == "https://example.com/film.mp4"
    assert picture[1].out_offset.to_frames() == 25
    assert sound[0].duration().to_seconds() == 1
    assert text[1].metadata["bobine"]["text"] == "Été"


def test_settings_that_do_not_go_together_are_named() -> None:
    def fields(**given: str) -> list[str]:
        return [one.field for one in encode.wrong(Settings(**given))]  # type: ignore[arg-type]

    assert not fields(
        format="mp4", codec="h264", quality="high", bitrate="10M", audio_codec="aac", audio_bitrate="320k"
    )
    assert fields(format="avi") == ["format"]
    assert fields(format="webm", codec="h264", audio_codec="aac") == ["codec", "audio_codec"]
    assert fields(quality="best", subtitles="on", subtitle_style="huge") == ["quality", "subtitles", "subtitle_style"]
    assert fields(bitrate="10 parsecs", audio_bitrate="9M") == ["bitrate", "audio_bitrate"]
    assert fields(bitrate="1k") == ["bitrate"]


def test_captions_of_a_plan_are_cues(sources: Sources) -> None:
    tracks = [Track("video", [Clip("rabbit")]), Track("captions", [Clip(start_time=1, duration=2, text="Bonjour")])]
    assert cues(plan(Timeline(tracks), sources)) == [Cue(1, 3, "Bonjour")]


def test_an_estimate_grows_with_what_is_to_be_made(sources: Sources) -> None:
    def seconds(clip: Clip, **config: str) -> float:
        return estimate(Timeline([Track("video", [clip])], Config(**config)), sources)  # type: ignore[arg-type]

    still = seconds(Clip("rabbit", 0, 60))
    assert 5 < still < 60
    assert seconds(Clip("rabbit", 0, 120)) > still
    assert seconds(Clip("rabbit", 0, 60, motion="zoom_in")) > still
    assert seconds(Clip("rabbit", 0, 60), resolution="320x180") < still
