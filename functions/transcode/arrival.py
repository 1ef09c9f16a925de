"""A file on its way from the bucket to this disk: in parts of 8 MiB, hashed as it comes, readable while it comes.

Memory holds PARALLEL parts, however long the film is.
"""

import hashlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from shared import aws
from shared.settings import settings

PART = 8 << 20  # bytes
PARALLEL = 3  # one stream from S3 gives about 90 MB/s
PIPE = 1 << 20  # bytes the kernel may hold between us and ffmpeg
CHUNK = 1 << 20  # bytes written to a pipe at a time


class Arrival:
    """`path` grows to `size` bytes; then `sha256` is known and `on_arrival` has been called with it.

    As a context manager: the transfer begins at once, and leaving the block ends it.
    """

    def __init__(self, key: str, size: int, path: Path | None, on_arrival: Callable[[str], None]) -> None:
        self.key, self.size, self.path, self.on_arrival = key, size, path, on_arrival
        self.here = 0
        self.sha256 = ""
        self._error: BaseException | None = None
        self._stopped = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._fetch, daemon=True)

    def __enter__(self) -> "Arrival":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._thread.join()

    def wait(self, until: int | None = None) -> int:
        """Block until the first `until` bytes (default: all, and their hash) are on disk; how many there are.

        Raises what went wrong with the transfer, or with `on_arrival`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._error or self.sha256 or (until is not None and self.here >= until))
            if self._error:
                raise self._error
            return self.here

    def read(self, start: int, end: int) -> bytes:
        """Some bytes ahead of the transfer, straight from the bucket."""
        if start >= end:
            return b""
        answer = aws.client("s3").get_object(
            Bucket=settings.media_bucket, Key=self.key, Range=f"bytes={start}-{end - 1}"
        )
        return bytes(answer["Body"].read())

    def _fetch(self) -> None:
        try:
            digest = hashlib.sha256()
            with open(self.path or os.devnull, "wb", buffering=0) as file:
                for part in self._parts():
                    file.write(part)
                    digest.update(part)
                    self._tell(len(part))
            if self.here == self.size:
                self.on_arrival(digest.hexdigest())
                with self._changed:
                    self.sha256 = digest.hexdigest()
                    self._changed.notify_all()
            else:
                raise OSError(f"{self.here} of {self.size} bytes arrived")
        except BaseException as error:  # handed to whoever waits
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _tell(self, more: int) -> None:
        with self._changed:
            self.here += more
            self._changed.notify_all()

    def _parts(self) -> Iterator[bytes]:
        """The parts in order, PARALLEL of them asked for at a time."""
        starts = iter(range(0, self.size, PART))
        with ThreadPoolExecutor(PARALLEL) as pool:
            asked: deque[Future[bytes]] = deque()
            for start in starts:
                asked.append(pool.submit(self.read, start, min(start + PART, self.size)))
                if len(asked) == PARALLEL:
                    yield asked.popleft().result()
                if self._stopped:
                    return
            while asked:
                yield asked.popleft().result()


@contextmanager
def piped(arrival: Arrival, order: Sequence[bytes | range]) -> Iterator[BinaryIO]:
    """A pipe that gives the file as it arrives: literal bytes, and ranges of the file, in this order."""
    reader, writer = os.pipe()
    with suppress(ImportError, AttributeError, OSError):  # Linux: a larger pipe, fewer switches
        import fcntl

        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE)
    feeder = threading.Thread(target=_feed, args=(arrival, order, writer), daemon=True)
    feeder.start()
    with os.fdopen(reader, "rb", buffering=0) as source:
        yield source
    feeder.join()


def _feed(arrival: Arrival, order: Sequence[bytes | range], writer: int) -> None:
    """Ends quietly when the reader goes away or the transfer fails: whoever waits for the arrival is told."""
    with suppress(Exception), os.fdopen(writer, "wb", buffering=0) as pipe, open(arrival.path or "", "rb") as file:
        for piece in order:
            if isinstance(piece, bytes):
                _write(pipe, piece)
                continue
            for start in range(piece.start, piece.stop, CHUNK):
                end = min(start + CHUNK, piece.stop)
                arrival.wait(end)
                file.seek(start)
                _write(pipe, file.read(end - start))


def _write(pipe: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[pipe.write(view) :]
