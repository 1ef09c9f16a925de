"""HLS playlists as text (RFC 8216; `EXT-X-BITRATE` from RFC 8216bis §4.4.4.8, which old players ignore)."""

import math
import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

ENTRY = re.compile(r"#EXT-X-BITRATE:(\d+)\n#EXTINF:([\d.]+),\n(\S+)")
TARGET = re.compile(r"#EXT-X-TARGETDURATION:(\d+)")
# What files say (ISO 639-2, both lists of it) → what a player wants (BCP 47) and shows.
LANGUAGES = {
    "ara": ("ar", "العربية"),
    "chi": ("zh", "中文"),
    "cze": ("cs", "Čeština"),
    "dan": ("da", "Dansk"),
    "dut": ("nl", "Nederlands"),
    "eng": ("en", "English"),
    "fin": ("fi", "Suomi"),
    "fre": ("fr", "Français"),
    "ger": ("de", "Deutsch"),
    "gre": ("el", "Ελληνικά"),
    "heb": ("he", "עברית"),
    "hin": ("hi", "हिन्दी"),
    "hun": ("hu", "Magyar"),
    "ita": ("it", "Italiano"),
    "jpn": ("ja", "日本語"),
    "kor": ("ko", "한국어"),
    "nor": ("no", "Norsk"),
    "pol": ("pl", "Polski"),
    "por": ("pt", "Português"),
    "rum": ("ro", "Română"),
    "rus": ("ru", "Русский"),
    "spa": ("es", "Español"),
    "swe": ("sv", "Svenska"),
    "tur": ("tr", "Türkçe"),
    "ukr": ("uk", "Українська"),
    "vie": ("vi", "Tiếng Việt"),
}
ALIASES = {
    "zho": "chi",
    "ces": "cze",
    "nld": "dut",
    "fra": "fre",
    "deu": "ger",
    "ell": "gre",
    "ron": "rum",
} | {short: long for long, (short, _) in LANGUAGES.items()}


class Segment(Struct, frozen=True):
    name: str
    seconds: float
    size: int  # bytes


class Variant(Struct, frozen=True, omit_defaults=True):
    """One line of a master playlist. `peak` and `average` are bits per second, sound included."""

    name: str  # "720p"; its playlist is 720p.m3u8
    codecs: str
    peak: int
    average: int
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0


class Captions(Struct, frozen=True, omit_defaults=True):
    """A subtitle track; its playlist is `name`.m3u8 and its text `name`.vtt."""

    name: str  # "subs_0_fr"
    language: str  # BCP 47, "und" when unknown
    title: str
    forced: bool = False


def language(code: str) -> tuple[str, str]:
    """(BCP 47 tag, the language's own name) of the code a file carries: "fre" → ("fr", "Français")."""
    code = code.lower()
    known = LANGUAGES.get(ALIASES.get(code, code))
    if known:
        return known
    plain = re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", code) and code != "und"
    return (code, code) if plain else ("und", "")


def target_duration(seconds: Iterable[float]) -> int:
    """The least that every segment's rounded duration fits under (RFC 8216 §4.3.3.1)."""
    return max(1, max((math.floor(length + 0.5) for length in seconds), default=1))


def media_playlist(name: str, segments: Sequence[Segment], *, target: int = 0, ended: bool = True) -> str:
    """The playlist of rendition `name`. Not `ended`, it grows (EVENT) and asks players to start at its beginning,
    where they would otherwise take it for a live show; `target` is the duration promised for the segments to come."""
    target = max(target, target_duration(segment.seconds for segment in segments))
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{target}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        *([] if ended else ["#EXT-X-START:TIME-OFFSET=0,PRECISE=YES"]),
        f'#EXT-X-MAP:URI="{name}_init.mp4"',
    ]
    for segment in segments:
        rate = max(1, round(segment.size * 8 / segment.seconds / 1000))
        lines += [f"#EXT-X-BITRATE:{rate}", f"#EXTINF:{segment.seconds:.6f},", segment.name]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else []), ""])


def read_media_playlist(text: str) -> tuple[list[Segment], int, bool]:
    """(segments, target duration, ended) of a playlist written here: where an interrupted rendition goes on from."""
    segments = [
        Segment(name, float(seconds), round(int(rate) * 1000 * float(seconds) / 8))
        for rate, seconds, name in ENTRY.findall(text)
    ]
    target = TARGET.search(text)
    return segments, int(target[1]) if target else 0, "#EXT-X-ENDLIST" in text


def captions_playlist(name: str, duration: float) -> str:
    """A subtitle track is one WebVTT file as long as the film."""
    return "\n".join(
        [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{max(1, math.ceil(duration))}",
            "#EXT-X-MEDIA-SEQUENCE:0",
            "#EXT-X-PLAYLIST-TYPE:VOD",
            f"#EXTINF:{max(duration, 0.001):.6f},",
            f"{name}.vtt",
            "#EXT-X-ENDLIST",
            "",
        ]
    )


def rates(segments: Sequence[Segment]) -> tuple[int, int]:
    """(peak, average) bits per second; the peak is the fullest segment's (RFC 8216 §4.3.4.2).

    A short last segment is measured with what stands before it: alone, one keyframe would look like a flood.
    """
    if not segments:
        return 0, 0
    target = max(segment.seconds for segment in segments)
    full = [segment for segment in segments if segment.seconds >= target / 2]
    peak = max(math.ceil(segment.size * 8 / segment.seconds) for segment in full)
    seconds = sum(segment.seconds for segment in segments)
    return peak, min(peak, math.ceil(sum(segment.size for segment in segments) * 8 / seconds))


def master_playlist(variants: Sequence[Variant], captions: Sequence[Captions] = ()) -> str:
    """master.m3u8 (RFC 8216 §4.3.4), the best variant first: players without a measurement begin with it."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for track in captions:
        attributes = [
            "TYPE=SUBTITLES",
            'GROUP-ID="subs"',
            f"NAME={_quoted(track.title)}",
            f"LANGUAGE={_quoted(track.language)}",
            "DEFAULT=NO",
            "AUTOSELECT=YES",
            f"FORCED={'YES' if track.forced else 'NO'}",
            f"URI={_quoted(track.name + '.m3u8')}",
        ]
        lines.append("#EXT-X-MEDIA:" + ",".join(attributes))
    for variant in sorted(variants, key=lambda one: (one.width * one.height, one.average), reverse=True):
        attributes = [f"BANDWIDTH={variant.peak}", f"AVERAGE-BANDWIDTH={variant.average}"]
        if variant.width:
            attributes.append(f"RESOLUTION={variant.width}x{variant.height}")
        if variant.codecs:
            attributes.append(f"CODECS={_quoted(variant.codecs)}")
        if variant.frame_rate:
            attributes.append(f"FRAME-RATE={variant.frame_rate:.3f}")
        if captions:
            attributes.append('SUBTITLES="subs"')
        lines += ["#EXT-X-STREAM-INF:" + ",".join(attributes), f"{variant.name}.m3u8"]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    """A quoted string holds no quote and no line break (RFC 8216 §4.2)."""
    return '"' + re.sub(r'["\r\n\x00-\x1f]', "", text) + '"'
