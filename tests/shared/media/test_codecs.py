import pytest

from shared.media.codecs import codec_string


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
