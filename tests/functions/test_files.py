"""Files: information, bytes, pictures, descriptions, letting go (videomi: Gestion des fichiers, Métadonnées)."""

import io
import json
from typing import Any

import httpx
import pytest
from PIL import Image

from functions.pictures import app as pictures
from functions.sweep import app as sweep
from shared import net, storage
from shared.library import files, keys, links
from tests import cloud, films
from tests.conftest import Person

BODY = b"0123456789" * 10
INFO = {
    "file_id", "filename", "category", "size", "mime_type", "title", "description", "thumbnail_url",
    "thumbnail_r2_path", "backdrop_url", "source_api", "source_id", "genres", "artists", "albums", "season", "episode",
}  # fmt: skip


def picture(size: tuple[int, int] = (64, 48), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


# ---- info


def test_info_has_the_documented_fields_and_header(ada: Person, http: httpx.Client) -> None:
    films.upload(ada)
    answer = http.get("/api/files/videos/film-1/info")
    assert answer.json()["file"].keys() >= INFO
    assert answer.headers["cache-control"] == "public, max-age=300, s-maxage=600, stale-while-revalidate=3600"
    tagged = http.get("/api/files/videos/film-1/info", headers={"if-none-match": answer.headers["etag"]})
    assert tagged.status_code == 304


@pytest.mark.parametrize("path", ["videos/nothing", "musics/film-1", "nonsense/film-1"])
def test_info_of_what_is_not_there_is_not_found(ada: Person, http: httpx.Client, path: str) -> None:
    films.upload(ada)
    answer = http.get(f"/api/files/{path}/info")
    assert (answer.status_code, answer.json()) == (404, {"error": "File not found"})


# ---- bytes


@pytest.mark.parametrize(
    ("header", "expected", "content_range"),
    [
        ("bytes=0-9", BODY[:10], "bytes 0-9/100"),
        ("bytes=90-", BODY[90:], "bytes 90-99/100"),
        ("bytes=-5", BODY[-5:], "bytes 95-99/100"),
        ("bytes=-1000", BODY, "bytes 0-99/100"),
        ("bytes=95-2000", BODY[95:], "bytes 95-99/100"),
        ("Bytes = 0 - 0", BODY[:1], "bytes 0-0/100"),
    ],
)
def test_a_range_is_answered_with_206(
    ada: Person, http: httpx.Client, header: str, expected: bytes, content_range: str
) -> None:
    films.upload(ada)
    answer = http.get("/api/files/videos/film-1", headers={"range": header})
    assert (answer.status_code, answer.content) == (206, expected)
    assert answer.headers["content-range"] == content_range
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=1000-2000", "bytes=-0"])
def test_a_range_past_the_end_is_416(ada: Person, http: httpx.Client, header: str) -> None:
    films.upload(ada)
    answer = http.get("/api/files/videos/film-1", headers={"range": header})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */100")


@pytest.mark.parametrize("header", ["bytes=9-1", "bytes=", "bytes=-", "items=0-1", "bytes=a-b", "bytes=0-1,5-6", "x"])
def test_a_range_that_means_nothing_to_us_gets_the_whole(ada: Person, http: httpx.Client, header: str) -> None:
    films.upload(ada)
    answer = http.get("/api/files/videos/film-1", headers={"range": header})
    assert (answer.status_code, answer.content) == (200, BODY)


def test_head_tells_the_length_and_sends_nothing(ada: Person, http: httpx.Client) -> None:
    films.upload(ada)
    answer = http.head("/api/files/videos/film-1")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "100")


def test_if_range_needs_this_very_entity(ada: Person, http: httpx.Client) -> None:
    films.upload(ada)
    etag = http.head("/api/files/videos/film-1").headers["etag"]
    for condition, status in (
        (etag, 206),
        (f"W/{etag}", 200),
        ('"another"', 200),
        ("Sun, 22 Nov 2026 00:00:00 GMT", 200),
    ):
        answer = http.get("/api/files/videos/film-1", headers={"range": "bytes=0-4", "if-range": condition})
        assert answer.status_code == status
    assert http.get("/api/files/videos/film-1", headers={"if-none-match": etag}).status_code == 304


def test_a_large_file_is_a_redirect_without_range_and_a_bounded_206_with_one(
    ada: Person, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.web.objects.LARGEST", 40)
    films.upload(ada)
    whole = http.get("/api/files/videos/film-1")
    assert whole.status_code == 307
    assert "X-Amz-Signature" in whole.headers["location"]
    assert whole.headers["cache-control"] == "no-store"
    part = http.get("/api/files/videos/film-1", headers={"range": "bytes=10-"})
    assert (part.status_code, part.content) == (206, BODY[10:50])
    assert part.headers["content-range"] == "bytes 10-49/100"


def test_a_trailing_name_is_only_for_people(ada: Person, http: httpx.Client) -> None:
    films.upload(ada)
    assert http.get("/api/files/videos/film-1/Am%C3%A9lie%20%3F%202.mp4").content == BODY
    assert http.get("/api/files/videos/nothing/film.mp4").status_code == 404


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/javascript", ""])
def test_what_could_run_in_our_origin_is_a_download(ada: Person, http: httpx.Client, kind: str) -> None:
    films.upload(ada, mimeType=kind, filename="page.html")
    answer = http.get("/api/files/videos/film-1")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("kind", "answered"),
    [
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/plain; charset=iso-8859-1", "text/plain; charset=iso-8859-1"),
        ("TEXT/PLAIN", "text/plain; charset=utf-8"),
    ],
)
def test_plain_text_opens_in_the_browser_and_does_nothing_there(ada: Person, kind: str, answered: str) -> None:
    films.upload(ada, "née".encode(), mimeType=kind, category="documents", filename="notes.txt")
    answer = ada.http.get("/api/files/documents/film-1")
    assert answer.headers["content-type"] == answered
    assert answer.headers["content-disposition"].startswith("inline;")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"


# ---- deleting


def delete(person: Person, user_id: str | None = None, path: str = "videos/film-1") -> httpx.Response:
    return person.http.delete(f"/api/files/{path}", params={"userId": user_id or person.id})


def test_delete_unlinks_and_clears_the_edge(ada: Person, http: httpx.Client) -> None:
    films.upload(ada)
    storage.put(keys.stream_prefix("film-1") + "master.m3u8", b"#EXTM3U", "application/vnd.apple.mpegurl", "")
    assert http.get("/api/stream/film-1/master.m3u8").status_code == 200
    cloud.messages("invalidate")
    answer = delete(ada)
    assert http.get("/api/stream/film-1/master.m3u8").status_code == 404  # at once, before any worker
    assert (answer.status_code, answer.json()) == (200, {"success": True, "deleted": True})
    paths = {path for message in cloud.messages("invalidate") for path in message["paths"]}
    assert {"/api/files/videos/film-1*", "/api/stream/film-1/*", f"/api/upload/user/{ada.id}*"} <= paths
    assert ada.http.get("/api/files/videos/film-1/info").status_code == 404
    assert links.usage(ada.id) == (0, 0)
    again = delete(ada)
    assert (again.status_code, again.json()["error"]) == (404, "File not found or not owned by user")


def test_delete_needs_a_user_a_token_and_ones_own_file(ada: Person, bob: Person, http: httpx.Client) -> None:
    films.upload(ada)
    missing = ada.http.delete("/api/files/videos/film-1")
    assert (missing.status_code, missing.json()["error"]) == (400, "Missing userId")
    unknown = http.delete("/api/files/videos/film-1", params={"userId": ada.id})
    assert (unknown.status_code, unknown.json()["error"]) == (401, "Unauthorized")
    assert delete(bob, ada.id).status_code == 403
    assert delete(bob).status_code == 404
    assert delete(ada, path="musics/film-1").status_code == 404
    assert links.usage(ada.id) == (1, 100)


def test_one_owners_delete_leaves_the_others_file(ada: Person, bob: Person) -> None:
    films.upload(ada)
    links.add(files.get("film-1"), bob.id)
    assert delete(ada).status_code == 200
    assert cloud.messages("sweep") == []
    assert bob.http.get("/api/files/videos/film-1").content == BODY
    assert delete(bob).status_code == 200
    assert cloud.messages("sweep") == [{"kind": "file", "thing": "film-1"}]
    assert storage.head("api/files/videos/film-1") is None  # at once


# ---- describing


def test_metadata_sets_fields_clears_with_null_and_tells_the_edge(ada: Person) -> None:
    films.upload(ada)
    cloud.messages("invalidate")
    everything: dict[str, Any] = {
        "title": "Titre", "description": "D", "episode_description": "E", "thumbnail_url": "https://img.test/a.jpg",
        "backdrop_url": "https://img.test/b.jpg", "thumbnail_r2_path": "thumbnails/videos/film-1.jpg",
        "source_api": "tmdb", "source_id": "tmdb_1", "genres": ["Action"], "subgenres": ["Cyberpunk"], "season": 1,
        "episode": 5, "artists": ["A"], "albums": ["B"], "album_thumbnails": ["https://img.test/c.jpg"], "year": 2026,
    }  # fmt: skip
    answer = ada.http.post("/api/files/film-1/metadata", json=everything)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    shown = ada.http.get("/api/files/videos/film-1/info").json()["file"]
    assert everything.items() <= shown.items()
    assert "/api/files/videos/film-1/info" in cloud.messages("invalidate")[0]["paths"]
    ada.http.post("/api/files/film-1/metadata", json={"season": None, "genres": None})
    shown = ada.http.get("/api/files/videos/film-1/info").json()["file"]
    assert (shown["season"], shown["genres"], shown["title"]) == (None, [], "Titre")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"season": "one"}, "season"),
        ({"season": 10**40}, "season"),
        ({"genres": "Action"}, "genres"),
        ({"genres": [1]}, "genres[0]"),
        ({"thumbnail_url": "javascript:alert(1)"}, "thumbnail_url"),
        ({"thumbnail_r2_path": "api/files/videos/secret"}, "thumbnail_r2_path"),
        ({"thumbnail_r2_path": "thumbnails/videos/" + "😀" * 240}, "thumbnail_r2_path"),
        ({"thumbnail_r2_path": "thumbnails/../api/files/videos/secret"}, "thumbnail_r2_path"),
        ({"title": "x" * 501}, "title"),
        ({"year": -1}, "year"),
    ],
)
def test_metadata_names_the_field_that_is_wrong(ada: Person, change: dict[str, Any], field: str) -> None:
    films.upload(ada)
    answer = ada.http.post("/api/files/film-1/metadata", json=change)
    assert answer.status_code == 400
    assert answer.json()["details"]["field"] == field


def test_metadata_is_for_owners_or_for_all_in_open_mode(
    ada: Person, bob: Person, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    films.upload(ada)
    assert http.post("/api/files/film-1/metadata", json={"title": "x"}).status_code == 401
    assert bob.http.post("/api/files/film-1/metadata", json={"title": "x"}).status_code == 403
    monkeypatch.setenv("OPEN_WRITES", "true")
    assert http.post("/api/files/film-1/metadata", json={"title": "x"}).status_code == 200
    assert bob.http.post("/api/files/film-1/metadata", json={"title": "x"}).status_code == 403
    assert http.post("/api/files/nothing/metadata", json={"title": "x"}).status_code == 404


def test_lists_are_arrays_or_json_text_for_who_wants_that(
    ada: Person, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    films.upload(ada, basicMetadata={"artist": "A", "album": ["B"], "genre": "C", "genres": ["D", "é"]})
    plain = http.get("/api/files/videos/film-1/info").json()["file"]
    lists = {name: plain[name] for name in ("artists", "albums", "genres", "subgenres", "album_thumbnails")}
    assert lists == {"artists": ["A"], "albums": ["B"], "genres": ["D", "é"], "subgenres": [], "album_thumbnails": []}
    monkeypatch.setenv("LISTS_AS_TEXT", "true")
    for text in (
        http.get("/api/files/videos/film-1/info").json()["file"],
        http.get(f"/api/upload/user/{ada.id}").json()["files"][0],
    ):
        assert {name: json.loads(text[name]) if text[name] else [] for name in lists} == lists
        assert (text["genres"], text["subgenres"], text["album_thumbnails"]) == ('["D","é"]', None, None)


# ---- pictures


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, bytes]]:
    """The web behind the guarded fetcher: URL to (content type, body). The fetcher itself is tested on real sockets."""
    pages: dict[str, tuple[str, bytes]] = {}

    def fetch(url: str, *, field: str, most: int, accept: tuple[str, ...], seconds: float = 10.0) -> net.Fetched:
        if url not in pages:
            raise net.Refused(f"Invalid {field}", field=field, constraint="cannot be fetched")
        return net.Fetched(url, *pages[url])

    monkeypatch.setattr(net, "fetch", fetch)
    return pages


def fetch_pictures() -> None:
    """Run the pictures worker on what is waiting."""
    assert pictures.handler(cloud.sqs_event(*cloud.messages("pictures")), None) == {"batchItemFailures": []}


def say(person: Person, **said: Any) -> None:
    assert person.http.post("/api/files/film-1/metadata", json=said).status_code == 200


def test_the_thumbnail_follows_the_documented_order(
    ada: Person, http: httpx.Client, web: dict[str, tuple[str, bytes]]
) -> None:
    films.upload(ada)
    path = "/api/files/videos/film-1/thumbnail"
    drawn = http.get(path)
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/jpeg")
    assert "immutable" not in drawn.headers["cache-control"]  # a better one may come

    storage.put(keys.poster("film-1"), b"made from the film", "image/jpeg", "")
    files.update("film-1", {"poster": keys.poster("film-1")})
    assert http.get(path).content == b"made from the film"

    web["https://img.test/poster.png"] = ("image/png", picture())
    say(ada, thumbnail_url="https://img.test/poster.png")
    assert http.get(path).content == b"made from the film"  # the other one is on its way
    fetch_pictures()
    external = http.get(path)
    assert external.content != web["https://img.test/poster.png"][1]  # re-encoded, never echoed
    assert Image.open(io.BytesIO(external.content)).format == "JPEG"
    say(ada, thumbnail_url="https://img.test/another.png")
    fetch_pictures()
    assert http.get(path).content == b"made from the film"  # the new one cannot be had; the old one is not meant

    storage.put("thumbnails/videos/film-1.webp", b"webp bytes", "image/webp", "")
    other = http.get(path)
    assert (other.content, other.headers["content-type"]) == (b"webp bytes", "image/webp")
    storage.put("thumbnails/videos/chosen.png", b"png bytes", "image/png", "")
    say(ada, thumbnail_r2_path="thumbnails/videos/chosen.jpg")
    assert http.get(path).content == b"png bytes"  # by another extension
    say(ada, thumbnail_r2_path="thumbnails/videos/chosen")
    assert http.get(path).content == b"png bytes"  # without one
    storage.put("thumbnails/videos/chosen.jpg", b"jpeg bytes", "image/jpeg", "")
    for extension in ("", ".jpg", ".png", ".webp"):
        stored = http.get(path + extension)
        assert (stored.content, stored.headers["content-type"]) == (b"jpeg bytes", "image/jpeg")
        assert stored.headers["cache-control"] == "public, max-age=604800, s-maxage=2592000, immutable"


def test_an_external_thumbnail_is_fetched_once_at_the_write_and_never_on_reading(
    ada: Person, http: httpx.Client, web: dict[str, tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    web["https://img.test/poster.png"] = ("image/png", picture())
    films.upload(ada, basicMetadata={"thumbnail_url": "https://img.test/poster.png"})
    (asked,) = cloud.messages("pictures")
    cloud.messages("invalidate")
    for _ in range(2):  # delivered twice
        pictures.handler(cloud.sqs_event(asked), None)
        web.clear()
    assert "/api/files/videos/film-1/thumbnail*" in cloud.messages("invalidate")[0]["paths"]
    monkeypatch.setattr(net, "fetch", lambda *_, **__: pytest.fail("reading went out"))
    assert Image.open(io.BytesIO(http.get("/api/files/videos/film-1/thumbnail").content)).size == (64, 48)
    say(ada, thumbnail_url="https://img.test/poster.png")
    assert cloud.messages("pictures") == []  # it is here


def test_an_external_thumbnail_that_fails_is_nobodys_error_and_is_given_up(
    ada: Person, http: httpx.Client, web: dict[str, tuple[str, bytes]]
) -> None:
    films.upload(ada)
    web["https://img.test/not-a-picture"] = ("image/png", b"<html>")
    say(ada, thumbnail_url="https://img.test/not-a-picture")
    tries = 0
    while waiting := cloud.messages("pictures"):
        tries += len(waiting)
        assert pictures.handler(cloud.sqs_event(*waiting), None) == {"batchItemFailures": []}
        assert http.get("/api/files/videos/film-1/thumbnail").headers["content-type"] == "image/jpeg"
    assert tries == 4


def test_an_id_cannot_spell_another_files_picture(ada: Person, bob: Person, http: httpx.Client) -> None:
    films.upload(ada, file_id="victim")
    storage.put(keys.poster("victim"), b"victim's", "image/jpeg", "")
    files.update("victim", {"poster": keys.poster("victim")})
    for attacker in ("victim.poster", "victim.external", "victim.jpg", "victim.poster.jpg"):
        films.upload(bob, file_id=attacker)
        bob.http.delete(f"/api/files/videos/{attacker}", params={"userId": bob.id})
    sweep.handler(cloud.sqs_event(*cloud.messages("sweep")), None)
    assert http.get("/api/files/videos/victim/thumbnail").content == b"victim's"


def test_a_picture_from_the_web_is_stored_re_encoded(ada: Person, web: dict[str, tuple[str, bytes]]) -> None:
    films.upload(ada)
    web["https://img.test/a.png"] = ("image/png", picture((2000, 1000)))
    body = {"imageUrl": "https://img.test/a.png", "fileId": "film-1", "category": "videos"}
    answer = ada.http.post("/api/media/thumbnail", json=body)
    assert answer.status_code == 200
    assert answer.json() == {
        "thumbnail_r2_path": "thumbnails/videos/film-1.jpg",
        "url": "https://bobine.test/api/files/videos/film-1/thumbnail",
    }
    stored = Image.open(io.BytesIO(ada.http.get("/api/files/videos/film-1/thumbnail").content))
    assert max(stored.size) <= 1280


def test_a_thumbnail_request_that_cannot_be_met_says_why(
    ada: Person, bob: Person, http: httpx.Client, web: dict[str, tuple[str, bytes]]
) -> None:
    films.upload(ada)
    web["https://img.test/bad"] = ("image/png", b"not a picture")
    body = {"imageUrl": "https://img.test/bad", "fileId": "film-1", "category": "videos"}
    bad = ada.http.post("/api/media/thumbnail", json=body)
    assert (bad.status_code, bad.json()["details"]["field"]) == (400, "imageUrl")
    assert ada.http.post("/api/media/thumbnail", json=body | {"imageUrl": "https://img.test/no"}).status_code == 400
    assert ada.http.post("/api/media/thumbnail", json=body | {"fileId": "no"}).status_code == 404
    assert bob.http.post("/api/media/thumbnail", json=body).status_code == 403
    assert http.post("/api/media/thumbnail", json=body).status_code == 401


# ---- stats


def test_stats_count_files_and_bytes_and_are_never_cached(ada: Person, http: httpx.Client) -> None:
    films.upload(ada)
    films.upload(ada, b"x" * 50, "film-2")
    answer = ada.http.get("/api/stats", params={"userId": ada.id})
    assert answer.json() == {"fileCount": 2, "totalSizeBytes": 150, "totalSizeGB": 150 / 2**30, "billableGB": 1.0}
    assert answer.headers["cache-control"] == "no-store, no-cache, must-revalidate"
    assert "etag" not in answer.headers
    assert ada.http.get("/api/stats").json()["error"] == "Missing userId"
    assert ada.http.get("/api/stats", params={"userId": "somebody"}).status_code == 403
    assert http.get("/api/stats", params={"userId": ada.id}).status_code == 401


def test_an_empty_library_bills_nothing(ada: Person) -> None:
    answer = ada.http.get("/api/stats", params={"userId": ada.id}).json()
    assert answer == {"fileCount": 0, "totalSizeBytes": 0, "totalSizeGB": 0.0, "billableGB": 0.0}
