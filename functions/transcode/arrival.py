"""A file on its way from the bucket to this disk: hashed as it comes, readable while it comes.

One request brings its beginning and another one the rest, read in parts: memory holds one, however long the film is.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from shared import aws
from shared.settings import settings

PART = 1 << 20  # bytes in memory at a time
BEGINNING = 4 << 20  # bytes that show what a file is, and often its first segment
TRIES = 5  # requests for one file, when connections break
PIPE = 1 << 20  # bytes the kernel may hold between us and ffmpeg
CHUNK = 1 << 20  # bytes written to a pipe at a time


class Arrival:
    """`path` grows to `size` bytes; then `sha256` is known and `on_arrival` has been called with it.

    As a context manager: the transfer begins at once, and leaving the block ends it. After BEGINNING bytes it rests
    until told to `go_on`, or until somebody waits for more: what is to be read ahead has the line for itself.
    """

    def __init__(self, key: str, size: int, path: Path | None, on_arrival: Callable[[str], None]) -> None:
        self.key, self.size, self.path, self.on_arrival = key, size, path, on_arrival
        self.here = 0
        self.sha256 = ""
        self._error: BaseException | None = None
        self._stopped = False
        self._changed = threading.Condition()
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._fetch, daemon=True)

    def __enter__(self) -> "Arrival":
        if self.path:
            self.path.touch()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self.go_on()
        self._thread.join()

    def go_on(self) -> None:
        self._wanted.set()

    def wait(self, until: int | None = None) -> int:
        """Block until the first `until` bytes (default: all, and their hash) are on disk; how many there are.

        Raises what went wrong with the transfer, or with `on_arrival`.
        """
        if until is None or until > BEGINNING:
            self.go_on()
        with self._changed:
            self._changed.wait_for(lambda: self._error or self.sha256 or (until is not None and self.here >= until))
            if self._error:
                raise self._error
            return self.here

    def read(self, start: int, end: int) -> bytes:
        """Some bytes ahead of the transfer, straight from the bucket."""
        return bytes(self._open(start, end).read()) if start < end else b""

    def _fetch(self) -> None:
        try:
            digest = hashlib.sha256()
            with open(self.path or os.devnull, "wb", buffering=0) as file:
                for part in self._parts() if self.size else ():
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
        """The file in order. A connection that breaks is made again, from where it broke."""
        from botocore.exceptions import HTTPClientError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError

        tries = TRIES
        while tries and self.here < self.size and not self._stopped:
            before = self.here
            try:
                body = self._open(before, min(self.size, BEGINNING if before < BEGINNING else self.size))
                while not self._stopped and (part := body.read(PART)):
                    yield part
            except (HTTPClientError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError):
                if tries == 1:
                    raise
                tries -= 1
            tries -= self.here == before
            if self.here < self.size:
                self._wanted.wait()

    def _open(self, start: int, end: int) -> Any:
        wanted = f"bytes={start}-{end - 1}"
        return aws.client("s3").get_object(Bucket=settings.media_bucket, Key=self.key, Range=wanted)["Body"]


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
