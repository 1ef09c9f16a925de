"""Trickplay: small frames of the film on sheets, and the WebVTT track that says which stands for which moment.

The track's cues are media fragments (`sprite_1.jpg#xywh=160,0,160,90`), as most players read them.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from shared.media import ffmpeg
from shared.media.probe import Probe

WIDTH = 160  # pixels of a frame
TALLEST = 640  # pixels of a frame; a film higher than four times its width has no preview
COLUMNS, ROWS = 10, 10
LARGEST_SHEET = 16 << 20  # bytes; a full sheet of noise has 4 MiB
SHORTEST, LONGEST = 2.0, 10.0  # seconds between frames
WHOLE = 60.0  # seconds of film up to which every frame is decoded, not the keyframes alone
MOST_FRAMES = 3600  # ten hours at one frame in ten seconds


class Sprites(Struct, frozen=True):
    sheets: Sequence[Path]
    track: Path  # sprite.vtt


def sprites(source: Path, film: Probe, folder: Path, *, seconds: float) -> Sprites | None:
    """Write `sprite_1.jpg`, … and `sprite.vtt` into `folder`; None for a sound, and for a tower.

    Only keyframes are decoded when the film is longer than a minute (30 times faster), so that a frame may be from a
    few seconds before its cue.
    """
    video = film.video
    if video is None or film.duration <= 0:
        return None
    interval = spacing(film.duration)
    count = min(MOST_FRAMES, max(1, math.ceil(film.duration / interval)))
    height = max(2, round(WIDTH * video.height / video.width / 2) * 2)
    if height > TALLEST:
        return None
    rows = min(ROWS, math.ceil(count / COLUMNS))
    filters = f"fps=1/{interval:g}:start_time=0:round=up,scale={WIDTH}:{height},setsar=1,tile={COLUMNS}x{rows}"
    skip = ["-skip_frame", "nokey"] if film.duration > WHOLE else []
    ffmpeg.run(
        [
            *ffmpeg.reading(source, film.kind.demuxer, *skip),
            *["-map", f"0:{video.index}", "-vf", filters, "-frames:v", str(math.ceil(count / (COLUMNS * rows)))],
            *["-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", "-fps_mode", "passthrough"],
            *["-f", "image2", "-start_number", "1", f"file:{folder.absolute()}/sprite_%d.jpg"],
        ],
        seconds=seconds,
        writes=LARGEST_SHEET,
        patient=True,
    )
    sheets = sorted(folder.glob("sprite_*.jpg"), key=lambda path: int(path.stem.rpartition("_")[2]))
    if not sheets:
        return None
    count = min(count, len(sheets) * COLUMNS * rows)
    track = folder / "sprite.vtt"
    track.write_text(cues(count, interval, film.duration, height, rows))
    return Sprites(sheets, track)


def spacing(duration: float) -> float:
    """Seconds between frames: a hundred frames a film, within bounds."""
    return min(LONGEST, max(SHORTEST, duration / 100))


def cues(count: int, interval: float, duration: float, height: int, rows: int) -> str:
    lines = ["WEBVTT", ""]
    for index in range(count):
        sheet, place = divmod(index, COLUMNS * rows)
        row, column = divmod(place, COLUMNS)
        start, end = index * interval, duration if index == count - 1 else (index + 1) * interval
        lines += [
            f"{clock(start)} --> {clock(max(end, start + 0.001))}",
            f"sprite_{sheet + 1}.jpg#xywh={column * WIDTH},{row * height},{WIDTH},{height}",
            "",
        ]
    return "\n".join(lines)


def clock(seconds: float) -> str:
    """A WebVTT time stamp, HH:MM:SS.mmm."""
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}"
