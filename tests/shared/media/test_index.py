"""Where an MP4's samples lie, as its header says, against what a demuxer finds there."""

from pathlib import Path

import av
import pytest

from shared.media import index
from shared.media.boxes import top_level
from tests.shared.media.conftest import AAC, H264, Clip, encode


def header(path: Path) -> bytes:
    with path.open("rb") as file:
        moov = next(box for box in top_level(file, path.stat().st_size) if box.name == b"moov")
        file.seek(moov.start)
        return file.read(moov.end - moov.start)


def decoded_keyframes(path: Path) -> list[float]:
    """The decode times of keyframes, from the first on."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base
        times = [(one.dts, one.is_keyframe) for one in container.demux(stream) if one.dts is not None]
        return [float((time - times[0][0]) * stream.time_base) for time, is_keyframe in times if is_keyframe]


@pytest.mark.parametrize(
    "arguments",
    [
        [*H264, *AAC],
        ["-c:v", "libx264", "-bf", "3", "-g", "30", "-pix_fmt", "yuv420p", *AAC],
        ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", *AAC],  # without a table of keyframes: all are
        ["-vf", "setpts='if(lt(N,40),PTS,PTS*1.5)'", "-fps_mode", "vfr", *H264, *AAC],  # times in runs of two lengths
    ],
)
def test_keyframes_are_where_a_demuxer_finds_them(clip: Clip, arguments: list[str]) -> None:
    path = clip(f"keyframes-{len(arguments)}-{hash(tuple(arguments))}.mp4", *arguments, seconds=5)
    tracks = index.tracks(header(path))

    assert sorted(tracks) == [1, 2]
    assert tracks[1].keyframes() == pytest.approx(decoded_keyframes(path), abs=0.001)


def test_places_of_chunks_are_where_a_demuxer_finds_their_samples(film: Path) -> None:
    tracks = index.tracks(header(film))
    with av.open(str(film)) as container:
        for stream in (container.streams.video[0], container.streams.audio[0]):
            assert stream.time_base
            first = stream.index_entries[0].timestamp
            lying = {one.pos: float((one.timestamp - first) * stream.time_base) for one in stream.index_entries}
            chunks = tracks[stream.id].places()[0::2]
            assert len(chunks) > 5
            assert [time for _, time in chunks] == pytest.approx([lying[place] for place, _ in chunks], abs=0.001)


def test_a_film_beyond_four_gigabytes_has_wide_places(film: Path) -> None:
    """`co64` in place of `stco`: the same tables, twice as wide."""
    moov = header(film)
    narrow = index.tracks(moov)[1]
    at = moov.index(b"stco")
    count = int.from_bytes(moov[at + 8 : at + 12], "big")
    places = b"".join((one + 2**32).to_bytes(8, "big") for one in narrow.chunks)
    box = (16 + 8 * count).to_bytes(4, "big") + b"co64" + bytes(4) + count.to_bytes(4, "big") + places
    wide = moov[: at - 4] + box + moov[at + 12 + 4 * count :]
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        start = wide.index(name) - 4
        size = int.from_bytes(wide[start : start + 4], "big") + 4 * count
        wide = wide[:start] + size.to_bytes(4, "big") + wide[start + 4 :]

    assert list(index.tracks(wide)[1].chunks) == [one + 2**32 for one in narrow.chunks]


def track(number: int, chunks: list[int], each: int) -> index.Track:
    """Samples of a second each, `each` of them in a chunk."""
    count = len(chunks) * each
    return index.Track(number, 1, [count], [0], [1], None, chunks, [0], [(0, each)])


def test_tracks_in_turn_lie_close_together() -> None:
    assert index.spread(track(1, [0, 200, 400], 2), track(2, [100, 300, 500], 2)) == 2


def test_tracks_one_after_the_other_lie_far_apart() -> None:
    assert index.spread(track(1, [0], 100), track(2, [5000], 100)) == 99


def test_a_track_without_samples_lies_nowhere() -> None:
    assert index.spread(track(1, [], 1), track(2, [0], 5)) == 0


def test_a_fragmented_film_has_no_index(film: Path, tmp_path: Path) -> None:
    path = encode(tmp_path / "live.mp4", "-i", str(film), "-c", "copy", "-movflags", "+frag_keyframe+empty_moov")
    tracks = index.tracks(header(path))

    assert [one.keyframes() for one in tracks.values()] == [(), ()]
    assert index.spread(tracks[1], tracks[2]) == 0


@pytest.mark.parametrize("place", ["stts", "stsc", "stco", "stss", "tkhd", "mdhd", "stbl"])
def test_tables_that_lie_about_their_length_are_left_out(film: Path, place: str) -> None:
    moov = bytearray(header(film))
    at = moov.index(place.encode())
    for more in range(4, 24):
        damaged = moov.copy()
        damaged[at + more : at + more + 4] = b"\xff\xff\xff\xff"
        for one in index.tracks(bytes(damaged)).values():
            one.keyframes()
            one.places()
