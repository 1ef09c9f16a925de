"""How long a render takes, before it begins."""

from msgspec import Struct

from shared.render.encode import Settings
from shared.render.timeline import SEEN, Source, Timeline, ends, rate, size

STARTING = 1.0  # seconds
SOUND = 0.02  # seconds for each one of sound
PIXELS = {"h264": 110e6, "hevc": 25e6, "vp9": 12e6}  # a second, on two processors, at medium
SLOWER = {"low": 0.8, "medium": 1.0, "high": 1.3, "ultra": 2.0}
MOVING, FILMED, UPPER = 40e6, 80e6, 60e6  # pixels a second that a motion, a mezzanine, another layer add their time to


class Speed(Struct, frozen=True):
    """How much quicker than two processors, and how many chunks at once."""

    processors: float = 1.0
    workers: int = 1


def estimate(
    timeline: Timeline, sources: dict[str, Source], settings: Settings | None = None, speed: Speed | None = None
) -> float:
    """Seconds, about: pixels to be made, by what each kind costs."""
    how, given = settings or Settings(), speed or Speed()
    width, height = size(timeline.config.resolution) or (0, 0)
    per_second = float(rate(timeline.config.fps) or 30) * width * height
    end = ends(timeline, sources)
    spent = end * per_second * SLOWER[how.quality] / PIXELS[how.video()]
    for number, track in enumerate(one for one in timeline.tracks if one.type in SEEN):
        for clip in track.clips:
            source = sources.get(clip.asset_id)
            lasts = min(end, clip.duration or (source.duration if source and source.duration else 5.0))
            spent += lasts * per_second / MOVING if clip.motion != "none" else 0
            spent += lasts * per_second / FILMED if source and source.kind == "video" else 0
            spent += lasts * per_second / UPPER if number else 0
    heard = end * SOUND if any(track.type not in SEEN for track in timeline.tracks) else 0
    return STARTING + heard + spent / given.processors / given.workers
