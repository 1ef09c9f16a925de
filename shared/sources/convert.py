"""Another container or codec (redstream: ConversionRequest): copied where the codecs allow, else encoded.

A film that cannot be encoded before the deadline is refused before anything is done: nobody waits a quarter of an hour
for an error.
"""

import time
from pathlib import Path

from shared.media.errors import MediaError, Overrun
from shared.media.probe import Probe, Video, probe
from shared.sources import errors, finish
from shared.sources.errors import OutOfTime
from shared.sources.finish import FINAL, Tell
from shared.sources.names import file_name
from shared.sources.order import Progress

FORMATS = ("mp4", "webm", "mkv", "mp3", "aac", "flac")
SOUNDS = {  # codec that may be copied, and how it is made
    "mp3": ("mp3", ["libmp3lame", "-b:a", "192k"]),
    "aac": ("aac", ["aac", "-b:a", "192k"]),
    "flac": ("flac", ["flac"]),
}
H264 = ["libx264", "-preset", "veryfast", "-crf", "21", "-pix_fmt", "yuv420p"]
VP9 = ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-crf", "32", "-b:v", "0"]
# Pixels a second that one processor encodes at these settings, measured low: 1080p of 25 frames is 52 million.
SPEED = {"mp4": 50e6, "webm": 25e6}
TOO_LONG = "Convertir ce film dans ce format prendrait trop de temps."


def convert(source: Path, output_format: str, folder: Path, tell: Tell, *, deadline: float) -> Path:
    """`source` in `output_format`, in `folder` under its own name. Raises SourceError, and then leaves nothing."""
    if output_format not in FORMATS:
        raise errors.FormatUnavailable
    tell(Progress("processing", 0.0))
    target = folder / f"{FINAL}{output_format}"
    try:
        with source.open("rb") as file:
            if not file.read(1):
                raise MediaError("The file is empty")
        film = probe(source)
        command = _command(film, output_format, deadline - time.monotonic())
        finish.made([*finish.reading(source, film), *command], target, film.duration, tell, deadline, [source])
    except OutOfTime:
        raise errors.TooLarge(TOO_LONG) from None
    except (MediaError, Overrun) as error:
        raise finish.failure(error) from error
    taken = {path.name for path in folder.iterdir()}
    return target.rename(folder / file_name(source.stem, output_format, taken=taken))


def _command(film: Probe, wanted: str, left: float) -> list[str]:
    if wanted in SOUNDS:
        return _sound(film, wanted)
    if film.video is None:
        raise errors.FormatUnavailable("Ce fichier n'a pas d'image.")
    codecs = {one.codec for one in film.audio}
    maps = ["-map", f"0:{film.video.index}"]
    maps += [argument for one in film.audio for argument in ("-map", f"0:{one.index}")]
    if wanted == "mkv":
        return [*maps, "-c", "copy"]
    videos, sounds = {
        "mp4": (finish.MP4_VIDEO, finish.MP4_AUDIO),
        "webm": (finish.WEBM_VIDEO, finish.WEBM_AUDIO),
    }[wanted]
    picture = ["copy"] if film.video.codec in videos else _encoded(film, film.video, wanted, left)
    sound = ["copy"] if codecs <= sounds else (["aac", "-b:a", "160k"] if wanted == "mp4" else ["libopus", "-ac", "2"])
    return [*maps, "-c:v", *picture, "-c:a", *sound]


def _encoded(film: Probe, video: Video, wanted: str, left: float) -> list[str]:
    work = film.duration * video.width * video.height * min(60.0, video.frame_rate or 30.0)
    if work / SPEED[wanted] > left:
        raise errors.TooLarge(TOO_LONG)
    even = ["-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2,setsar=1"]
    return [*(H264 if wanted == "mp4" else VP9), *even]


def _sound(film: Probe, wanted: str) -> list[str]:
    if not film.audio:
        raise errors.FormatUnavailable("Ce fichier n'a pas de son.")
    codec, made = SOUNDS[wanted]
    first = film.audio[0]
    return ["-map", f"0:{first.index}", "-c:a", *(["copy"] if first.codec == codec else made)]
