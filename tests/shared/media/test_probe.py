import io
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from shared.media import ffmpeg
from shared.media.errors import MediaError
from shared.media.probe import probe
from tests.shared.media.conftest import AAC, H264, Clip, encode


def test_a_real_film(bunny: Path) -> None:
    found = probe(bunny)

    assert found.kind.mime == "video/mp4"
    assert found.duration == pytest.approx(5.31, abs=0.01)
    assert found.size == bunny.stat().st_size
    assert not found.moov_in_front
    assert found.video is not None
    assert (found.video.width, found.video.height, found.video.rotation) == (1280, 720, 0)
    assert (found.video.codec, found.video.frame_rate) == ("h264", 25)
    assert found.video.keyframes == (0.0,)
    assert [(one.codecs, one.channels, one.sample_rate) for one in found.audio] == [("mp4a.40.2", 6, 48000)]


def test_a_beginning_is_enough_when_the_header_is_in_front(bunny: Path, tmp_path: Path) -> None:
    front = encode(tmp_path / "front.mp4", "-i", str(bunny), "-c", "copy", "-movflags", "+faststart")
    beginning = tmp_path / "beginning"
    beginning.write_bytes(front.read_bytes()[:300_000])
    found = probe(beginning, size=front.stat().st_size)

    assert found.duration == pytest.approx(5.31, abs=0.01)
    assert found.size == front.stat().st_size
    assert found.moov_in_front


def test_rotation_is_seen_from_the_viewer(film: Path, tmp_path: Path) -> None:
    turned = encode(tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(film), "-c", "copy")
    found = probe(turned).video

    assert found is not None
    assert (found.width, found.height, found.rotation) == (180, 320, 270)


def test_anamorphic_pictures_are_measured_in_square_pixels(clip: Clip) -> None:
    found = probe(clip("anamorphic.mp4", "-vf", "setsar=4/3", *H264, *AAC)).video

    assert found is not None
    assert (found.width, found.height, found.square_pixels) == (427, 180, False)


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.ts"])
def test_pixels_of_no_declared_shape_are_square(clip: Clip, name: str) -> None:
    found = probe(clip(f"undeclared-{name}", "-vf", "setsar=0", *H264, *AAC)).video

    assert found is not None
    assert (found.width, found.height, found.square_pixels) == (320, 180, True)


def test_what_no_picture_of_can_be_decoded_is_refused(film: Path, tmp_path: Path) -> None:
    """The sound alone would play, but not as the film it says it is."""
    content = bytearray(film.read_bytes())
    with av.open(str(film)) as container:
        for packet in container.demux(container.streams.video[0]):
            content[packet.pos or 0 : (packet.pos or 0) + packet.size] = bytes(packet.size)

    assert refused(written(tmp_path, bytes(content))) == "No picture of the film can be decoded"


def test_a_picture_too_large_is_refused_before_it_is_decoded(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.media.ffmpeg.MAX_PIXELS", 320 * 180 - 1)

    assert refused(written(tmp_path, film.read_bytes())) == "The picture is too large"


@pytest.mark.parametrize("rate", ["24000/1001", "30000/1001", "25", "60", "12.5"])
def test_frame_rates_are_exact(clip: Clip, rate: str) -> None:
    found = probe(clip(f"rate-{rate.replace('/', '-')}.mp4", "-r", rate, *H264, *AAC)).video

    assert found is not None
    assert found.frame_rate == pytest.approx(float(Fraction(rate)), abs=1e-6)


def test_sound_is_described(clip: Clip) -> None:
    for name, arguments, codecs, channels in (
        ("stereo.m4a", ["-c:a", "aac", "-ac", "2"], "mp4a.40.2", 2),
        ("six.flac", ["-c:a", "flac", "-ac", "6"], "fLaC", 6),
        ("two.ogg", ["-c:a", "libopus", "-ac", "2"], "opus", 2),
        ("mono.wav", ["-c:a", "pcm_s16le", "-ar", "8000"], "", 1),
    ):
        (sound,) = probe(clip(name, *arguments, picture=False)).audio
        assert (sound.codecs, sound.channels) == (codecs, channels), name


def test_high_dynamic_range_is_seen(clip: Clip) -> None:
    pq = ["-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none:transfer=smpte2084"]

    assert probe(clip("hdr.mkv", *pq, *AAC)).video.hdr  # type: ignore[union-attr]
    assert not probe(clip("plain.mp4")).video.hdr  # type: ignore[union-attr]


def test_looking_takes_one_run_of_ffmpeg(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    class Counted(subprocess.Popen[bytes]):
        def __init__(self, *what: Any, **how: Any) -> None:
            started.append(what)
            super().__init__(*what, **how)

    monkeypatch.setattr(subprocess, "Popen", Counted)
    probe(film)

    assert [command[0] for (command,) in started].count(ffmpeg.program()) == 1


def test_a_header_at_the_end_is_noticed(film: Path) -> None:
    assert not probe(film).moov_in_front


def test_sound_alone(clip: Clip) -> None:
    found = probe(clip("sound.mp3", "-c:a", "libmp3lame", picture=False))

    assert found.video is None
    assert found.duration == pytest.approx(2, abs=0.1)
    assert found.audio[0].codec == "mp3"


def test_a_recording_that_does_not_say_how_long_it_is(clip: Clip, tmp_path: Path) -> None:
    source = clip("recorded.webm", "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus")
    live = encode(tmp_path / "live.webm", "-i", str(source), "-c", "copy", "-live", "1")

    assert probe(live).duration == pytest.approx(2, abs=0.1)


def test_subtitles_and_cover_are_not_the_film(clip: Clip, tmp_path: Path) -> None:
    text = tmp_path / "a.srt"
    text.write_text("1\n00:00:00,500 --> 00:00:01,000\nÀ bientôt\n")
    picture = encode(tmp_path / "cover.jpg", "-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1")
    source = clip("plain.mp4")
    inputs = ["-i", str(source), "-i", str(text), "-i", str(picture), "-map", "0", "-map", "1", "-map", "2"]
    copies = ["-c", "copy", "-c:s", "mov_text", "-disposition:v:1", "attached_pic", "-metadata:s:s:0", "language=fra"]
    found = probe(encode(tmp_path / "full.mp4", *inputs, *copies))

    assert [(one.codec, one.language, one.is_text) for one in found.subtitles] == [("mov_text", "fra", True)]
    assert found.cover is not None
    assert found.video is not None
    assert found.video.codec == "h264"


def test_how_far_sound_and_picture_lie_apart(film: Path, tmp_path: Path) -> None:
    front = encode(tmp_path / "front.mp4", "-i", str(film), "-c", "copy", "-movflags", "+faststart")

    assert 0 < probe(front).spread < 3


# ---- what is no film


def refused(path: Path) -> str:
    with pytest.raises(MediaError) as caught:
        probe(path)
    assert str(path.parent) not in str(caught.value)
    assert caught.value.status == 415
    return str(caught.value)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "film.mp4"
    path.write_bytes(content)
    return path


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refused(written(tmp_path, b"")) == "The file is empty"


@pytest.mark.parametrize(
    "text", [b"hello", b"#EXTM3U\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile /etc/passwd\n"]
)
def test_text_named_like_a_film_is_refused(tmp_path: Path, text: bytes) -> None:
    assert refused(written(tmp_path, text)) == "The file is not a film or a sound"


@pytest.mark.parametrize("part", [0.05, 0.5, 0.9, 0.999])
def test_a_film_cut_short_is_refused(film: Path, bunny: Path, tmp_path: Path, part: float) -> None:
    front = encode(tmp_path / "front.mp4", "-i", str(bunny), "-c", "copy", "-movflags", "+faststart")
    for source in (film, bunny, front):
        content = source.read_bytes()
        refused(written(tmp_path, content[: int(len(content) * part)]))


@pytest.mark.parametrize(
    "head",
    [
        b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2",
        b"\x1a\x45\xdf\xa3\x42\x82\x88matroska",
        b"RIFF\x00\x00\x01\x00AVI LIST",
        b"OggS\x00\x02",
        b"fLaC",
        b"ID3\x04\x00\x00\x00\x00\x00\x00",
        b"\x00\x00\x01\xba",
        b"FLV\x01\x05",
        b"G" + (bytes(187) + b"G") * 20,
    ],
)
def test_rubbish_behind_a_good_beginning_is_refused(tmp_path: Path, head: bytes) -> None:
    refused(written(tmp_path, head + b"\x00\x00\x00\x10moov" + bytes(range(256)) * 40))
    refused(written(tmp_path, head))


def test_flipped_bits_never_do_worse_than_a_refusal(film: Path, tmp_path: Path) -> None:
    whole = film.read_bytes()
    moov = whole.rfind(b"moov")
    for place in range(moov, len(whole), 997):
        damaged = bytearray(whole)
        damaged[place : place + 4] = b"\xff\xff\xff\xff"
        try:
            probe(written(tmp_path, bytes(damaged)))
        except MediaError:
            continue


def test_a_playlist_inside_a_transport_stream_opens_nothing(clip: Clip, tmp_path: Path) -> None:
    out = io.BytesIO(clip("inside.ts", *H264, *AAC).read_bytes())
    found = probe(written(tmp_path, out.getvalue() + b"\n#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"))

    assert found.kind.demuxer == "mpegts"
