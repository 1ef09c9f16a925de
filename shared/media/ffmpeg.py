"""Running ffmpeg: no network, no terminal, bounded time and memory, never a path in what a user reads.

It reads what strangers send: see `child` for its bounds.

`FFMPEG` names another binary than the one that comes with imageio-ffmpeg.
"""

import os
import re
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from shared.media import child
from shared.media.errors import MediaError, Overrun

LARGEST_ANSWER = 64 * 1024**2  # bytes `run` keeps in memory
MAX_PIXELS = 8192 * 4352  # 8K; a picture beyond it is refused before it is decoded
MAX_STREAMS = 100
LOG_LINES = 20
LARGEST_REPORT = 5000  # lines
LONGEST_LINE = 1000  # bytes; a file's own text can make ffmpeg say much longer ones
# glibc would reserve 64 MiB of address space for each thread, and count it as ours.
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}
PROGRESS = re.compile(r"(\w+)=\s*(\S+)$")
PATHS = re.compile(r"(file:)?/[^\s'\":]+")
TOO_MUCH = ("Cannot allocate memory", "malloc of size")  # of what a child is granted: the next one has no more
SHORTAGE = ("No space left on device", "Resource temporarily unavailable")

Progress = Callable[[float], None]


@cache
def program() -> str:
    named = os.environ.get("FFMPEG")
    if named:
        return shutil.which(named) or named  # found now: the child has no PATH
    from imageio_ffmpeg import get_ffmpeg_exe

    return str(get_ffmpeg_exe())


def reading(source: Path | BinaryIO, demuxer: str, *options: str) -> list[str]:
    """The arguments that open an input: one demuxer, and no protocol but the one it comes by.

    A playlist in disguise could otherwise make ffmpeg read other local files or the network. Every track is bounded:
    ffmpeg looks into those that nobody asked for, too.
    """
    protocol, name = ("file", f"file:{source.absolute()}") if isinstance(source, Path) else ("pipe", "pipe:0")
    bounds = ["-threads", str(child.threads()), "-max_pixels", str(MAX_PIXELS), "-max_streams", str(MAX_STREAMS)]
    return [*bounds, "-protocol_whitelist", protocol, "-f", demuxer, *options, "-i", name]


@contextmanager
def running(
    arguments: Sequence[str],
    *,
    seconds: float,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    report: list[str] | None = None,
    writes: int = 0,
    patient: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Iterator[BinaryIO]:
    """ffmpeg's standard output while it runs; read it to its end. `stdin` is a file object with a descriptor.

    `progress` is called about twice a second with the seconds of output written so far, on another thread. `report`
    gets the lines in which ffmpeg tells what it found and does. `writes` and
    `patient` are `child.started`'s. `environment` is added to the little that it has.
    Leaving the block early kills it. Raises MediaError when ffmpeg refuses the input and Overrun when it was stopped,
    by us after `seconds` or by the system.
    """
    level = "error" if report is None else "info"
    command = [program(), "-nostdin", "-hide_banner", "-nostats", "-loglevel", level]
    command += ["-filter_threads", str(child.threads()), *_telling(progress), *arguments]
    source = subprocess.DEVNULL if stdin is None else stdin
    log: deque[str] = deque(maxlen=LOG_LINES)
    knows = {**ENVIRONMENT, **(environment or {})}
    bounds: dict[str, Any] = {"seconds": seconds, "stdin": source, "environment": knows, "writes": writes}
    with child.started(command, **bounds, patient=patient) as (it, overdue):
        stdout, stderr = cast(BinaryIO, it.stdout), cast(BinaryIO, it.stderr)
        listener = threading.Thread(target=_listen, args=(stderr, log, progress, report), daemon=True)
        listener.start()
        try:
            yield stdout
            code = it.wait()
        except MediaError:  # what the caller made of an output that ends too early
            if overdue.is_set():
                raise Overrun(log=f"stopped after {seconds:.0f} s") from None
            raise
        finally:
            it.kill()
            it.wait()
            stdout.close()
            listener.join(timeout=5)
            stderr.close()
    if overdue.is_set():
        raise Overrun(log=f"stopped after {seconds:.0f} s")
    if code:
        raise _failure(code, "\n".join(log))


def run(
    arguments: Sequence[str],
    *,
    seconds: float,
    progress: Progress | None = None,
    report: list[str] | None = None,
    writes: int = 0,
    patient: bool = False,
) -> bytes:
    """Run ffmpeg to its end and return what it wrote to standard output (64 MiB at most)."""
    how: dict[str, Any] = {"progress": progress, "report": report, "writes": writes, "patient": patient}
    with running(arguments, seconds=seconds, **how) as output:
        answer = output.read(LARGEST_ANSWER)
        if output.read(1):
            raise Overrun(log="an answer of more than 64 MiB")
    return answer


def _telling(progress: Progress | None) -> list[str]:
    return ["-progress", "pipe:2", "-stats_period", "0.5"] if progress else []


def _listen(stderr: BinaryIO, log: deque[str], progress: Progress | None, report: list[str] | None) -> None:
    while raw := stderr.readline(LONGEST_LINE):
        line = raw.decode(errors="replace").rstrip()
        told = PROGRESS.fullmatch(line.strip()) if progress else None
        if not told:
            log.append(line.strip())
            if report is not None and len(report) < LARGEST_REPORT:
                report.append(line)
        elif progress and told[1] == "out_time_us" and told[2].isdigit():
            progress(int(told[2]) / 1e6)


def _failure(code: int, log: str) -> MediaError | Overrun:
    log = PATHS.sub("…", log)
    if "max_streams" in log:
        return MediaError("The file has too many tracks", log=log)
    if code > 0 and any(sign in log for sign in TOO_MUCH):
        return MediaError("The file takes more memory than there is", log=log)
    if code < 0 or any(sign in log for sign in SHORTAGE):
        return Overrun(log=f"exit {code}: {log}")
    return MediaError(log=log)
