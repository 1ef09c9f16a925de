"""What the film file is to be: container, codecs, quality; and the arguments that make ffmpeg write it so.

Groups of pictures are closed and every chunk is encoded by itself in the same way, so that joining copies. Constant
quality, since a second pass would need statistics of all chunks; a bit rate, when given, is kept by each chunk.
"""

import re

from msgspec import Struct

from shared.media import child
from shared.render.plan import Canvas
from shared.render.timeline import Wrong

CODECS = {"mp4": ("h264", "hevc"), "webm": ("vp9",)}
SOUNDS = {"mp4": ("aac",), "webm": ("opus",)}
SUBTITLES = ("none", "burnt", "soft")
STYLES = ("default", "bold", "minimal")
QUALITIES = {  # CRF and preset of x264, of x265, CRF and speed of vp9
    "low": ((28, "veryfast"), (31, "ultrafast"), (40, 6)),
    "medium": ((23, "veryfast"), (27, "ultrafast"), (34, 5)),
    "high": ((19, "faster"), (23, "superfast"), (30, 4)),
    "ultra": ((16, "fast"), (19, "veryfast"), (24, 2)),
}
RATE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)([kM]?)")
SLOWEST, FASTEST = 50_000, 100_000_000  # bits per second
COLOURS = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"]


class Settings(Struct, frozen=True, omit_defaults=True):
    """iafactory: Lancer le Rendu. `codec` and `audio_codec` are the container's own when not said."""

    format: str = "mp4"
    codec: str = ""
    quality: str = "medium"
    bitrate: str = ""  # "10M"
    audio_codec: str = ""
    audio_bitrate: str = "192k"
    subtitles: str = "burnt"
    subtitle_style: str = ""  # "" leaves each caption its own
    language: str = ""  # of the soft subtitles, ISO 639-2
    threads: int = 0  # 0: one per processor
    seconds: float = 840.0  # that one ffmpeg may take

    def video(self) -> str:
        return self.codec or CODECS[self.format][0]

    def audio(self) -> str:
        return self.audio_codec or SOUNDS[self.format][0]

    def workers(self) -> int:
        return self.threads or child.threads()


def wrong(settings: Settings) -> list[Wrong]:
    """What cannot be, by field."""
    if settings.format not in CODECS:
        return [Wrong("format", "enum", f"A format is one of {', '.join(CODECS)}")]
    found = []
    allowed = {
        "codec": ("", *CODECS[settings.format]),
        "audio_codec": ("", *SOUNDS[settings.format]),
        "quality": tuple(QUALITIES),
        "subtitles": SUBTITLES,
        "subtitle_style": ("", *STYLES),
    }
    for name, values in allowed.items():
        if getattr(settings, name) not in values:
            words = ", ".join(filter(None, values))
            found.append(Wrong(name, "enum", f"For {settings.format} it is one of {words}"))
    for name, most in (("bitrate", FASTEST), ("audio_bitrate", 512_000)):
        value = getattr(settings, name)
        least = SLOWEST if name == "bitrate" else 32_000
        if (value or name == "audio_bitrate") and not least <= bits(value) <= most:
            found.append(
                Wrong(name, "range", f"A bit rate is from {least} to {most}, such as {value or '192k'!r}"[:80])
            )
    return found


def bits(rate: str) -> int:
    """Bits per second of "10M" or "320k"; 0 for what is no rate."""
    found = RATE.fullmatch(rate)
    return round(float(found[1]) * {"": 1, "k": 1000, "M": 1_000_000}[found[2]]) if found else 0


def picture(settings: Settings, canvas: Canvas) -> list[str]:
    """Arguments for the picture, in an MP4 whichever the codec: WebM would round times to milliseconds."""
    second = max(1, round(canvas.rate))
    groups = ["-g", str(2 * second), "-keyint_min", str(second)]
    timed = ["-r", f"{canvas.numerator}/{canvas.denominator}", "-fps_mode", "cfr"]
    scale = canvas.numerator if canvas.numerator >= 10_000 else canvas.numerator * 512
    into = [*COLOURS, "-an", "-sn", "-dn", "-map_metadata", "-1", "-video_track_timescale", str(scale), "-f", "mp4"]
    x264, x265, vp9 = QUALITIES[settings.quality]
    threads, codec = str(settings.workers()), settings.video()
    if codec == "hevc":
        fixed = f"pools={threads}:frame-threads=1:open-gop=0:repeat-headers=1:log-level=error"
        how = ["-c:v", "libx265", "-tag:v", "hvc1", "-preset", str(x265[1]), "-x265-params", fixed]
        how += _rated(settings, ["-crf", str(x265[0])])
    elif codec == "vp9":
        how = ["-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", str(vp9[1]), "-row-mt", "1"]
        how += ["-threads", threads, *_rated(settings, ["-crf", str(vp9[0]), "-b:v", "0"])]
    else:
        how = ["-c:v", "libx264", "-preset", str(x264[1]), "-flags", "+cgop", "-x264-params", "stitchable=1"]
        how += ["-profile:v", "high", "-threads", threads, *_rated(settings, ["-crf", str(x264[0])])]
    return [*how, *groups, *timed, *into]


def _rated(settings: Settings, otherwise: list[str]) -> list[str]:
    rate = bits(settings.bitrate)
    return ["-b:v", str(rate), "-maxrate", str(rate * 3 // 2), "-bufsize", str(rate * 2)] if rate else otherwise


def sound(settings: Settings) -> list[str]:
    """Arguments for the sound, in the container that joining takes it from."""
    rate = ["-b:a", str(bits(settings.audio_bitrate)), "-ar", "48000", "-ac", "2", "-vn", "-map_metadata", "-1"]
    return (
        ["-c:a", "libopus", *rate, "-f", "ogg"] if settings.audio() == "opus" else ["-c:a", "aac", *rate, "-f", "mp4"]
    )
