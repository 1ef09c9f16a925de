"""The library over HTTP through CloudFront's behaviours: what S3 answers itself, and what the functions do."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Person, another

pytestmark = pytest.mark.xdist_group("e2e")
THROUGH_A_FUNCTION = "apigw-requestid"  # only the HTTP API sets it


@dataclass(frozen=True, slots=True)
class Film:
    id: str
    owner: Person
    content: bytes
    path: str


@pytest.fixture(scope="module")
def rabbit(someone: Callable[[str], Person], bunny: Path) -> Film:
    """A film that is here, verified and streamed."""
    owner, content = someone("ada"), another(bunny)
    file_id = owner.upload(content, "bunny.mp4", hash=sha256(content).hexdigest())
    owner.until_streamed(file_id)
    return Film(file_id, owner, content, f"/api/files/videos/{file_id}")


def listed(person: Person) -> list[str]:
    return [file["file_id"] for file in person.get(f"/api/upload/user/{person.id}")["files"]]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-1023", 0, 1024), ("bytes=1000000-", 1_000_000, None), ("bytes=-500", -500, None)],
)
def test_s3_answers_a_range_itself(rabbit: Film, asked: str, start: int, end: int | None) -> None:
    response = rabbit.owner.http.get(rabbit.path, headers={"range": asked})
    expected, size = rabbit.content[start:end], len(rabbit.content)
    assert response.status_code == 206
    assert response.content == expected
    first = start % size
    assert response.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{size}"
    assert response.headers["content-type"] == "video/mp4"
    assert THROUGH_A_FUNCTION not in response.headers


def test_a_range_past_the_end_is_refused(rabbit: Film) -> None:
    response = rabbit.owner.http.get(rabbit.path, headers={"range": "bytes=99999999-"})
    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{len(rabbit.content)}"


def test_who_asks_for_several_ranges_gets_the_whole_and_not_the_first(rabbit: Film) -> None:
    response = rabbit.owner.http.get(rabbit.path, headers={"range": "bytes=0-1,5-6"})
    assert (response.status_code, response.content) == (200, rabbit.content)
    assert "content-range" not in response.headers


def test_a_range_is_joined_only_to_the_same_bytes(rabbit: Film) -> None:
    etag = rabbit.owner.http.head(rabbit.path).headers["etag"]
    asked = {"range": "bytes=0-9"}
    same = rabbit.owner.http.get(rabbit.path, headers=asked | {"if-range": etag})
    assert (same.status_code, same.content) == (206, rabbit.content[:10])
    for condition in ('"another"', f"W/{etag}", "Sun, 22 Nov 2026 10:00:00 GMT"):
        response = rabbit.owner.http.get(rabbit.path, headers=asked | {"if-range": condition})
        assert (response.status_code, response.content) == (200, rabbit.content)


def test_a_file_is_downloaded_whole_under_its_name(rabbit: Film) -> None:
    response = rabbit.owner.http.get(f"{rabbit.path}/Big%20Buck%20Bunny.mp4")
    assert response.content == rabbit.content
    assert "bunny.mp4" in response.headers["content-disposition"]
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_head_tells_the_size_without_the_bytes(rabbit: Film) -> None:
    response = rabbit.owner.http.head(rabbit.path)
    assert response.headers["content-length"] == str(len(rabbit.content))
    assert response.content == b""


def test_bytes_that_are_known_are_not_sent_again(rabbit: Film) -> None:
    etag = rabbit.owner.http.head(rabbit.path).headers["etag"]
    assert rabbit.owner.http.get(rabbit.path, headers={"if-none-match": etag}).status_code == 304


def test_a_listing_that_is_known_is_not_sent_again(rabbit: Film) -> None:
    first = rabbit.owner.http.get(f"/api/upload/user/{rabbit.owner.id}")
    again = rabbit.owner.http.get(
        f"/api/upload/user/{rabbit.owner.id}", headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_the_listing_is_open_as_documented(rabbit: Film, platform: str) -> None:
    response = httpx.get(f"{platform}/api/upload/user/{rabbit.owner.id}", timeout=60)
    assert response.status_code == 200
    assert [file["file_id"] for file in response.json()["files"]] == [rabbit.id]


def test_the_stream_is_read_from_s3(rabbit: Film) -> None:
    master = rabbit.owner.http.get(f"/api/stream/{rabbit.id}/master.m3u8")
    assert master.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert THROUGH_A_FUNCTION not in master.headers
    playlist = next(line for line in master.text.splitlines() if not line.startswith("#"))
    rendition = rabbit.owner.http.get(f"/api/stream/{rabbit.id}/{playlist}").text
    segment = next(line for line in rendition.splitlines() if line and not line.startswith("#"))
    response = rabbit.owner.http.get(f"/api/stream/{rabbit.id}/{segment}")
    assert response.headers["content-type"] == "video/mp4"
    assert response.content


@pytest.mark.parametrize(
    "path",
    [
        *("/api/files/videos/unknown", "/api/files/videos/unknown/name.mp4", "/api/files/videos/unknown/info"),
        *("/api/files/videos/unknown/thumbnail", "/api/stream/unknown/master.m3u8", "/api/upload/status/unknown"),
    ],
)
def test_an_unknown_file_is_a_404_in_json(platform: str, path: str) -> None:
    response = httpx.get(platform + path, timeout=60)
    assert response.status_code == 404
    assert response.json() == {"error": "File not found"}


def test_who_shows_the_hash_of_a_film_gets_it_without_sending_it(
    rabbit: Film, someone: Callable[[str], Person]
) -> None:
    bob = someone("bob")
    assert bob.post("/api/upload/check", {"hash": sha256(rabbit.content).hexdigest()}) == {
        "exists": True,
        "fileId": rabbit.id,
    }
    assert bob.post("/api/upload/link", {"fileId": rabbit.id, "userId": bob.id}) == {
        "success": True,
        "alreadyLinked": False,
    }
    assert listed(bob) == [rabbit.id]
    usage: dict[str, Any] = bob.get(f"/api/stats?userId={bob.id}")
    assert (usage["fileCount"], usage["totalSizeBytes"]) == (1, len(rabbit.content))


def test_deleting_takes_a_film_from_one_library_and_leaves_the_other(
    rabbit: Film, someone: Callable[[str], Person]
) -> None:
    carol = someone("carol")
    carol.post("/api/upload/link", {"fileId": rabbit.id, "userId": carol.id})
    response = carol.http.delete(rabbit.path, params={"userId": carol.id})
    assert (response.status_code, response.json()) == (200, {"success": True, "deleted": True})
    assert listed(carol) == []
    assert carol.get(f"/api/stats?userId={carol.id}")["fileCount"] == 0
    assert rabbit.id in listed(rabbit.owner)
    assert rabbit.owner.http.head(rabbit.path).status_code == 200


def test_deleting_needs_somebody(rabbit: Film, platform: str) -> None:
    response = httpx.delete(platform + rabbit.path, params={"userId": rabbit.owner.id}, timeout=60)
    assert response.status_code == 401


def test_another_sites_page_writes_nothing_with_our_cookie(platform: str) -> None:
    """Also where the answers of the same path are cached, and few headers reach the function."""
    for path in ("/api/ratings/f1", "/api/upload/init"):
        foreign = {"cookie": "next-auth.session-token=t", "sec-fetch-site": "cross-site"}
        assert httpx.post(platform + path, json={}, headers=foreign, timeout=60).status_code == 403
        old_browser = {"cookie": "next-auth.session-token=t", "origin": "https://evil.example"}
        assert httpx.post(platform + path, json={}, headers=old_browser, timeout=60).status_code == 403
        ours = {"cookie": "next-auth.session-token=t", "sec-fetch-site": "same-origin"}
        assert httpx.post(platform + path, json={}, headers=ours, timeout=60).status_code in (400, 401)


def test_the_reference_names_every_path_of_the_library(platform: str) -> None:
    document = httpx.get(f"{platform}/openapi.json", timeout=60).json()
    assert document["openapi"].startswith("3.1")
    assert {"/api/upload/init", "/api/files/{category}/{file_id}", "/api/ratings/top10"} <= set(document["paths"])


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/config", "GET, HEAD, OPTIONS"),
        ("/api/upload/init", "OPTIONS, POST"),
        ("/api/files/videos/f1", "DELETE, GET, HEAD, OPTIONS"),
        ("/api/ratings/f1", "GET, HEAD, OPTIONS, POST"),
    ],
)
def test_a_path_says_what_may_be_asked_of_it(platform: str, path: str, allowed: str) -> None:
    response = httpx.options(platform + path, timeout=60)
    assert (response.status_code, response.headers["allow"]) == (204, allowed)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/upload/check", {"error": "Payload Too Large", "message": "at most 10 MiB"}),
        ("/api/upload", {"success": False, "error": "Payload Too Large", "message": "at most 10 MiB"}),
        (
            "/auth/login",
            {"error": "Payload Too Large", "code": "PAYLOAD_TOO_LARGE", "details": {"message": "at most 10 MiB"}},
        ),
        ("/api/v1/auth/login", {"error": {"code": "PAYLOAD_TOO_LARGE", "message": "Payload Too Large", "details": {}}}),
    ],
)
def test_a_body_over_the_limit_is_refused_unread_in_the_words_of_its_path(
    platform: str, path: str, said: dict[str, Any]
) -> None:
    host, port = platform.removeprefix("http://").split(":")
    request = f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 20000000\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as line, line.makefile("rb") as answer:
        line.sendall(request.encode())
        status, headers = answer.readline(), list(iter(answer.readline, b"\r\n"))
        length = next(int(one.split(b":")[1]) for one in headers if one.lower().startswith(b"content-length"))
        body = json.loads(answer.read(length))
    assert (status.split()[1], body) == (b"413", said)
    sent = httpx.post(platform + path, content=bytes(12 << 20), timeout=60)
    assert (sent.status_code, sent.json()) == (413, said)


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/"])
def test_our_pages_let_no_foreign_script_in(platform: str, path: str) -> None:
    response = httpx.get(platform + path, timeout=60)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    scripts = next(rule for rule in policy.split(";") if rule.strip().startswith("script-src"))
    assert "unsafe" not in scripts
