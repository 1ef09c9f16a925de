"""Animations: GIF and WebM, checked before anything is decoded, and made anew by ffmpeg in a process of its own."""

from pathlib import Path

from msgspec import Struct

from shared.media import ffmpeg
from shared.media.errors import MediaError
from shared.media.probe import probe
from shared.media.sniff import Kind

GIF, WEBM = "image/gif", "video/webm"
MOST_FRAMES = 1000  # of a GIF
LONGEST = 60.0  # seconds
MAX_PIXELS = 4096 * 4096
DEMUXERS = {GIF: "gif", WEBM: "matroska"}
EVEN = "scale=trunc(iw/2)*2:trunc(ih/2)*2:flags=lanczos"  # H.264 in 4:2:0 has no odd sides
TIME = 300.0
LARGEST = 128 << 20  # bytes of what is made


class Animation(Struct, frozen=True):
    """`duration` in seconds."""

    mime: str
    width: int
    height: int
    frames: int  # 0 where only decoding would tell
    duration: float


def look(path: Path, kind: Kind) -> Animation:
    """What an animation is. Raises MediaError for damage, and for more pixels, frames or seconds than we take."""
    found = _look_into_gif(path.read_bytes()) if kind.mime == GIF else _look_into_webm(path, kind)
    if not 0 < found.width * found.height <= MAX_PIXELS:
        raise MediaError("The animation has too many pixels", log=f"{found.width}x{found.height}")
    if found.frames > MOST_FRAMES:
        raise MediaError(f"The animation has more than {MOST_FRAMES} frames")
    if found.duration > LONGEST:
        raise MediaError(f"The animation is longer than {LONGEST:.0f} s")
    return found


def _look_into_webm(path: Path, kind: Kind) -> Animation:
    film = probe(path, kind)
    if film.video is None:
        raise MediaError("The file has no picture")
    return Animation(WEBM, film.video.width, film.video.height, 0, film.duration)


def _look_into_gif(data: bytes) -> Animation:
    """Counts a GIF's frames by its blocks (GIF89a specification, §15 and following)."""
    try:
        width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
        at = 13 + _colours(data[10])
        frames, hundredths, delay = 0, 0, 10
        while data[at] != 0x3B:
            if data[at] == 0x21:
                if data[at + 1] == 0xF9:
                    delay = int.from_bytes(data[at + 4 : at + 6], "little")
                at = _after_blocks(data, at + 2)
            elif data[at] == 0x2C:
                at = _after_blocks(data, at + 11 + _colours(data[at + 9]))
                frames, hundredths = frames + 1, hundredths + (delay if delay > 1 else 10)  # as browsers show it
                if frames > MOST_FRAMES:
                    break
            else:
                raise MediaError("The GIF is damaged")
    except IndexError:
        raise MediaError("The GIF is cut short") from None
    if not frames:
        raise MediaError("The GIF has no picture")
    return Animation(GIF, width, height, frames, hundredths / 100)


def _colours(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1


# ---- made anew


def first_picture(path: Path, mime: str) -> bytes:
    """As PNG."""
    return ffmpeg.run(
        [*_reading(path, mime), "-map", "0:V:0", "-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "pipe:1"],
        seconds=TIME,
    )


def as_gif(path: Path, made: Path, seconds: float = TIME) -> None:
    """A GIF of the same pictures, and nothing else that stood in the file."""
    palette = "split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse=alpha_threshold=128"
    _make([*_reading(path, GIF), "-filter_complex", palette, "-loop", "0", "-f", "gif"], made, seconds)


def as_webm(path: Path, made: Path, seconds: float = TIME) -> None:
    """The same frames in a container of ours, without what else the file held."""
    tracks = ["-map", "0:V:0", "-map", "0:a:0?", "-c", "copy", "-map_metadata", "-1", "-map_chapters", "-1"]
    _make([*_reading(path, WEBM), *tracks, "-fflags", "+bitexact", "-f", "webm"], made, seconds)


def as_mp4(path: Path, mime: str, made: Path, seconds: float = TIME) -> None:
    """H.264 (and AAC, where there is sound) that plays everywhere."""
    picture = ["-map", "0:V:0", "-vf", f"{EVEN},format=yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23"]
    sound = ["-map", "0:a:0?", "-c:a", "aac", "-b:a", "128k", "-ac", "2"]
    whole = ["-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", "-f", "mp4"]
    _make([*_reading(path, mime), *picture, *sound, *whole], made, seconds)


def _reading(path: Path, mime: str) -> list[str]:
    return ffmpeg.reading(path, DEMUXERS[mime], "-t", str(LONGEST))


def _make(arguments: list[str], made: Path, seconds: float) -> None:
    ffmpeg.run([*arguments, "-y", f"file:{made.absolute()}"], seconds=seconds, writes=LARGEST)
