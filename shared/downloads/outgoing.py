"""Files on their way into the bucket: parts of 8 MiB, a few at a time, whatever their size.

Everybody gets them as downloads: no media type that a browser would open, and their real name.
"""

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from shared import aws
from shared.library.multipart import disposition
from shared.settings import settings

PART = 8 << 20  # bytes in memory, for each part on its way
AT_ONCE = 3
READ = 1 << 20


class Outgoing:
    """An object that is written from its beginning to its end; it is there when the block is left without an error."""

    def __init__(self, key: str, filename: str) -> None:
        self.where = {"Bucket": settings.media_bucket, "Key": key}
        self.headers = {
            "ContentType": "application/octet-stream",
            "ContentDisposition": disposition(filename, inline=False),
            "CacheControl": "private, no-store",
        }
        self.size = 0
        self._buffer = bytearray()
        self._upload = ""
        self._parts: list[dict[str, Any]] = []
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._going: deque[tuple[int, Future[str]]] = deque()

    def __enter__(self) -> "Outgoing":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._complete()
        except BaseException:
            self._discard()
            raise
        finally:
            if kind is not None:
                self._discard()
            self._pool.shutdown()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self._buffer += data
        while len(self._buffer) >= PART:
            self._send(bytes(self._buffer[:PART]))
            del self._buffer[:PART]
        return len(data)

    def flush(self) -> None:
        """For who writes a file; what is left goes at the end."""

    def _send(self, part: bytes) -> None:
        if not self._upload:
            self._upload = aws.client("s3").create_multipart_upload(**self.where, **self.headers)["UploadId"]
        while len(self._going) >= AT_ONCE:
            self._settle()
        number = len(self._parts) + len(self._going) + 1
        self._going.append((number, self._pool.submit(self._put, number, part)))

    def _put(self, number: int, part: bytes) -> str:
        sent = aws.client("s3").upload_part(**self.where, UploadId=self._upload, PartNumber=number, Body=part)
        return str(sent["ETag"])

    def _settle(self) -> None:
        number, landed = self._going.popleft()
        self._parts.append({"PartNumber": number, "ETag": landed.result()})

    def _complete(self) -> None:
        s3 = aws.client("s3")
        if not self._upload:
            s3.put_object(**self.where, **self.headers, Body=bytes(self._buffer))
            return
        if self._buffer:
            self._send(bytes(self._buffer))
        while self._going:
            self._settle()
        s3.complete_multipart_upload(**self.where, UploadId=self._upload, MultipartUpload={"Parts": self._parts})

    def _discard(self) -> None:
        for _, going in self._going:
            going.cancel()
        self._pool.shutdown()
        if self._upload:
            aws.client("s3").abort_multipart_upload(**self.where, UploadId=self._upload)


def send(path: Path, key: str, filename: str) -> str:
    """Store a file; the SHA-256 of its bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file, Outgoing(key, filename) as out:
        while data := file.read(READ):
            digest.update(data)
            out.write(data)
    return digest.hexdigest()
