"""Music: a piece composed for the prompt, played and encoded."""

import math
import tempfile
from pathlib import Path

from shared.errors import Invalid
from shared.media import ffmpeg
from shared.providers.kinds import LONGEST, SHORTEST, Music, MusicRequest
from shared.providers.offline.composing import compose

MIB = 1 << 20


def play(request: MusicRequest) -> Music:
    """Stereo, 48 kHz, AAC in an M4A of exactly `request.duration` seconds. Raises Invalid for another."""
    from shared.providers.offline.instruments import RATE, played

    if not math.isfinite(request.duration) or not SHORTEST <= request.duration <= LONGEST:
        raise Invalid("Invalid duration", field="duration", constraint=f"from {SHORTEST:.0f} to {LONGEST:.0f} seconds")
    piece = compose(f"{request.prompt} {request.style}", request.tempo, request.duration)
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "played", Path(folder) / "music.m4a"
        sound = played(piece)
        with source.open("wb") as file:
            for first in range(0, len(sound), RATE * 10):
                file.write((sound[first : first + RATE * 10] * 32767).astype("<i2").tobytes())
        raw = ["-ar", str(RATE), "-ch_layout", "stereo"]
        out = ["-c:a", "aac", "-b:a", "192k", "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart"]
        ffmpeg.run([*ffmpeg.reading(source, "s16le", *raw), *out, str(made)], seconds=120, writes=64 * MIB)
        data = made.read_bytes()
    model = f"bobine {piece.mood}, {piece.tempo:.0f} bpm"
    return Music(provider="local", model=model, seconds=request.duration, data=data, mime="audio/mp4")
