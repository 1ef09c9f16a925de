"""A file's stream in the bucket: pieces as they are made, playlists that grow with them, one master playlist.

What stands in a playlist is in the bucket already. A playlist that will still change must be asked for each time; a
finished one, and every piece, is cached as documented (videomi: Streaming).
"""

import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from shared import aws, edge, storage
from shared.library import keys
from shared.library.caching import MEDIA, PLAYLIST
from shared.media.codecs import stream_codecs
from shared.media.fmp4 import Piece
from shared.media.playlist import Captions, Segment, Variant, master_playlist, media_playlist, read_media_playlist
from shared.settings import settings

GROWING = "no-cache"
MASTER = "master.m3u8"
UPLOADS = 4  # at a time, and as many pieces again may wait on disk
UPDATE = 2.0  # seconds between two versions of a growing playlist
TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/mp4",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".jpg": "image/jpeg",
}


class Stream:
    """The stream of one file, and what its master playlist lists so far."""

    def __init__(self, file_id: str) -> None:
        self.file_id = file_id
        self.prefix = keys.stream_prefix(file_id)
        self.variants: dict[str, Variant] = {}
        self.captions: list[Captions] = []
        self._pool = ThreadPoolExecutor(UPLOADS)

    def put(self, path: Path) -> None:
        """Upload a file that will not change any more, and delete it here."""
        with path.open("rb") as body:
            aws.client("s3").put_object(
                Bucket=settings.media_bucket,
                Key=self.prefix + path.name,
                Body=body,
                ContentType=TYPES[path.suffix],
                CacheControl=PLAYLIST.control if path.suffix == ".m3u8" else MEDIA.control,
            )
        path.unlink()

    def put_soon(self, path: Path) -> Future[None]:
        return self._pool.submit(self.put, path)

    def write(self, name: str, text: str, *, final: bool) -> None:
        """Write a playlist. Caches keep one that is final, or good as it is: the edge forgets the one before."""
        control = PLAYLIST.control if final else GROWING
        storage.put(self.prefix + name, text.encode(), TYPES[".m3u8"], control)
        if final:
            edge.invalidate(f"/{self.prefix}{name}")

    def write_master(self) -> None:
        """The master playlist has its documented hour from the first: what it lists plays, though more may come."""
        self.write(MASTER, master_playlist(list(self.variants.values()), self.captions), final=True)

    def rendition(self, name: str) -> tuple[list[Segment], int, bool]:
        """(segments, target duration, finished) of a rendition as an earlier attempt left it."""
        text = storage.read(f"{self.prefix}{name}.m3u8")
        return read_media_playlist(text.decode()) if text else ([], 0, False)

    def codecs(self, name: str, folder: Path) -> str:
        """The CODECS of a rendition as an earlier attempt left it."""
        init = folder / f"{name}_init.mp4"
        init.write_bytes(storage.read(self.prefix + init.name) or b"")
        try:
            return stream_codecs(init)
        finally:
            init.unlink()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


class Rendition:
    """One rendition on its way into the bucket. `segments` are those that have landed, in order."""

    def __init__(self, stream: Stream, name: str, target: int, segments: list[Segment]) -> None:
        self.stream, self.name, self.target, self.segments = stream, name, target, segments
        self._waiting: deque[tuple[Piece, Future[None]]] = deque()
        self._written = time.monotonic()

    def add(self, piece: Piece) -> None:
        """Upload a piece; blocks while too many wait, so that the disk holds a few segments only."""
        self._waiting.append((piece, self.stream.put_soon(piece.path)))
        self.settle(leave=2 * UPLOADS)

    def settle(self, leave: int = 0) -> None:
        """Take note of what has landed, and wait until `leave` pieces or fewer are on their way."""
        while self._waiting and (len(self._waiting) > leave or self._waiting[0][1].done()):
            piece, landed = self._waiting.popleft()
            landed.result()
            if not piece.is_init:
                self.segments.append(Segment(piece.name, piece.seconds, piece.size))

    def publish(self, *, ended: bool) -> None:
        self._written = time.monotonic()
        text = media_playlist(self.name, self.segments, target=self.target, ended=ended)
        self.stream.write(f"{self.name}.m3u8", text, final=ended)

    @property
    def is_stale(self) -> bool:
        """True when the playlist in the bucket is old enough to be worth another."""
        return time.monotonic() - self._written > UPDATE
