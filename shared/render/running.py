"""ffmpeg for the renderer: it tells how far it is, stops within a second when asked, leaves no half file."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from shared.media import ffmpeg
from shared.render import fonts
from shared.render.errors import Cancelled

LARGEST = 8 << 30  # bytes of a file: what a Lambda's disk holds of it
ASKED = 0.25  # seconds between two questions whether it is still wanted

Told = Callable[[str, int, int], None]  # stage, done, whole
Asked = Callable[[], bool]


def silent(stage: str, done: int, whole: int) -> None:
    """For who does not want to know."""


def never() -> bool:
    return False


def run(
    arguments: Sequence[str],
    *,
    seconds: float,
    told: ffmpeg.Progress | None = None,
    cancelled: Asked = never,
    report: list[str] | None = None,
) -> None:
    """To its end. `told` gets the seconds written so far, on another thread. Raises Cancelled, MediaError, Overrun."""
    if cancelled():
        raise Cancelled
    bounds: dict[str, Any] = {"environment": fonts.environment(), "writes": LARGEST}
    with ffmpeg.running(arguments, seconds=seconds, progress=told, report=report, **bounds) as output:
        over = threading.Event()
        threading.Thread(target=_drain, args=(output, over), daemon=True).start()
        while not over.wait(ASKED):
            if cancelled():
                raise Cancelled


def _drain(output: BinaryIO, over: threading.Event) -> None:
    try:
        while output.read(1 << 16):
            pass
    except (OSError, ValueError):  # closed under our feet
        pass
    finally:
        over.set()


@contextmanager
def made(out: Path) -> Iterator[Path]:
    """Where to write what is to be `out` when it is whole."""
    half = out.with_name(f".{out.name}.half")
    try:
        yield half
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)
