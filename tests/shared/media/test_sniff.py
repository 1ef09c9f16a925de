import io
from pathlib import Path

import pytest
from PIL import Image

from shared.media.sniff import sniff
from tests.shared.media.conftest import AAC, H264, Clip

SOUND_ONLY = {"picture": False}


@pytest.mark.parametrize(
    ("name", "arguments", "streams", "mime", "demuxer"),
    [
        ("a.mp4", [*H264, *AAC], {}, "video/mp4", "mov"),
        ("a.mov", [*H264, *AAC], {}, "video/quicktime", "mov"),
        ("a.mkv", [*H264, *AAC], {}, "video/x-matroska", "matroska"),
        ("a.webm", ["-c:v", "libvpx", "-c:a", "libopus"], {}, "video/webm", "matroska"),
        ("a.avi", ["-c:v", "mpeg4", "-c:a", "libmp3lame"], {}, "video/x-msvideo", "avi"),
        ("a.ts", [*H264, *AAC], {}, "video/mp2t", "mpegts"),
        ("a.flv", [*H264, *AAC], {}, "video/x-flv", "flv"),
        ("a.mpg", [], {}, "video/mpeg", "mpeg"),
        ("a.ogv", ["-c:v", "libtheora", "-c:a", "libvorbis"], {}, "video/ogg", "ogg"),
        ("a.m4a", AAC, SOUND_ONLY, "audio/mp4", "mov"),
        ("a.mp3", ["-c:a", "libmp3lame"], SOUND_ONLY, "audio/mpeg", "mp3"),
        (
            "bare.mp3",
            ["-c:a", "libmp3lame", "-id3v2_version", "0", "-write_xing", "0"],
            SOUND_ONLY,
            "audio/mpeg",
            "mp3",
        ),
        ("a.flac", ["-c:a", "flac"], SOUND_ONLY, "audio/flac", "flac"),
        ("a.ogg", ["-c:a", "libvorbis"], SOUND_ONLY, "audio/ogg", "ogg"),
        ("a.wav", ["-c:a", "pcm_s16le"], SOUND_ONLY, "audio/wav", "wav"),
        ("a.aac", AAC, SOUND_ONLY, "audio/aac", "aac"),
    ],
)
def test_what_ffmpeg_writes_is_recognised(
    clip: Clip, name: str, arguments: list[str], streams: dict[str, bool], mime: str, demuxer: str
) -> None:
    kind = sniff(clip(name, *(arguments or ["-b:v", "1M"]), seconds=1, **streams).read_bytes()[:4096])

    assert kind is not None
    assert (kind.mime, kind.demuxer) == (mime, demuxer)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF", "PDF"])
def test_what_pillow_writes_is_recognised_and_has_no_demuxer(name: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), "teal").save(out, name)
    kind = sniff(out.getvalue())

    assert kind is not None
    assert kind.mime == ("application/pdf" if name == "PDF" else f"image/{name.lower()}")
    assert not kind.demuxer


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "image/heic"),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", "image/avif"),
        (b"\x00\x00\x00\x18ftyp3gp5\x00\x00\x00\x003gp5isom", "video/3gpp"),
        (b"\x00\x00\x00\x08wide\x00\x00\x10\x00mdat", "video/quicktime"),
        (b"PK\x03\x04\x14\x00", "application/zip"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x04xxxxfLaC", "audio/flac"),
        (b"ID3\x04\x00\x00\x00\x0f\x7f\x7f" + bytes(100), "audio/mpeg"),
    ],
)
def test_heads_are_recognised(head: bytes, mime: str) -> None:
    kind = sniff(head)

    assert kind is not None
    assert kind.mime == mime


@pytest.mark.parametrize(
    "head",
    [b"", b"G", b"hello", b"#EXTM3U\n/etc/passwd", b"ffconcat version 1.0", b"\xff\xfeh\x00", b"\xff", bytes(4096)],
)
def test_text_and_nothing_are_no_media(head: bytes) -> None:
    assert sniff(head) is None


def test_the_real_film_is_an_mp4(bunny: Path) -> None:
    kind = sniff(bunny.read_bytes()[:64])

    assert kind is not None
    assert kind.family == "video"
