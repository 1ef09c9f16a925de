"""The renderer: from a timeline and files on this disk to a film. No tables, no storage, no HTTP.

    timeline → check → plan ─┬→ mezzanine → graph, encode (a chunk) ─┬→ join
    aspects, otio            └→ sound ───────────────────────────────┘
                               subtitles, titles, fonts

    check(timeline, sources)            what is wrong with it, by field
    plan(timeline, sources)             its chunks, sounds and captions, in whole frames
    prepare, render_chunk, render_sound, join     the steps, each of which may run on a machine of its own
    render(timeline, sources, out)      all of them here
    estimate(timeline)                  how long it will take
    chunk_key(chunk, sources, settings) what a chunk's bytes depend on

`sources` are by asset id. Everything that decodes runs in ffmpeg, bounded (`shared/media/child`). Raises MediaError for
a source that cannot be read, naming it, Overrun for what takes too long, and Cancelled.

What only looks at a timeline is imported from here; what runs ffmpeg from its own module, by those who have it.
"""

from shared.render.check import check
from shared.render.encode import Settings
from shared.render.errors import Cancelled
from shared.render.estimate import estimate
from shared.render.plan import Chunk, Plan, plan
from shared.render.timeline import Clip, Config, Source, Timeline, Track, Wrong

__all__ = [
    "Cancelled",
    "Chunk",
    "Clip",
    "Config",
    "Plan",
    "Settings",
    "Source",
    "Timeline",
    "Track",
    "Wrong",
    "check",
    "estimate",
    "plan",
]
