from pathlib import Path

import pytest

from shared.media.codecs import codec_string, stream_codecs
from shared.media.errors import MediaError
from tests.shared.media.conftest import AAC, H264, Clip


@pytest.mark.parametrize(
    ("codec", "extradata", "string"),
    [
        ("h264", bytes.fromhex("0164001fffe1"), "avc1.64001f"),
        ("h264", bytes.fromhex("00000001 09f0 00000001 6742c01e95a0"), "avc1.42c01e"),
        ("hevc", bytes.fromhex("01016000000090000000000 05d f000fcfdf8f8".replace(" ", "")), "hvc1.1.6.L93.90"),
        ("hevc", bytes.fromhex("0122200000009000000000 0099f000".replace(" ", "")), "hvc1.2.4.H153.90"),
        ("aac", bytes.fromhex("1210"), "mp4a.40.2"),
        ("aac", bytes.fromhex("2b92"), "mp4a.40.5"),
        ("aac", bytes.fromhex("f8e6"), "mp4a.40.39"),
        ("aac", b"", "mp4a.40.2"),
        ("mp3", b"", "mp4a.40.34"),
        ("h264", b"", ""),
        ("hevc", b"", ""),
        ("vp9", b"", ""),
    ],
)
def test_codec_strings_come_from_the_configuration_bytes(codec: str, extradata: bytes, string: str) -> None:
    assert codec_string(codec, extradata) == string


LEVEL = ["-level", "3.1"]


@pytest.mark.parametrize(
    ("arguments", "codecs"),
    [
        ([*H264, *LEVEL, *AAC], "avc1.42c01f,mp4a.40.2"),
        ([*H264, *LEVEL, "-c:a", "libmp3lame"], "avc1.42c01f,mp4a.40.34"),
        ([*H264, *LEVEL, "-c:a", "flac", "-strict", "-2"], "avc1.42c01f,fLaC"),
        ([*H264, *LEVEL, "-c:a", "ac3"], "avc1.42c01f,ac-3"),
        (["-c:v", "mpeg4", *AAC], ",mp4a.40.2"),
    ],
)
def test_a_header_tells_its_codecs(clip: Clip, arguments: list[str], codecs: str) -> None:
    assert stream_codecs(clip(f"codecs-{arguments[-1]}-{arguments[1]}.mp4", *arguments)) == codecs


def test_hevc_is_told_with_its_constraints(clip: Clip) -> None:
    path = clip("codecs-hevc.mp4", "-c:v", "libx265", "-tag:v", "hvc1", "-x265-params", "log-level=none", *AAC)

    assert stream_codecs(path) == "hvc1.1.6.L60.90,mp4a.40.2"


def test_what_is_no_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "init.mp4"
    for content in (b"", b"rubbish", b"\x00\x00\x00\x08moov"):
        path.write_bytes(content)
        with pytest.raises(MediaError):
            stream_codecs(path)
