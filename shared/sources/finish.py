"""From what has arrived to what a person keeps: merged, cut, as sound with tags and cover; copied, not re-encoded.

ffmpeg alone, with `-protocol_whitelist file`, in a child of its own like everywhere here. Only MP3 is encoded.
"""

import re
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from shared.media import ffmpeg
from shared.media.errors import MediaError, Overrun
from shared.media.probe import Probe, probe
from shared.media.sniff import HEAD, Kind, sniff
from shared.sources import errors, formats
from shared.sources.errors import OutOfTime
from shared.sources.names import file_name
from shared.sources.order import About, Chapter, Got, Order, Progress
from shared.sources.told import Arrived, File

Tell = Callable[[Progress], None]

AS_IT_IS = {  # kinds that are left alone
    "video/mp4": "mp4",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/wav": "wav",
}
FRAGMENTS = (b"moof", b"sidx", b"dash", b"styp")  # an MP4 in pieces: not every player takes it
MP4_VIDEO, MP4_AUDIO = {"h264", "hevc", "av1", "vp9", "mpeg4"}, {"aac", "mp3", "opus", "ac3", "eac3", "flac", "alac"}
WEBM_VIDEO, WEBM_AUDIO = {"vp8", "vp9", "av1"}, {"vorbis", "opus"}
SOUNDS = {"aac": "m4a", "alac": "m4a", "mp3": "mp3", "opus": "opus", "vorbis": "ogg", "flac": "flac"}
MUXERS = {"mp4": "mp4", "m4a": "ipod", "mkv": "matroska", "mka": "matroska", "ogg": "ogg", "aac": "adts"}
IMAGES = {"image/jpeg": ("jpg", "jpeg_pipe"), "image/png": ("png", "png_pipe"), "image/webp": ("webp", "webp_pipe")}
COVER = 1000  # pixels of a cover's longer side
TAG = 1000  # characters
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
NOTHING = "Cet extrait est vide ou dépasse la fin."
FINAL = "final."  # what is being made, until it is whole


def finished(order: Order, arrived: Arrived, folder: Path, tell: Tell, *, deadline: float) -> Got:
    """The files with their names. Raises SourceError, OutOfTime (what had arrived stays)."""
    tell(Progress("processing", 0.0))
    try:
        made = _media(order, arrived, folder, tell, deadline)
    except OutOfTime:
        raise
    except (MediaError, Overrun) as error:
        raise failure(error) from error
    finally:
        for path in folder.glob(f"{FINAL}*"):
            if "made" not in locals() or path != made:
                path.unlink(missing_ok=True)
    return _named(order, arrived, folder, made)


def failure(error: MediaError | Overrun) -> errors.SourceError:
    if isinstance(error, Overrun):
        return errors.Short()
    return errors.SourceError("Le fichier reçu n'a pas pu être lu comme une vidéo ou un son.")


def _media(order: Order, arrived: Arrived, folder: Path, tell: Tell, deadline: float) -> Path:
    parts = [folder / one.name for one in arrived.files if one.role == "media"]
    kinds = [_kind(part) for part in parts]
    start, end = span(order, arrived.about)
    is_sound = order.extract_audio or formats.is_audio(order.format_id)
    if len(parts) == 1 and start is None and not (is_sound and kinds[0].mime != "audio/mpeg"):
        left_alone = AS_IT_IS.get(kinds[0].mime)
        if left_alone and not is_sound and not (kinds[0].demuxer == "mov" and _in_pieces(parts[0])):
            return parts[0].rename(folder / f"{FINAL}{left_alone}")
    looked = [probe(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    if start is not None and 0 < max(one.duration for one in looked) <= start:  # the source had not said how long it is
        raise errors.FormatUnavailable(NOTHING)
    if is_sound:
        return _sound(arrived, folder, parts, looked, (start, end), tell, deadline)
    return _film(arrived.about, folder, parts, looked, (start, end), tell, deadline)


def _kind(path: Path) -> Kind:
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    if kind is None or not kind.demuxer:
        raise errors.InvalidUrl("Ce que cette adresse donne n'est ni une vidéo ni un son.")
    return kind


def _in_pieces(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(HEAD)
    return any(mark in head for mark in FRAGMENTS)


def span(order: Order, about: About) -> tuple[float | None, float | None]:
    """Seconds at which to begin and to end; None and None for all of it. Raises FormatUnavailable."""
    start, end = order.start, order.end
    if order.chapter is not None:
        chapter = _chapter(order.chapter, about.chapters)
        start, end = chapter.start, chapter.end
    if start is None and end is None:
        return None, None
    start = max(0.0, start or 0.0)
    if (end is not None and end <= start) or (about.duration and start >= about.duration):
        raise errors.FormatUnavailable(NOTHING)
    return start, end


def _chapter(wanted: str, chapters: Sequence[Chapter]) -> Chapter:
    name = wanted.strip().casefold()
    for position, chapter in enumerate(chapters, 1):
        if name in (chapter.title.casefold(), str(position)):
            return chapter
    raise errors.FormatUnavailable("Ce chapitre n'existe pas.")


Span = tuple[float | None, float | None]


def _film(
    about: About, folder: Path, parts: list[Path], looked: list[Probe], span_: Span, tell: Tell, deadline: float
) -> Path:
    """One file of them all: the first picture, and the sounds."""
    pictures = [position for position, one in enumerate(looked) if one.video is not None]
    if not pictures:
        return _copied_sound(about, folder, parts[0], looked[0], span_, tell, deadline)
    first = pictures[0]
    video = looked[first].video
    others = [position for position, one in enumerate(looked) if one.audio and (position != first or len(looked) == 1)]
    others = others or [first]
    codecs = {one.codec for position in others for one in looked[position].audio}
    ending = container(video.codec if video else "", codecs)
    maps = [f"{first}:{video.index}" if video else ""]
    maps += [f"{position}:{one.index}" for position in others for one in looked[position].audio]
    command = [part for path, one in zip(parts, looked, strict=True) for part in reading(path, one, span_)]
    command += [argument for one in maps for argument in ("-map", one)]
    command += ["-c", "copy", *tags(about)]
    return made(command, folder / f"{FINAL}{ending}", _length(looked[first], span_), tell, deadline, parts)


def container(video: str, audio: set[str]) -> str:
    """MP4 wherever it can hold the codecs, as the document has it; else WebM or Matroska."""
    if video in MP4_VIDEO and audio <= MP4_AUDIO:
        return "mp4"
    return "webm" if video in WEBM_VIDEO and audio <= WEBM_AUDIO else "mkv"


def reading(path: Path, one: Probe, span_: Span = (None, None)) -> list[str]:
    start, end = span_
    options = [] if start is None else ["-ss", f"{start:.3f}"]
    options += [] if end is None else ["-t", f"{end - (start or 0.0):.3f}"]
    return ffmpeg.reading(path, one.kind.demuxer, *options)


def _length(one: Probe, span_: Span) -> float:
    start, end = span_
    until = min(one.duration, end) if end is not None and one.duration else end or one.duration
    return max(0.0, until - (start or 0.0))


def _copied_sound(about: About, folder: Path, path: Path, one: Probe, span_: Span, tell: Tell, deadline: float) -> Path:
    codec = one.audio[0].codec
    ending = SOUNDS.get(codec, "wav" if codec.startswith("pcm_") else "mka")
    command = [*reading(path, one, span_), "-map", f"0:{one.audio[0].index}", "-c", "copy", *tags(about)]
    return made(command, folder / f"{FINAL}{ending}", _length(one, span_), tell, deadline, [path])


def _sound(
    arrived: Arrived, folder: Path, parts: list[Path], looked: list[Probe], span_: Span, tell: Tell, deadline: float
) -> Path:
    """An MP3 with tags and, where the source has a picture, a cover."""
    found = next(((path, one) for path, one in zip(parts, looked, strict=True) if one.audio), None)
    if found is None:
        raise errors.FormatUnavailable("Cette vidéo n'a pas de son.")
    path, one = found
    sound = one.audio[0]
    coding = ["copy"] if sound.codec == "mp3" else ["libmp3lame", "-b:a", f"{formats.MP3_RATE}k"]
    command = [*reading(path, one, span_)]
    mapped = ["-map", f"0:{sound.index}", "-c:a", *coding, *tags(arrived.about), "-id3v2_version", "3"]
    target, length = folder / f"{FINAL}mp3", _length(one, span_)
    picture = next((folder / file.name for file in arrived.files if file.role == "thumbnail"), None)
    if cover := _cover(picture):
        fitted = f"scale=w='min({COVER},iw)':h='min({COVER},ih)':force_original_aspect_ratio=decrease"
        drawn = ["-map", "1:v:0", "-c:v", "mjpeg", "-vf", fitted, "-pix_fmt", "yuvj420p"]
        drawn += ["-disposition:v", "attached_pic", "-metadata:s:v", "title=Cover"]
        drawn += ["-metadata:s:v", "comment=Cover (front)"]
        with suppress(MediaError):  # a damaged cover is no reason to do without the sound
            return made([*command, *cover, *mapped, *drawn], target, length, tell, deadline, parts)
    return made([*command, *mapped], target, length, tell, deadline, parts)


def _cover(picture: Path | None) -> list[str]:
    if picture is None or not (known := _image(picture)):
        return []
    return ffmpeg.reading(picture, known[1])


def _image(path: Path) -> tuple[str, str] | None:
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    return IMAGES.get(kind.mime) if kind else None


def tags(about: About) -> list[str]:
    values = {
        "title": about.title,
        "artist": about.uploader or "",
        "date": (about.upload_date or "")[:4],
        "comment": about.webpage_url,
    }
    told = {name: CONTROLS.sub("", value)[:TAG] for name, value in values.items()}
    return [argument for name, value in told.items() if value for argument in ("-metadata", f"{name}={value}")]


def made(command: list[str], target: Path, length: float, tell: Tell, deadline: float, sources: Sequence[Path]) -> Path:
    """Run ffmpeg towards `target` while `tell` is told. Raises OutOfTime at the deadline."""
    ending = target.suffix[1:]
    command = [*command, "-map_metadata", "0", "-sn", "-dn", "-avoid_negative_ts", "make_zero"]
    command += ["-movflags", "+faststart"] if ending in ("mp4", "m4a") else []
    command += ["-f", MUXERS.get(ending, ending), "-y", f"file:{target.absolute()}"]
    size = sum(path.stat().st_size for path in sources)
    writes = max(2 * size, int(length * formats.MP3_RATE * 250)) + (64 << 20)
    until = deadline - time.monotonic()
    if until <= 0:
        raise OutOfTime
    reached = [0.0]
    try:
        how = {"progress": lambda seconds: reached.__setitem__(0, seconds), "writes": writes, "patient": True}
        with ffmpeg.running(command, seconds=until, **how) as output:  # type: ignore[arg-type]
            ended = threading.Event()
            threading.Thread(target=_drain, args=(output, ended), daemon=True).start()
            while not ended.wait(0.5):
                tell(Progress("processing", min(99.0, 100 * reached[0] / length) if length else None))
    except Overrun:
        target.unlink(missing_ok=True)
        if time.monotonic() >= deadline - 0.5:
            raise OutOfTime from None
        raise
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target


def _drain(output: BinaryIO, ended: threading.Event) -> None:
    with suppress(OSError, ValueError):
        while output.read(1 << 16):
            pass
    ended.set()


def _named(order: Order, arrived: Arrived, folder: Path, made_: Path) -> Got:
    """Everything under the title's name; nothing else stays."""
    title, taken = arrived.about.title, set[str]()
    kept: dict[str, list[Path]] = {"thumbnail": [], "subtitles": []}

    def renamed(path: Path, ending: str, *middle: str) -> Path:
        name = file_name(title, ending, *middle, taken=taken)
        taken.add(name)
        return path.rename(folder / name)

    media = [renamed(made_, made_.suffix[1:])]
    for file in arrived.files:
        if file.role in kept and (ending := _side_ending(folder / file.name, file, order)):
            kept[file.role].append(renamed(folder / file.name, ending, *filter(None, [file.language])))
    whole = {*media, *kept["thumbnail"], *kept["subtitles"]}
    for path in folder.iterdir():
        if path not in whole:
            path.unlink()
    return Got(media, kept["thumbnail"], kept["subtitles"], arrived.about)


def _side_ending(path: Path, file: File, order: Order) -> str:
    if file.role == "subtitles":
        return path.suffix[1:]
    image = _image(path)
    return image[0] if image and order.include_thumbnail else ""
