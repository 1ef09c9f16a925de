"""Pictures, sounds and a film to render, and looking at what came of them."""

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import pytest

from shared.media.ffmpeg import program
from shared.render import Source
from tests.shared.media.conftest import bunny, encode

__all__ = ["bunny"]
SMALL = "320x180"
SPEECH = "aevalsrc=0.4*sin(2*PI*300*t)*(0.6+0.4*sin(2*PI*3*t))|0.4*sin(2*PI*300*t)*(0.6+0.4*sin(2*PI*3*t)):s=48000:d={}"
MUSIC = "sine=frequency=2000:duration={}:sample_rate=44100"

Sources = dict[str, Source]


@pytest.fixture(scope="session")
def sources(bunny: Path, tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """`rabbit` and `grass`: stills of a film; `badge`: half transparent; `film`: itself; `voice`, `music`: sounds."""
    folder = tmp_path_factory.mktemp("assets")
    encode(folder / "rabbit.jpg", "-ss", "1", "-i", str(bunny), "-frames:v", "1")
    encode(folder / "grass.png", "-ss", "4", "-i", str(bunny), "-frames:v", "1", "-vf", "crop=600:700:300:0")
    encode(folder / "badge.png", "-f", "lavfi", "-i", "color=c=red@0.5:s=80x80,format=rgba", "-frames:v", "1")
    encode(folder / "voice.wav", "-f", "lavfi", "-i", SPEECH.format(3))
    encode(folder / "music.mp3", "-f", "lavfi", "-i", MUSIC.format(2), "-ac", "2")
    return {
        "rabbit": Source(folder / "rabbit.jpg", "image", 1280, 720, digest="1"),
        "grass": Source(folder / "grass.png", "image", 600, 700, digest="2"),
        "badge": Source(folder / "badge.png", "image", 80, 80, digest="3"),
        "film": Source(bunny, "video", 1280, 720, 5.28, "4", sound=True),
        "voice": Source(folder / "voice.wav", "audio", duration=3.0, digest="5"),
        "music": Source(folder / "music.mp3", "audio", duration=2.0, digest="6"),
    }


def drawn(arguments: Sequence[str]) -> list[str]:
    """A hash of each frame that a graph makes, before it is encoded."""
    command = [program(), "-nostdin", "-v", "error", *arguments, "-f", "framemd5", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    return [line.rpartition(",")[2].strip() for line in said.splitlines() if not line.startswith("#")]


def moments(film: Path) -> list[float]:
    """The times of a film's frames, in order of showing."""
    with av.open(str(film)) as file:
        return sorted(float(one.pts * one.time_base) for one in file.demux(video=0) if one.pts is not None)


def keyframes(film: Path) -> set[float]:
    with av.open(str(film)) as file:
        return {
            float(one.pts * one.time_base) for one in file.demux(video=0) if one.is_keyframe and one.pts is not None
        }


def tracks(film: Path) -> list[str]:
    with av.open(str(film)) as file:
        return [one.codec_context.name if one.codec_context else one.type for one in file.streams]


def pixels(film: Path, at: float, crop: str = "iw:ih:0:0") -> bytes:
    """A frame in grey, or a part of it."""
    command = [program(), "-v", "error", "-ss", f"{at}", "-i", str(film), "-frames:v", "1"]
    command += ["-vf", f"crop={crop},format=gray", "-f", "rawvideo", "-"]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


def brightness(film: Path, at: float, crop: str = "iw:ih:0:0") -> float:
    shown = pixels(film, at, crop)
    return sum(shown) / len(shown)


def loudness(film: Path) -> tuple[float, float]:
    """LUFS and dBTP of the whole (EBU R 128)."""
    command = [program(), "-nostdin", "-v", "info", "-nostats", "-i", str(film), "-vn"]
    command += ["-af", "loudnorm=print_format=json", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr
    found = re.search(r"\{[^{}]*input_i[^{}]*\}", said)
    assert found
    told = json.loads(found[0])
    return float(told["input_i"]), float(told["input_tp"])


def level(film: Path, start: float, end: float, band: str = "anull") -> float:
    """dB RMS between two moments, of a band."""
    command = [program(), "-nostdin", "-v", "info", "-nostats", "-i", str(film), "-vn"]
    command += ["-af", f"{band},atrim={start}:{end},astats=measure_perchannel=none", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr
    found = re.search(r"RMS level dB: (\S+)", said)
    assert found
    return float(found[1])


Look = Callable[[Path, float], bytes]
