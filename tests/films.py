"""Getting files into the library the way clients do."""

import hashlib
from typing import Any

import httpx

from tests.conftest import Person


def start(person: Person, bytes_: int, file_id: str = "film-1", **more: Any) -> httpx.Response:
    body = {
        "fileId": file_id,
        "category": "videos",
        "size": bytes_,
        "mimeType": "video/mp4",
        "userId": person.id,
        "filename": "film.mp4",
        **more,
    }
    return person.http.post("/api/upload/init", json=body)


def send_part(http: httpx.Client, upload: dict[str, Any], number: int, body: bytes, **more: str) -> httpx.Response:
    headers = {
        "X-Upload-Id": upload["uploadId"],
        "X-Part-Number": str(number),
        "X-File-Id": upload["fileId"],
        "X-Category": upload["category"],
        **more,
    }
    encoded = {name: value.encode() for name, value in headers.items()}
    return http.post("/api/upload/part", content=body, headers=encoded)


def finish(http: httpx.Client, upload: dict[str, Any], **more: Any) -> httpx.Response:
    return http.post("/api/upload/complete", json={"uploadId": upload["uploadId"], "parts": [], **more})


def upload(person: Person, body: bytes = b"0123456789" * 10, file_id: str = "film-1", **more: Any) -> str:
    """Upload `body` in one part; the file's id."""
    basic = more.pop("basicMetadata", None)
    started = start(person, len(body), file_id, **more).json()
    assert send_part(person.http, started, 1, body).status_code == 200
    done = finish(person.http, started, **({"basicMetadata": basic} if basic else {}))
    assert done.status_code == 200, done.text
    return str(done.json()["fileId"])


def verified(person: Person, body: bytes, file_id: str = "film-1") -> str:
    """Upload `body`, and have its hash confirmed as the worker does."""
    from shared.library import files

    upload(person, body, file_id, hash=hashlib.sha256(body).hexdigest())
    files.verified(files.get(file_id), hashlib.sha256(body).hexdigest())
    return file_id
