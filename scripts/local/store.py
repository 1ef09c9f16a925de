"""What the embedded AWS knows, on disk: saved every few seconds, so that a crash loses seconds and not a day.

Objects are written through by MiniStack itself. This module adds the two things it leaves out: everything else it
holds in memory (rows, messages, functions, the stack), and the parts of uploads that are not complete yet.
The names used here are MiniStack's private ones: its version is pinned in pyproject.toml.
"""

import asyncio
import contextvars
import copy
import mmap
import os
import pickle
import shutil
import time
import types
from pathlib import Path
from typing import Any

import ministack.app as ministack
from ministack.core import lambda_runtime
from ministack.services import dynamodb, lambda_svc, s3, sqs

from scripts.local.kept import same_bytes

EVERY = 2.0  # seconds between saves: an acknowledged write is on disk within twice that
FORGOTTEN = {"cloudwatch", "cloudwatch_logs", "sts"}  # grows with every request, and no part of the product
UPLOADS = "uploads"  # our own state beside MiniStack's: uploads in progress
CHANGES = {
    "dynamodb": {"dynamodb"},
    "sqs": {"sqs"},
    "s3": {UPLOADS},
    "cloudfront": set(),
    "execute-api": set(),  # a word to a WebSocket
    "lambda": set(),
    "logs": set(),
}


class Store:
    def __init__(self, data: Path) -> None:
        self.state, self.parts = data / "state", data / "parts"
        self._changed: set[str] = set()
        self._written: dict[str, bytes] = {}
        quick = types.SimpleNamespace(deepcopy=quick_copy, copy=copy.copy)
        for module in (dynamodb, sqs):
            module.copy = quick
        sqs.DEFAULT_PORT = "4566"  # queues are kept by address: it must be the same whichever port this run has

    def load(self) -> None:
        for path in sorted(self.state.glob("*.pickle")):
            value = pickle.loads(path.read_bytes())  # noqa: S301  written by us
            if path.stem == UPLOADS:
                self._restore_uploads(value)
            else:
                ministack._get_module(ministack._state_map[path.stem]).load_persisted_state(value)
        for queue in sqs._queues._data.values():
            for message in queue["messages"]:
                if message["receive_count"]:  # whoever had taken it died with the last run
                    message["visible_at"] = min(message["visible_at"], time.time())
        for function in lambda_svc._functions._data.values():
            lambda_runtime.execution_credentials(function["config"])  # presigned URLs given out before stay good
        self._keep_parts_on_disk()

    def touch(self, service: str) -> None:
        """A call that may write has gone to this service; a worker may have taken a message off its queue since."""
        self._changed |= CHANGES.get(service, set(ministack._state_map)) | {"sqs"}

    async def keep_saving(self) -> None:
        """Write what changed. The snapshot is taken at once, the writing leaves the loop free."""
        while True:
            await asyncio.sleep(EVERY)
            changed, self._changed = self._changed, set()
            if changed:
                await asyncio.to_thread(self._write, self._snapshot(changed))

    def save(self) -> None:
        """Write everything."""
        self._write(self._snapshot({*ministack._state_map, UPLOADS}))

    def _snapshot(self, names: set[str]) -> dict[str, bytes]:
        getters = ministack._build_persistence_save_dict() | {UPLOADS: self._uploads}
        states = {name: getters[name]() for name in names & getters.keys() - FORGOTTEN}
        return {name: pickle.dumps(state, 5) for name, state in states.items() if state or name == UPLOADS}

    def _write(self, blobs: dict[str, bytes]) -> None:
        for name, blob in blobs.items():
            if self._written.get(name) != blob:
                target = self.state / f"{name}.pickle"
                fresh = target.with_suffix(".new")
                fresh.write_bytes(blob)
                os.replace(fresh, target)
                self._written[name] = blob

    # -- parts of uploads in progress

    def _uploads(self) -> dict[Any, Any]:
        return {
            key: upload | {"parts": {n: part | {"body": None} for n, part in upload["parts"].items()}}
            for key, upload in s3._multipart_uploads._data.items()
        }

    def _restore_uploads(self, uploads: dict[Any, Any]) -> None:
        for key, upload in uploads.items():
            for number, part in list(upload["parts"].items()):
                body = self._part(key[-1], number)
                if len(body) == part["size"]:
                    part["body"] = body
                else:
                    del upload["parts"][number]
            s3._multipart_uploads._data[key] = upload
        alive = {key[-1] for key in uploads}
        for folder in self.parts.iterdir():
            if folder.name not in alive:
                shutil.rmtree(folder)

    def _part(self, upload_id: str, number: int) -> mmap.mmap | bytes:
        """A part as its file, mapped: a film being uploaded costs disk, not memory."""
        path = self.parts / upload_id / str(number)
        if not path.exists() or not path.stat().st_size:
            return b""
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def _keep_parts_on_disk(self) -> None:
        upload_part, complete, abort, read = (
            s3._upload_part, s3._complete_multipart_upload, s3._abort_multipart_upload, s3._read_body,
        )  # fmt: skip
        get_object = s3._get_object
        ranged = contextvars.ContextVar("ranged", default=False)

        def upload_part_to_disk(bucket: str, key: str, body: bytes, query: Any, headers: Any) -> Any:
            answer = upload_part(bucket, key, body, query, headers)
            if answer[0] == 200:
                upload_id, number = s3._qp(query, "uploadId"), int(s3._qp(query, "partNumber"))
                path = self.parts / upload_id / str(number)
                path.parent.mkdir(exist_ok=True)
                fresh = path.with_suffix(f".{time.monotonic_ns()}")
                fresh.write_bytes(body)
                os.replace(fresh, path)
                s3._multipart_uploads[upload_id]["parts"][number]["body"] = self._part(upload_id, number)
            return answer

        def complete_and_clear(bucket: str, key: str, body: bytes, query: Any, headers: Any = None) -> Any:
            answer = complete(bucket, key, body, query, headers)
            return self._clear(query, answer)

        def abort_and_clear(bucket: str, key: str, query: Any) -> Any:
            return self._clear(query, abort(bucket, key, query))

        def get_range(bucket: str, key: str, headers: Any, query: Any) -> Any:
            """With `If-Range`, which MiniStack does not know: a part of another object's bytes would be joined on.

            Of several ranges S3 answers none, but the whole; MiniStack answers the first, as if no other were asked.
            """
            known = s3._buckets.get(bucket, {}).get("objects", {}).get(key, {})
            same = same_bytes(headers.get("if-range"), f'"{str(known.get("etag", "")).strip(chr(34))}"')
            if not same or "," in headers.get("range", ""):
                headers = {name: value for name, value in headers.items() if name != "range"}
            token = ranged.set(bool(headers.get("range")))
            try:
                return get_object(bucket, key, headers, query)
            finally:
                ranged.reset(token)

        def read_range(bucket: str, key: str, record: dict[str, Any]) -> Any:
            """The whole object, or for a range a map of it: a segment out of a film must not read the film."""
            path = s3._object_disk_path(bucket, key) if ranged.get() and record.get("body") is None else None
            if path and record.get("size"):
                with open(path, "rb") as file:
                    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            return read(bucket, key, record)

        s3._upload_part, s3._complete_multipart_upload = upload_part_to_disk, complete_and_clear
        s3._abort_multipart_upload, s3._get_object, s3._read_body = abort_and_clear, get_range, read_range

    def _clear(self, query: Any, answer: Any) -> Any:
        upload_id = s3._qp(query, "uploadId")
        if upload_id not in s3._multipart_uploads:
            shutil.rmtree(self.parts / Path(upload_id).name, ignore_errors=True)
        return answer


def quick_copy(value: Any) -> Any:
    """deepcopy, 10 times as fast: the world stands still while a snapshot is taken."""
    return pickle.loads(pickle.dumps(value, 5))  # noqa: S301
