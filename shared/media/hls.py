"""Renditions: which ones a film gets, and how ffmpeg makes each of them, segment by segment.

The top rung is the film itself when a browser can play it: H.264 in 8-bit 4:2:0, upright and progressive, with AAC, is
moved into fragments without being encoded again. Everything else is encoded, at most 1080 pixels on the short side.
A rung is named for its short side ("720p" is 1280x720 or 720x1280), so an upright phone film gets the same ladder.

One picture and one sound track go into each rendition: the first sound track is taken, others are left out.
"""

import math
from collections.abc import Generator, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from shared.media import child, ffmpeg
from shared.media.errors import MediaError
from shared.media.fmp4 import Piece, cut
from shared.media.playlist import Segment, Variant, rates, target_duration
from shared.media.probe import Audio, Probe, Video

SEGMENT = 6.0  # seconds
KEYFRAME = 2.0  # seconds between IDR frames of what we encode (Apple's HLS authoring specification §1.10)
LONGEST_COPY = 20.0  # seconds between keyframes above which moving a film as it is would make seeking a misery
HUNDREDTH = 0.01  # seconds to which a film's duration is known
UNKNOWN_TARGET = 12  # seconds promised per segment of a copy whose keyframes are not known beforehand
LADDER = {1080: 5000, 720: 2800, 480: 1400, 360: 800, 240: 400}  # short side → most kilobits per second of picture
TALLEST_ENCODE = 1080
FASTEST = 60.5  # frames per second that we encode
LARGEST, GROWTH = 128 << 20, 64  # bytes a rendition may have, and as many more for each byte of the film
MOST_SEGMENTS = 20_000  # a day has 14,400
PLAYABLE_PIXELS = {"yuv420p", "yuvj420p"}
PLAIN_SOUND = 192_000  # bits per second of stereo AAC above which lower rungs get their own, smaller sound
FRAGMENTS = "+frag_keyframe+delay_moov+default_base_moof+skip_trailer"
TONE_MAP = "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,"


class Rung(Struct, frozen=True):
    name: str
    width: int  # of the picture, 0 for sound alone
    height: int
    copies_video: bool
    copies_audio: bool
    video_rate: int  # most bits per second, when encoded
    audio_rate: int  # bits per second, when encoded; 0 without sound

    @property
    def can_continue(self) -> bool:
        """An interrupted encoding can go on where its last segment ended: any frame of the film will do for a start."""
        return bool(self.width) and not self.copies_video


def ladder(film: Probe) -> list[Rung]:
    """The rungs of a film: first the top one, which is playable soonest, then the lower ones, the cheapest first."""
    sound = film.audio[0] if film.audio else None
    if film.video is not None:
        return [_top(film.video, sound), *_lower(film, film.video, sound)]
    return [Rung("audio", 0, 0, False, _plays(sound), 0, 192_000)] if sound else []


def _top(video: Video, sound: Audio | None) -> Rung:
    copies = is_playable(video)
    height = min(video.width, video.height)
    if not copies:
        height = min(_even(height), TALLEST_ENCODE)
    width, tall = (video.width, video.height) if copies else _fit(video, height)
    rate = next((rate for side, rate in sorted(LADDER.items()) if side >= height), LADDER[1080])
    return Rung(f"{height}p", width, tall, copies, sound is not None and _plays(sound), rate * 1000, _sound_rate(sound))


def _lower(film: Probe, video: Video, sound: Audio | None) -> Iterator[Rung]:
    short = min(video.width, video.height, math.inf if is_playable(video) else TALLEST_ENCODE)
    for side, rate in sorted(LADDER.items()):
        if side < short:
            width, height = _fit(video, side)
            most = min(rate * 1000, max(150_000, int(0.8 * (video.bit_rate or film.bit_rate or rate * 1000))))
            copies = sound is not None and _plays(sound) and sound.channels <= 2 and sound.bit_rate <= PLAIN_SOUND
            yield Rung(
                f"{side}p", width, height, False, copies, most, _sound_rate(sound, 128_000 if side > 360 else 96_000)
            )


def is_playable(video: Video) -> bool:
    """True when browsers play the picture as it is. A turned one is encoded: Safari's HLS ignores the rotation."""
    gaps = [after - before for before, after in pairwise(video.keyframes)]
    return (
        video.codec == "h264"
        and video.pixel_format in PLAYABLE_PIXELS
        and not video.rotation
        and not video.interlaced
        and max(gaps, default=0) <= LONGEST_COPY
    )


def _plays(sound: Audio) -> bool:
    return sound.codec == "aac" and sound.codecs in ("mp4a.40.2", "mp4a.40.5", "mp4a.40.29")


def _sound_rate(sound: Audio | None, most: int = 160_000) -> int:
    return 0 if sound is None else min(most, 96_000 if sound.channels == 1 else most)


def _fit(video: Video, short: int) -> tuple[int, int]:
    """(width, height), both even, of the picture with `short` pixels on its short side."""
    long = _even(max(video.width, video.height) * short / min(video.width, video.height))
    short = _even(short)
    return (long, short) if video.width >= video.height else (short, long)


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def promised_target(film: Probe, rung: Rung) -> int:
    """Seconds to announce as TARGETDURATION before there are segments; it must not change (RFC 8216 §6.2.1)."""
    start = film.video.start if film.video else 0.0  # what comes before the first picture is in the first segment
    if not rung.copies_video:
        return target_duration([SEGMENT + start])
    keyframes = film.video.keyframes if film.video else ()
    if not keyframes:
        return UNKNOWN_TARGET
    edges = [keyframes[0]]
    for time in keyframes[1:]:
        if time - edges[-1] >= _least(rung):
            edges.append(time)
    end = film.duration + HUNDREDTH - start + edges[0]
    edges.append(max(end, edges[-1]))
    edges[0] -= start
    return target_duration(after - before for before, after in pairwise(edges))


def _least(rung: Rung) -> float:
    """A segment ends at the first keyframe after this many seconds. On our own two-second grid five make six: six
    would make eight whenever a frame falls a hair early (29.97 frames per second)."""
    return SEGMENT - 0.1 if rung.copies_video else SEGMENT - 1


def produce(
    source: Path | BinaryIO,
    film: Probe,
    rung: Rung,
    folder: Path,
    *,
    seconds: float,
    first: int = 0,
    start: float = 0.0,
) -> Generator[Piece, None, None]:
    """Make a rendition: yields its init segment, then every segment as soon as it is complete in `folder`.

    The caller deletes what it no longer needs; while it does not ask for the next piece, ffmpeg waits. `source` may be
    a pipe (a file object with a descriptor) for a film that can be read in order. A rung that `can_continue` goes on
    with segment number `first`, `start` seconds into the film. Raises MediaError or, after `seconds`, Overrun.
    """
    place = f"{start - 0.002:.3f}"  # a hair early: the frame at `start` must not be lost to rounding
    seek = ["-ss", place] if first else []
    command = [
        *ffmpeg.reading(source, film.kind.demuxer, *seek),
        *_picture(film.video, rung),
        *_sound(film, rung),
        *["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-max_muxing_queue_size", "4096"],
        *(["-output_ts_offset", place] if first else []),
        *["-movflags", FRAGMENTS],
        *(
            ["-min_frag_duration", f"{_least(rung) * 1e6:.0f}"]
            if rung.width
            else ["-frag_duration", f"{SEGMENT * 1e6:.0f}"]
        ),
        *["-f", "mp4", "pipe:1"],
    ]
    stdin = None if isinstance(source, Path) else source
    made, room = 0, LARGEST + GROWTH * film.size
    with ffmpeg.running(command, seconds=seconds, stdin=stdin, patient=not rung.copies_video) as output:
        for piece in cut(output, folder, rung.name, first=first, start=start):
            made += not piece.is_init
            room -= piece.size
            if room < 0 or first + made > MOST_SEGMENTS:
                raise MediaError("The film would become far larger than it is", log=f"{made} segments")
            yield piece
    if not made and not first:
        raise MediaError("The file has nothing to play")


def _picture(video: Video | None, rung: Rung) -> list[str]:
    if video is None or not rung.width:
        return ["-vn"]
    chosen = ["-map", f"0:{video.index}"]
    if rung.copies_video:
        return [*chosen, "-c:v", "copy"]
    # Of frames that fall on the same tick one is left; none is made up, as the filter `fps` would: two frames a day
    # apart are two frames.
    clock = "1:60" if video.frame_rate > FASTEST else "1:90000"
    filters = [
        "bwdif=deint=interlaced," if video.interlaced else "",
        f"scale={rung.width}:{rung.height}:flags=bicubic,setsar=1,",
        TONE_MAP if video.hdr else "",  # made small first: it takes 12 bytes for each pixel, 400 MB for a frame of 8K
        "format=yuv420p",
    ]
    return [
        *[*chosen, "-vf", "".join(filters), "-fps_mode", "vfr", "-enc_time_base", clock],
        *[
            "-threads",
            str(child.threads()),
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-profile:v",
            "high",
            "-crf",
            "23",
        ],
        *["-maxrate", str(rung.video_rate), "-bufsize", str(rung.video_rate * 2)],
        *["-g", "600", "-sc_threshold", "0", "-force_key_frames", f"expr:gte(t,n_forced*{KEYFRAME:g})"],
        *["-video_track_timescale", "90000"],
    ]


def _sound(film: Probe, rung: Rung) -> list[str]:
    if not film.audio:
        return ["-an"]
    chosen = ["-map", f"0:{film.audio[0].index}"]
    if rung.copies_audio:
        framed = film.kind.demuxer in ("mpegts", "aac")
        return [*chosen, "-c:a", "copy", *(["-bsf:a", "aac_adtstoasc"] if framed else [])]
    rate = film.audio[0].sample_rate
    channels = min(2, film.audio[0].channels)
    return [
        *[*chosen, "-c:a", "aac", "-b:a", str(rung.audio_rate), "-ac", str(channels)],
        *["-ar", str(rate if rate in (44100, 48000) else 48000)],
    ]


def variant(film: Probe, rung: Rung, codecs: str, segments: Sequence[Segment]) -> Variant:
    """The rung's line of the master playlist. `codecs` is what `stream_codecs` says of its init segment."""
    peak, average = rates(segments)
    return Variant(
        name=rung.name,
        codecs=codecs,
        peak=peak,
        average=average,
        width=rung.width,
        height=rung.height,
        frame_rate=min(60.0, film.video.frame_rate) if film.video and rung.width else 0.0,
    )
