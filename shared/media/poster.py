"""The picture that stands for a film or an album: a telling frame, or the cover that comes with the sound."""

from pathlib import Path
from typing import Any

from PIL import ImageStat

from shared.media import ffmpeg, picture
from shared.media.errors import MediaError
from shared.media.probe import Probe, Video

PLACES = (0.1, 0.3, 0.5, 0.75, 0.0)  # parts of the duration to look at, until a frame is not black
CHOICE = 24  # frames out of which ffmpeg's `thumbnail` filter picks the one nearest their average
DARK, FLAT = 24, 8  # mean and deviation (of 255) below which a frame is taken for black
TIME = 60.0  # seconds per attempt


def poster(source: Path, film: Probe) -> Any | None:
    """The poster as a decoded picture (Pillow), or None for a sound without a cover."""
    if film.cover is not None:
        try:
            return picture.read(_cover(source, film))
        except MediaError:
            pass  # a damaged cover is no reason to do without a poster
    if film.video is None:
        return None
    best = None
    for place in PLACES:
        frame = _frame(source, film, film.video, film.duration * place)
        if frame is not None and not _is_black(frame):
            return frame
        best = best or frame
    return best


def _cover(source: Path, film: Probe) -> bytes:
    command = [*ffmpeg.reading(source, film.kind.demuxer), "-map", f"0:{film.cover}", "-c", "copy", "-frames:v", "1"]
    return ffmpeg.run([*command, "-f", "image2pipe", "pipe:1"], seconds=TIME)


def _frame(source: Path, film: Probe, video: Video, at: float) -> Any | None:
    side = picture.LARGEST_SIDE
    width, height = video.width, video.height
    shrink = min(1.0, side / max(width, height))
    scale = f"scale={max(1, round(width * shrink))}:{max(1, round(height * shrink))},setsar=1"
    command = [
        *ffmpeg.reading(source, film.kind.demuxer, "-ss", f"{at:.3f}"),
        *["-map", f"0:{video.index}", "-vf", f"thumbnail=n={CHOICE},{scale}", "-frames:v", "1"],
        *["-c:v", "png", "-compression_level", "1", "-f", "image2pipe", "pipe:1"],
    ]
    try:
        return picture.read(ffmpeg.run(command, seconds=TIME))
    except MediaError:
        return None  # nothing can be shown at that place


def _is_black(frame: Any) -> bool:
    levels = ImageStat.Stat(frame.convert("L"))
    return bool(levels.mean[0] < DARK and levels.stddev[0] < FLAT)
