"""Text subtitles inside a film as WebVTT tracks, all of them in one pass over the file.

Times need no `X-TIMESTAMP-MAP`: ffmpeg starts subtitles and segments at the same zero, which is what a player assumes
without it (RFC 8216 §3.5). Subtitles that are pictures (DVD, Blu-ray, DVB) have no text and are left out.
"""

from pathlib import Path

from shared.media import ffmpeg
from shared.media.playlist import Captions, captions_playlist, language
from shared.media.probe import Probe

MOST = 32  # tracks
LARGEST = 4 << 20  # bytes of a track's text; three hours of talk have 200 KiB
LONGEST = 4000  # characters of a cue; six lines of fifty are much
MOST_CUES = 50_000


def captions(film: Probe) -> list[Captions]:
    """The tracks a film has, named `subs_0_fr`, `subs_1_en`, … with titles no two of which are equal."""
    found: list[Captions] = []
    for number, stream in enumerate([one for one in film.subtitles if one.is_text][:MOST]):
        tag, own_name = language(stream.language)
        title = stream.title.strip() or own_name or f"Subtitles {number + 1}"
        if any(track.title == title for track in found):
            title = f"{title} ({number + 1})"
        found.append(Captions(f"subs_{number}_{tag}", tag, title, stream.forced))
    return found


def extract(source: Path, film: Probe, folder: Path, *, seconds: float) -> list[Captions]:
    """Write `subs_0_fr.vtt` and its playlist for every text track into `folder`. Raises MediaError, Overrun."""
    tracks = captions(film)
    if not tracks:
        return []
    command = ffmpeg.reading(source, film.kind.demuxer)
    for track, stream in zip(tracks, [one for one in film.subtitles if one.is_text], strict=False):
        target = f"file:{folder.absolute()}/{track.name}.vtt"
        command += ["-map", f"0:{stream.index}", "-c:s", "webvtt", "-map_metadata", "-1", "-f", "webvtt", target]
    ffmpeg.run(command, seconds=seconds, writes=LARGEST, patient=True)
    for track in tracks:
        path = folder / f"{track.name}.vtt"
        path.write_text(sane(path.read_text(errors="replace")))
        (folder / f"{track.name}.m3u8").write_text(captions_playlist(track.name, film.duration))
    return tracks


def sane(text: str) -> str:
    """WebVTT without cues that nobody could read: too long, or beyond MOST_CUES."""
    head, *cues = text.split("\n\n")
    return "\n\n".join([head, *[cue for cue in cues if len(cue) <= LONGEST][:MOST_CUES]])
