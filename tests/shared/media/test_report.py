"""Reading ffmpeg's words: real ones, and those a file may try to put into its mouth."""

import pytest

from shared.media.report import channels, read

REPORT = """\
[in#0 @ 0x557630e40340] stream 0, timescale not set
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/tmp/x':
  Metadata:
    title           : The film
  Duration: 01:02:03.70, start: 0.500000, bitrate: 807 kb/s
  Chapters:
    Chapter #0:0: start 0.000000, end 1.000000
      Metadata:
        title           : Chapter 1
  Stream #0:0[0x1](und): Video: h264 (Constrained Baseline) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), \
320x180 [SAR 1:1 DAR 16:9], 724 kb/s, 23.98 fps, 29.97 tbr, 30k tbn, start 1.200000 (default)
    Metadata:
      handler_name    : VideoHandler
    Side data:
      Display Matrix: rotation of 90.00 degrees
  Stream #0:1[0x2](fre): Audio: aac (HE-AAC) (mp4a / 0x6134706D), 44100 Hz, 5.1(side), fltp, 69 kb/s (default)
  Stream #0:2[0x3](fra): Subtitle: mov_text (tx3g / 0x67337874), 0 kb/s (default) (forced)
    Metadata:
      title           : First
                      : second line
  Stream #0:3: Video: mjpeg (Baseline), yuvj420p(pc), 64x64 [SAR 1:1 DAR 1:1], 90k tbr, 90k tbn (attached pic)
  Stream #0:4: Data: bin_data (text / 0x74786574)
  Stream #0:5: Video: none (abcd / 0x64636261), none, 0x0, 1k fps
Stream mapping:
  Stream #0:0 -> #0:0 (h264 (native) -> wrapped_avframe (native))
[Parsed_showinfo_0 @ 0x7f] config in time_base: 1/30000, frame_rate: 24000/1001
[Parsed_showinfo_0 @ 0x7f] config out time_base: 0/0, frame_rate: 0/0
[Parsed_showinfo_0 @ 0x7f] n:   0 pts:      0 pts_time:0       duration:   1001 duration_time:0.0333667 \
fmt:yuv420p cl:left sar:0/1 s:320x180 i:B iskey:1 type:I
[Parsed_showinfo_0 @ 0x7f]   side data - 3x3 displaymatrix: rotation of -90.00 degrees
[Parsed_showinfo_0 @ 0x7f] color_range:tv color_space:bt2020nc color_primaries:bt2020 color_trc:smpte2084
Output #0, null, to 'pipe:':
  Stream #0:0(und): Video: wrapped_avframe, yuv420p(progressive), 320x180, q=2-31, 200 kb/s, 25 fps (default)
[Parsed_showinfo_0 @ 0x7f] n:   1 pts:   1001 pts_time:0.03 duration: 1 fmt:gray cl:left sar:4/3 s:32x18 i:P iskey:0
"""


def test_a_report_is_read() -> None:
    found = read(REPORT.splitlines())

    assert (found.duration, found.start) == (3723.7, 0.5)
    film, sound, text, cover, unknown = found.streams
    assert (film.index, film.number, film.codec, film.width, film.height) == (0, 1, "h264", 320, 180)
    assert (film.frame_rate, film.bit_rate, film.start, film.language) == (23.98, 724_000, 1.2, "")
    assert (sound.codec, sound.profile, sound.language) == ("aac", "HE-AAC", "fre")
    assert (sound.channels, sound.sample_rate, sound.bit_rate) == (6, 44100, 69_000)
    assert (text.codec, text.language, text.title) == ("mov_text", "fra", "First")
    assert text.flags == frozenset({"default", "forced"})
    assert (cover.index, cover.flags) == (3, frozenset({"attached pic"}))
    assert (unknown.width, unknown.height, unknown.frame_rate) == (0, 0, 1000)


def test_the_first_picture_alone_is_read() -> None:
    picture = read(REPORT.splitlines()).picture

    assert picture is not None
    assert (picture.pixel_format, picture.width, picture.height, picture.ratio) == ("yuv420p", 320, 180, 1)
    assert (picture.interlaced, picture.rotation, picture.transfer) == (True, -90, "smpte2084")
    assert picture.frame_rate == pytest.approx(23.976, abs=0.001)


@pytest.mark.parametrize(
    ("layout", "count"),
    [
        ("mono", 1),
        ("stereo", 2),
        ("2.1", 3),
        ("quad(side)", 4),
        ("5.1(side)", 6),
        ("7.1.4", 12),
        ("22.2", 24),
        ("7 channels (FL+FR+FC+BL+BR+SL+SR)", 7),
        ("12 channels", 12),
        ("0 channels", 0),
        ("something new", 2),
    ],
)
def test_layouts_are_counted(layout: str, count: int) -> None:
    assert channels(layout) == count


def test_a_file_does_not_speak_for_ffmpeg() -> None:
    """What stands in a file is indented by four and more."""
    told = """\
  Stream #0:0: Audio: mp3, 44100 Hz, stereo, fltp, 128 kb/s
    Metadata:
      comment         : Stream #0:1: Video: h264, yuv420p, 1x1
                      :   Stream #0:2: Video: h264, yuv420p, 1x1
      Duration: 00:00:01.00, start: 0.000000
    Stream #0:3: Video: h264, yuv420p, 1x1
"""
    found = read(told.splitlines())

    assert [one.index for one in found.streams] == [0]
    assert found.duration == 0


def test_nothing_told_is_nothing_found() -> None:
    assert read([]) == read(["", "file:/tmp/x: Invalid data found when processing input"])
