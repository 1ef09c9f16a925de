"""The picture that stands for a film or an album: a telling frame, or the cover that comes with the sound."""

import time
from pathlib import Path

from shared.media import ffmpeg, picture, placeholder
from shared.media.errors import MediaError
from shared.media.picture import Still
from shared.media.probe import Probe, Video

PLACES = (0.1, 0.3, 0.5, 0.75, 0.0)  # parts of the duration to look at, until a frame is not black
CHOICE = 24  # frames out of which ffmpeg's `thumbnail` filter picks the one nearest their average
TIME = 20.0  # seconds per attempt; a film that takes longer for a second of it has no other one


def poster(source: Path, film: Probe) -> Still | None:
    """The poster, or None for a sound without a cover."""
    if film.cover is not None:
        try:
            return placeholder.still(_cover(source, film))
        except MediaError:
            pass  # a damaged cover is no reason to do without a poster
    if film.video is None:
        return None
    best, until = None, time.monotonic() + TIME
    for place in PLACES if film.duration else PLACES[-1:]:
        if time.monotonic() > until:
            break
        frame = _frame(source, film, film.video, film.duration * place)
        if frame is not None and not frame.is_black:
            return frame
        best = best or frame
    return best


def _cover(source: Path, film: Probe) -> bytes:
    command = [*ffmpeg.reading(source, film.kind.demuxer), "-map", f"0:{film.cover}", "-c", "copy", "-frames:v", "1"]
    return ffmpeg.run([*command, "-f", "image2pipe", "pipe:1"], seconds=TIME, patient=True)


def _frame(source: Path, film: Probe, video: Video, at: float) -> Still | None:
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
        return placeholder.still(ffmpeg.run(command, seconds=TIME, patient=True))
    except MediaError:
        return None  # nothing can be shown at that place
