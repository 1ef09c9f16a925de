"""Fetching a file from this machine: against yt-dlp on the command line, and memory by size.

Both start a process of Python with yt-dlp in it; ours also has the guard, and a parent that listens.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.measure.ratios import in_turn, row
from shared.sources import engine
from shared.sources.order import Order

MIB = 1 << 20
ROUNDS = 5
TIMED = 256  # MiB
SIZES = (64, 256, 512)  # MiB
FIRST = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2"


def measure() -> None:
    with tempfile.TemporaryDirectory() as kept, served(Path(kept)) as url:
        for size in SIZES:
            film(Path(kept) / f"{size}.mp4", size * MIB)
        address = f"{url}/{TIMED}.mp4"
        ours, theirs, ratio = in_turn(lambda: seconds_of(address, fetched), lambda: seconds_of(address, plain), ROUNDS)
        row(f"a file of {TIMED} MiB, ours / yt-dlp", ours, theirs, ratio, "≤ 1.1")
        peaks = [peak(f"{url}/{size}.mp4") for size in SIZES]
        slope = (peaks[-1] - peaks[0]) / (SIZES[-1] - SIZES[0])
        told = ", ".join(f"{size} MiB: {most:.0f} MB" for size, most in zip(SIZES, peaks, strict=True))
        print(f"memory of worker and child, {told}; slope {slope:.3f} MB/MiB  (bar < 300 MB, slope ~0)", flush=True)


def film(path: Path, size: int) -> None:
    """An MP4 as far as its first bytes tell."""
    with path.open("wb") as file:
        file.write(FIRST + (size - len(FIRST)).to_bytes(4, "big") + b"mdat")
        block = os.urandom(MIB)
        while file.tell() + MIB <= size:
            file.write(block)
        file.write(bytes(size - file.tell()))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            place = f"127.0.0.1:{said.split(' port ')[1].split()[0]}"
            os.environ |= {"OUTBOUND_ALLOW": place, "DOWNLOAD_ALLOWED_HOSTS": "*"}
            yield f"http://{place}"
        finally:
            process.terminate()


def seconds_of(url: str, how: Callable[[str, Path], None]) -> float:
    folder = Path(tempfile.mkdtemp())
    try:
        start = time.perf_counter()
        how(url, folder)
        return time.perf_counter() - start
    finally:
        shutil.rmtree(folder)


def fetched(url: str, folder: Path) -> None:
    deadline = time.monotonic() + 600
    engine.fetch(Order(url, "best"), folder, lambda _: None, largest=4096 * MIB, deadline=deadline)


def plain(url: str, folder: Path) -> None:
    command = [sys.executable, "-m", "yt_dlp", "--ignore-config", "--no-cache-dir", "--quiet", "--no-progress", url]
    subprocess.run(command, cwd=folder, check=True)


def peak(url: str) -> float:
    """MB that a fresh worker and its child hold at most, together."""
    code = f"from scripts.measure.downloads import alone; alone({url!r})"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(said.stdout)


def alone(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        fetched(url, Path(folder))
    both = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(sum(both) * 1024 / 1e6)
