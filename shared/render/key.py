"""What the bytes of a chunk depend on, as one word: the same key, the same bytes, and nothing to render again."""

import hashlib
import subprocess
from functools import cache

import msgspec
from msgspec.structs import replace

from shared.media import ffmpeg
from shared.render import encode
from shared.render.encode import Settings
from shared.render.plan import Chunk
from shared.render.timeline import Source

EDITION = 1  # of this renderer: one more whenever the same chunk would look different


def chunk_key(chunk: Chunk, sources: dict[str, Source], settings: Settings) -> str:
    """Where a chunk stands in the film matters to its words alone: the ones before it may change freely."""
    words = chunk.words if settings.subtitles == "burnt" else tuple(one for one in chunk.words if not one.caption)
    spec = replace(chunk, number=0, start=chunk.start if words else 0, words=words)
    shots = [
        shot for one in chunk.segments for layer in one.layers for shot in (layer.shot, layer.into) if shot is not None
    ]
    digests = {shot.asset_id: sources[shot.asset_id].digest for shot in shots}
    how = [encode.picture(settings, chunk.canvas), settings.subtitle_style if words else ""]
    whole = msgspec.json.encode([EDITION, version(), spec, sorted(digests.items()), how])
    return hashlib.sha256(whole).hexdigest()


@cache
def version() -> str:
    """ffmpeg's first line."""
    said = subprocess.run([ffmpeg.program(), "-version"], capture_output=True, check=True, timeout=30, env={})
    return said.stdout.split(b"\n")[0].decode(errors="replace")
