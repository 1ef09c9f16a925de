"""Renditions are judged by playing them: decoded from the playlist, they show what the source shows, when it does."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest

from scripts.adversary.matroska import apart
from shared.media.codecs import avc, stream_codecs
from shared.media.errors import MediaError, Overrun
from shared.media.fmp4 import Piece, cut
from shared.media.hls import Rung, ladder, produce, promised_target, variant
from shared.media.playlist import Segment, master_playlist, media_playlist, target_duration
from shared.media.probe import Probe, probe
from tests.shared.media.conftest import AAC, H264, Clip, encode

COPY = ["-c", "copy"]


def segment(piece: Piece) -> Segment:
    return Segment(piece.name, piece.seconds, piece.size)


def made(source: Path, folder: Path, rung: Rung | None = None) -> tuple[Rung, list[Segment], str]:
    """Produce a rung (the top one) with its playlists; answers it with its segments and its CODECS."""
    found = probe(source)
    rung = rung or ladder(found)[0]
    init, *pieces = produce(source, found, rung, folder, seconds=60)
    segments = [segment(one) for one in pieces]
    line = variant(found, rung, stream_codecs(init.path), segments)
    (folder / f"{rung.name}.m3u8").write_text(media_playlist(rung.name, segments))
    (folder / "master.m3u8").write_text(master_playlist([line]))
    return rung, segments, line.codecs


def shown(path: Path, kind: str = "video") -> list[float]:
    """When each decoded frame is shown, in seconds: from the start of the file, or from the zero of the stream."""
    form, options = ("hls", {"allowed_extensions": "ALL"}) if path.suffix == ".m3u8" else (None, {})
    with av.open(str(path), format=form, options=options) as container:
        stream = container.streams.video[0] if kind == "video" else container.streams.audio[0]
        begin = 0 if form else (container.start_time or 0) / av.time_base
        frames: Iterator[Any] = container.decode(stream)
        return sorted(float(frame.pts * frame.time_base) - begin for frame in frames)


def plays_like(source: Path, folder: Path, rung: Rung) -> None:
    before, after = shown(source), shown(folder / "master.m3u8")
    assert len(after) == len(before)
    assert after == pytest.approx(before, abs=0.003)
    for playlist in folder.glob("*p.m3u8"):
        for name in [line for line in playlist.read_text().splitlines() if line.endswith(".m4s")]:
            assert starts_with_keyframe(folder, rung.name, name), name


def starts_with_keyframe(folder: Path, rung: str, name: str) -> bool:
    joined = BytesIO((folder / f"{rung}_init.mp4").read_bytes() + (folder / name).read_bytes())
    with av.open(joined, mode="r", format="mov") as container:
        return next(container.demux(container.streams.video[0])).is_keyframe


# ---- moved as it is


def test_h264_with_aac_is_moved_not_encoded(film: Path, tmp_path: Path) -> None:
    rung, segments, codecs = made(film, tmp_path)

    assert (rung.name, rung.copies_video, rung.copies_audio) == ("180p", True, True)
    assert [one.seconds for one in segments] == pytest.approx([6, 6, 2], abs=0.05)
    with av.open(str(film)) as container:
        assert codecs == f"{avc(container.streams.video[0].codec_context.extradata or b'')},mp4a.40.2"
    assert [one.name for one in segments] == ["180p_00000.m4s", "180p_00001.m4s", "180p_00002.m4s"]
    plays_like(film, tmp_path, rung)


def test_sound_and_picture_stay_together(film: Path, tmp_path: Path) -> None:
    made(film, tmp_path)

    assert shown(tmp_path / "master.m3u8", "audio") == pytest.approx(shown(film, "audio"), abs=0.003)


def test_a_film_that_does_not_say_how_wide_its_pixels_are_plays(clip: Clip, tmp_path: Path) -> None:
    source = clip("undeclared.mp4", "-vf", "setsar=0", *H264, *AAC, seconds=8)
    rung, _, _ = made(source, tmp_path)

    assert (rung.name, rung.width, rung.height, rung.copies_video) == ("180p", 320, 180, True)
    plays_like(source, tmp_path, rung)


def test_the_real_film_plays(bunny: Path, tmp_path: Path) -> None:
    rung, _, codecs = made(bunny, tmp_path)

    assert (rung.name, codecs) == ("720p", "avc1.4d401f,mp4a.40.2")
    plays_like(bunny, tmp_path, rung)


def test_a_late_picture_stays_late(film: Path, tmp_path: Path) -> None:
    inputs = ["-itsoffset", "0.7", "-i", str(film), "-i", str(film), "-map", "0:v", "-map", "1:a"]
    late = encode(tmp_path / "late.mp4", *inputs, *COPY)
    rung, segments, _ = made(late, tmp_path)

    assert shown(tmp_path / "master.m3u8")[0] == pytest.approx(0.7, abs=0.003)
    assert b"\xff\xff\xff\xff\x00\x01\x00\x00" not in (tmp_path / "180p_init.mp4").read_bytes()  # no empty edit
    assert promised_target(probe(late), rung) >= target_duration(one.seconds for one in segments)


def test_a_transport_stream_that_starts_at_a_hundred_seconds(film: Path, tmp_path: Path) -> None:
    late = encode(tmp_path / "late.ts", "-i", str(film), *COPY, "-output_ts_offset", "100")
    rung, segments, codecs = made(late, tmp_path)

    assert rung.copies_video
    assert codecs.startswith("avc1.64")
    assert sum(one.seconds for one in segments) == pytest.approx(14, abs=0.1)
    plays_like(late, tmp_path, rung)


def test_matroska_is_moved_too(film: Path, tmp_path: Path) -> None:
    source = encode(tmp_path / "film.mkv", "-i", str(film), *COPY)
    rung, _, _ = made(source, tmp_path)

    assert rung.copies_video
    plays_like(source, tmp_path, rung)


@pytest.mark.parametrize("keyframes", [1, 70, 250])
def test_segments_break_on_keyframes_and_the_promised_target_holds(clip: Clip, tmp_path: Path, keyframes: int) -> None:
    gop = ["-g", str(keyframes), "-keyint_min", str(keyframes), "-sc_threshold", "0"]
    source = clip(f"gop{keyframes}.mp4", *H264[:-2], *gop, seconds=24, sound=False)
    rung, segments, _ = made(source, tmp_path)
    longest = max(one.seconds for one in segments)

    assert rung.copies_video
    assert longest == pytest.approx({1: 6, 70: 8.4, 250: 10}[keyframes], abs=0.1)
    assert promised_target(probe(source), rung) == target_duration(one.seconds for one in segments)
    plays_like(source, tmp_path, rung)


def test_less_than_a_second_is_one_segment(clip: Clip, tmp_path: Path) -> None:
    source = clip("short.mp4", seconds=0.3)
    rung, segments, _ = made(source, tmp_path)

    assert len(segments) == 1
    plays_like(source, tmp_path, rung)


def test_a_film_can_be_read_from_a_pipe(film: Path, tmp_path: Path) -> None:
    front = encode(tmp_path / "front.mp4", "-i", str(film), *COPY, "-movflags", "+faststart")
    found = probe(front)
    rung = ladder(found)[0]
    with front.open("rb") as source:
        _, *pieces = produce(source, found, rung, tmp_path, seconds=60)

    assert [one.seconds for one in pieces] == pytest.approx([6, 6, 2], abs=0.05)


# ---- encoded


def test_a_turned_film_is_encoded_upright(film: Path, tmp_path: Path) -> None:
    turned = encode(tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(film), *COPY, "-t", "2")
    rung, _, _ = made(turned, tmp_path)

    assert (rung.copies_video, rung.copies_audio, rung.width, rung.height) == (False, True, 180, 320)
    plays_like(turned, tmp_path, rung)


def test_ten_bits_and_foreign_sound_become_what_browsers_play(clip: Clip, tmp_path: Path) -> None:
    deep = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-c:a", "flac"]
    source = clip("deep.mkv", *deep)
    rung, _, codecs = made(source, tmp_path)

    assert (rung.copies_video, rung.copies_audio) == (False, False)
    assert codecs.startswith("avc1.6400")
    plays_like(source, tmp_path, rung)


def test_odd_sizes_are_made_even(clip: Clip, tmp_path: Path) -> None:
    odd = ["-vf", "scale=321:181,format=yuv444p", "-c:v", "libx264", "-preset", "ultrafast"]
    source = clip("odd.mp4", *odd, sound=False)
    rung, _, _ = made(source, tmp_path)

    assert (rung.width, rung.height) == (320, 180)
    plays_like(source, tmp_path, rung)


def test_a_variable_frame_rate_keeps_its_times(clip: Clip, tmp_path: Path) -> None:
    drop = "select='not(mod(n,7))+lt(mod(n,50),20)',format=yuv444p"
    source = clip("vfr.mkv", "-vf", drop, "-fps_mode", "vfr", *H264[:4], seconds=8, sound=False)
    rung, segments, _ = made(source, tmp_path)

    assert sum(one.seconds for one in segments) == pytest.approx(8, abs=0.3)
    plays_like(source, tmp_path, rung)


def test_interlaced_film_is_encoded(clip: Clip, tmp_path: Path) -> None:
    source = clip("fields.mpg", "-vf", "setfield=tff", "-flags", "+ilme+ildct", "-c:v", "mpeg2video", "-b:v", "1M")

    assert probe(source).video.interlaced  # type: ignore[union-attr]
    rung, _, _ = made(source, tmp_path)
    assert not rung.copies_video


def test_lower_rungs_line_up_with_the_top_one(clip: Clip, tmp_path: Path) -> None:
    source = clip("large.mp4", "-vf", "scale=640:360", *H264, *AAC, seconds=8)
    top, low = ladder(probe(source))
    made(source, tmp_path, low)

    assert (top.name, low.name, low.width, low.height) == ("360p", "240p", 426, 240)
    plays_like(source, tmp_path, low)


def test_encoded_keyframes_stand_two_seconds_apart(clip: Clip, tmp_path: Path) -> None:
    source = clip("deep8.mkv", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", seconds=8, sound=False)
    made(source, tmp_path)
    with av.open(str(tmp_path / "180p.m3u8"), format="hls", options={"allowed_extensions": "ALL"}) as container:
        packets = container.demux(container.streams.video[0])
        keys = [float(one.pts * one.time_base) for one in packets if one.pts is not None and one.is_keyframe]

    assert keys == pytest.approx([0, 2, 4, 6], abs=0.05)


def test_an_interrupted_rung_goes_on_where_it_stopped(clip: Clip, tmp_path: Path) -> None:
    source = clip("long.mkv", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", *AAC, seconds=14)
    found = probe(source)
    rung = ladder(found)[0]
    run = produce(source, found, rung, tmp_path, seconds=60)
    init, first = next(run), next(run)
    run.close()
    _, *rest = produce(source, found, rung, tmp_path / "..", seconds=60, first=1, start=first.seconds)
    for piece in rest:
        piece.path.rename(tmp_path / piece.name)
    segments = [segment(one) for one in (first, *rest)]
    (tmp_path / "180p.m3u8").write_text(media_playlist("180p", segments))
    (tmp_path / "master.m3u8").write_text(master_playlist([variant(found, rung, stream_codecs(init.path), segments)]))

    assert [one.name for one in rest] == ["180p_00001.m4s", "180p_00002.m4s"]
    plays_like(source, tmp_path, rung)


# ---- sound alone


@pytest.mark.parametrize(("name", "codec", "copied"), [("a.m4a", "aac", True), ("a.mp3", "libmp3lame", False)])
def test_sound_alone_is_a_rendition(clip: Clip, tmp_path: Path, name: str, codec: str, copied: bool) -> None:
    source = clip(f"long-{name}", "-c:a", codec, seconds=15, picture=False)
    rung, segments, codecs = made(source, tmp_path)

    assert (rung.name, rung.copies_audio, codecs) == ("audio", copied, "mp4a.40.2")
    assert [one.seconds for one in segments] == pytest.approx([6, 6, 3], abs=0.1)
    times = shown(tmp_path / "master.m3u8", "audio")
    assert times[-1] - times[0] == pytest.approx(15, abs=0.1)


# ---- ladders


def ladder_of(film: Probe, width: int, height: int, **changes: object) -> list[tuple[str, int, int]]:
    from msgspec.structs import replace

    assert film.video is not None
    video = replace(film.video, width=width, height=height, bit_rate=8_000_000, **changes)
    return [(one.name, one.width, one.height) for one in ladder(replace(film, video=video))]


def test_ladders_never_enlarge_and_keep_the_shape(film: Path) -> None:
    found = probe(film)

    assert ladder_of(found, 1920, 1080) == [
        ("1080p", 1920, 1080),
        ("240p", 426, 240),
        ("360p", 640, 360),
        ("480p", 854, 480),
        ("720p", 1280, 720),
    ]
    assert ladder_of(found, 406, 720) == [("406p", 406, 720), ("240p", 240, 426), ("360p", 360, 638)]
    assert ladder_of(found, 3840, 2160)[0] == ("2160p", 3840, 2160)
    assert ladder_of(found, 3840, 2160, pixel_format="yuv420p10le")[0] == ("1080p", 1920, 1080)
    assert ladder_of(found, 160, 90) == [("90p", 160, 90)]


def test_a_film_with_keyframes_too_far_apart_is_encoded(film: Path) -> None:
    from msgspec.structs import replace

    found = probe(film)
    assert found.video is not None
    sparse = replace(found, video=replace(found.video, keyframes=(0.0, 25.0, 50.0)))

    assert not ladder(sparse)[0].copies_video


# ---- faults


def test_a_damaged_film_is_a_media_error(film: Path, tmp_path: Path) -> None:
    found = probe(film)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"\x00\x00\x00\x18ftypisom" + bytes(5000))
    with pytest.raises(MediaError) as caught:
        list(produce(other, found, ladder(found)[0], tmp_path, seconds=20))

    assert str(tmp_path) not in caught.value.log


def test_too_slow_is_an_overrun(film: Path, tmp_path: Path) -> None:
    found = probe(film)
    with pytest.raises(Overrun):
        list(produce(film, found, ladder(found)[0], tmp_path, seconds=0.001))


def stalled(data: bytes) -> Iterator[Piece]:
    return cut(BytesIO(data), Path("/nonexistent"), "x")


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x10mdat" + bytes(8),
        b"\x00\x00\x00\x04moov",
        b"\x7f\xff\xff\xffmoov",
        b"\x00\x00\x00\x01moof\x00\x00\x00\x00\x00\x00\x00\x01",
        b"\x00\x00",
    ],
)
def test_a_broken_stream_of_boxes_is_a_media_error(data: bytes) -> None:
    with pytest.raises(MediaError):
        list(stalled(data))


def test_a_rendition_does_not_outgrow_its_film(clip: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = clip("grows.mkv", "-c:v", "ffv1", "-an", seconds=14)
    monkeypatch.setattr("shared.media.hls.LARGEST", 100_000)
    monkeypatch.setattr("shared.media.hls.GROWTH", 0)
    with pytest.raises(MediaError, match="far larger"):
        made(source, tmp_path)


def test_two_pictures_far_apart_are_two_pictures(tmp_path: Path) -> None:
    source = tmp_path / "apart.mkv"
    source.write_bytes(apart(3600))
    _, segments, _ = made(source, tmp_path)

    assert len(segments) <= 2
    assert sum(one.size for one in segments) < 10_000


def test_many_pictures_a_second_become_sixty(clip: Clip, tmp_path: Path) -> None:
    quick = ["-c:v", "mpeg4", "-an", "-r", "120"]
    source = clip("quick.mp4", *quick, "-vf", "fps=120", seconds=2)
    made(source, tmp_path)

    assert 115 <= len(shown(tmp_path / "master.m3u8")) <= 122
