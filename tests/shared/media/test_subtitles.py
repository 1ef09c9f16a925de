from pathlib import Path

import pytest

from shared.media.probe import probe
from shared.media.subtitles import captions, extract, sane
from tests.shared.media.conftest import encode

SRT = "1\n00:00:01,000 --> 00:00:02,500\nÀ bientôt, Œdipe, l’été\n\n2\n00:00:05,000 --> 00:00:06,000\nFin\n"


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mkv", "copy"), ("ass.mkv", "ass"), ("a.mp4", "mov_text"), ("a.webm.mkv", "webvtt")]
)
def test_text_becomes_webvtt_whatever_it_was(film: Path, tmp_path: Path, name: str, codec: str) -> None:
    text = tmp_path / "a.srt"
    text.write_text(SRT, encoding="utf-8")
    inputs = ["-i", str(film), "-i", str(text), "-i", str(text), "-map", "0", "-map", "1", "-map", "2"]
    tags = ["-metadata:s:s:0", "language=fre", "-metadata:s:s:1", "language=eng"]
    source = encode(tmp_path / name, *inputs, "-c", "copy", "-c:s", codec, *tags)
    tracks = extract(source, probe(source), tmp_path, seconds=60)

    assert [(one.name, one.language, one.title) for one in tracks] == [
        ("subs_0_fr", "fr", "Français"),
        ("subs_1_en", "en", "English"),
    ]
    vtt = (tmp_path / "subs_0_fr.vtt").read_text(encoding="utf-8")
    assert vtt.startswith("WEBVTT")
    assert "00:01.000 --> 00:02.500\nÀ bientôt, Œdipe, l’été" in vtt
    assert "subs_0_fr.vtt" in (tmp_path / "subs_0_fr.m3u8").read_text()


def test_two_tracks_of_one_language_have_two_titles(film: Path, tmp_path: Path) -> None:
    text = tmp_path / "a.srt"
    text.write_text(SRT)
    inputs = ["-i", str(film), "-i", str(text), "-i", str(text), "-map", "0", "-map", "1", "-map", "2"]
    tags = ["-metadata:s:s:0", "language=fre", "-metadata:s:s:1", "language=fre"]
    source = encode(tmp_path / "a.mkv", *inputs, "-c", "copy", *tags)

    assert [one.title for one in captions(probe(source))] == ["Français", "Français (2)"]


def test_a_film_without_text_has_no_tracks(film: Path, tmp_path: Path) -> None:
    assert extract(film, probe(film), tmp_path, seconds=60) == []


def test_a_cue_that_nobody_could_read_is_left_out() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nshort\n\n00:03.000 --> 00:04.000\n" + "long " * 2000 + "\n"
    assert sane(text) == "WEBVTT\n\n00:01.000 --> 00:02.000\nshort"
