"""Good films, to spoil or to compare with."""

import subprocess
import tempfile
from functools import cache
from pathlib import Path

from shared.media.ffmpeg import program

CARD = ["-f", "lavfi", "-i", "testsrc2=size={size}:rate={rate}:duration={seconds}"]
TONE = ["-f", "lavfi", "-i", "sine=duration={seconds}"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "24", "-c:a", "aac", "-b:a", "64k"]


@cache
def clip(name: str, *arguments: str, size: str = "320x180", rate: int = 12, seconds: float = 2) -> bytes:
    """A test card with a tone, as ffmpeg writes it into a file of that name; `arguments` say how, H.264 otherwise."""
    sources = [one.format(size=size, rate=rate, seconds=seconds) for one in (*CARD, *TONE)]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / name
        command = [program(), "-nostdin", "-v", "error", *sources, *(arguments or H264), str(target)]
        subprocess.run(command, check=True, timeout=60)
        return target.read_bytes()


@cache
def made(name: str, *arguments: str) -> bytes:
    """Whatever ffmpeg makes of these arguments."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / name
        subprocess.run([program(), "-nostdin", "-v", "error", *arguments, str(target)], check=True, timeout=60)
        return target.read_bytes()
