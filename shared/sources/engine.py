"""`look` and `fetch`: an order goes to a child with yt-dlp in it, words come back, files stand in a folder.

The child has an empty environment, bounded memory, processor time, wall time and file size, and ends with the block.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any, cast

import msgspec

from shared import log
from shared.media import child
from shared.settings import settings
from shared.sources import addresses, errors, finish, formats, inside
from shared.sources.errors import OutOfTime, SourceError
from shared.sources.found import Found
from shared.sources.order import Got, Order, Progress
from shared.sources.told import Arrived, Job, Told

LONGEST_LOOK = 25.0  # seconds
SILENCE = 25.0  # seconds without a byte, after which a source is given up
LONGEST_LINE = 64 << 20  # bytes
PULSE = 1.0  # seconds without a word, after which whoever waits may have changed their mind
SLACK = 64 << 20  # bytes beyond `largest` that a file may have, for the check to be ours and not the system's
KINDS: dict[str, Callable[[], SourceError]] = {
    "refused": lambda: errors.UrlNotAllowed("Cette adresse mène là où ce service ne va pas."),
    "silent": errors.Silent,
    "large": errors.TooLarge,
    "memory": errors.Short,
    "format": errors.FormatUnavailable,
    "nothing": errors.VideoUnavailable,
    "words": errors.InvalidUrl,
    "live": lambda: errors.FormatUnavailable("Un direct ne se télécharge qu'une fois terminé."),
    "playlist": lambda: errors.InvalidUrl("Ce lien est une playlist : choisissez les vidéos à télécharger."),
}
Tell = Callable[[Progress], None]


def look(url: str, *, cookies: Path | None = None, seconds: float = LONGEST_LOOK) -> Found:
    """What a link holds, within `seconds`. Raises SourceError; Silent when nothing came of it in time."""
    order = Order(addresses.allowed(url), formats.BEST)
    job = _job("look", order, cookies, seconds=seconds)
    for told in _words(job, seconds, 0):
        if told is None:
            raise errors.Silent
        if told.found is not None:
            found = msgspec.convert(told.found, Found)
            return msgspec.structs.replace(found, platform=addresses.platform_of(url))
    raise errors.SourceError


def fetch(order: Order, folder: Path, tell: Tell, *, largest: int, deadline: float, cookies: Path | None = None) -> Got:
    """Bring an order's files into `folder`, which is ours alone: at most `largest` bytes, until `deadline` (monotonic).

    `tell` is called about twice a second and may raise to stop: the child is ended at once. Raises SourceError, and
    OutOfTime near the deadline with what has arrived left in the folder: another call with the same order and folder
    goes on from it. After any other error the folder is empty.
    """
    try:
        order = msgspec.structs.replace(order, url=addresses.allowed(order.url))
        if not formats.is_spelled(order.format_id):
            raise errors.FormatUnavailable
        arrived = _arrived(order, folder, tell, largest, deadline, cookies)
        return finish.finished(order, arrived, folder, tell, deadline=deadline)
    except OutOfTime:
        raise
    except BaseException:
        _empty(folder)
        raise


def _arrived(order: Order, folder: Path, tell: Tell, largest: int, deadline: float, cookies: Path | None) -> Arrived:
    left = deadline - time.monotonic()
    if left <= 0:
        raise OutOfTime
    job = _job("fetch", order, cookies, folder=str(folder.absolute()), largest=largest, seconds=left)
    percent: float | None = None
    with closing(_words(job, left, largest + SLACK)) as words:
        for told in words:
            if told is None:
                raise OutOfTime
            percent, speed, eta = told.progress or (percent, None, None)
            if told.arrived is None:
                tell(Progress("downloading", percent, speed, eta))
            if told.arrived is not None:
                return told.arrived
    raise errors.SourceError


def _job(what: str, order: Order, cookies: Path | None, **more: Any) -> Job:
    return Job(
        what,
        order,
        proxy=settings.download_proxy,
        runtime=settings.js_runtime,
        cookies=str(cookies.absolute()) if cookies else "",
        exceptions=settings.outbound_allow,
        silence=SILENCE,
        **more,
    )


def _words(job: Job, seconds: float, writes: int) -> Generator[Told | None]:
    """What the child says, one by one, and an empty word while it is silent; None when its time is over. Raises the
    SourceError that it names.
    """
    command = [sys.executable, "-B", "-P", "-m", inside.__name__]
    environment = {name: os.environ[name] for name in child.STARTING if name in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join([child.HERE, *filter(None, sys.path)]), "YTDLP_NO_PLUGINS": "1"}
    environment |= {"MALLOC_ARENA_MAX": "2", "PYTHONUTF8": "1", "TMPDIR": job.folder or "/nonexistent"}
    # A pipe holds 64 KiB, more than an order can have: writing it cannot block.
    bounds: dict[str, Any] = {"seconds": seconds, "stdin": -1, "environment": environment, "writes": writes}
    said: deque[str] = deque(maxlen=20)
    with child.started(command, **bounds) as (process, overdue):
        stdin, stdout, stderr = (cast(IO[bytes], one) for one in (process.stdin, process.stdout, process.stderr))
        ears = threading.Thread(target=_listen, args=(stderr, said), daemon=True)
        ears.start()
        with suppress(BrokenPipeError), stdin:
            stdin.write(msgspec.json.encode(job))
        with _lines(process, stdout) as lines:
            while True:
                try:
                    line = lines.get(timeout=PULSE)
                except Empty:
                    yield Told()
                    continue
                if not line:
                    break
                try:
                    told = msgspec.json.decode(line, type=Told)
                except msgspec.DecodeError:
                    break  # cut off in the middle of a word: its end says why
                if told.error or told.kind:
                    raise named(told)
                yield told
            process.wait()
    ears.join(timeout=5)
    if overdue.is_set():
        yield None
        return
    log.event("a source's child ended early", code=process.returncode, said=errors.cleaned(" ".join(said))[:500])
    raise errors.Short if process.returncode < 0 or "MemoryError" in said else errors.SourceError


@contextmanager
def _lines(process: subprocess.Popen[bytes], stdout: IO[bytes]) -> Iterator[Queue[bytes]]:
    """What a child writes, line by line; an empty one is the end. Leaving the block ends the child."""
    lines: Queue[bytes] = Queue(2)  # a child that says more waits

    def read() -> None:
        with suppress(OSError, ValueError), stdout:
            while line := stdout.readline(LONGEST_LINE):
                lines.put(line)
        lines.put(b"")

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield lines
    finally:
        process.kill()
        while reader.is_alive():
            with suppress(Empty):
                lines.get(timeout=0.05)


def _listen(stream: IO[bytes], said: deque[str]) -> None:
    with suppress(OSError, ValueError), stream:
        while raw := stream.readline(1000):
            said.append(raw.decode(errors="replace").strip())


def named(told: Told) -> SourceError:
    """The error that the child tells of."""
    made = KINDS.get(told.kind)
    return made() if made else errors.named(told.error)


def _empty(folder: Path) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
