"""Uploading (videomi: Upload), through the gateway's events."""

import base64
import hashlib
import json
import time
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from functions.sweep import app as sweep
from functions.uploads import app as uploads
from shared import aws, clock
from shared.errors import NotFound
from shared.library import files, links, multipart
from shared.library import uploads as uploading
from tests import cloud, films
from tests.conftest import Person

MIB = 1 << 20
BODY = b"0123456789" * 10


def test_init_answers_the_documented_fields_and_where_to_put_the_parts(ada: Person) -> None:
    answer = films.start(ada, 20 * MIB)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["fileId"], body["category"], body["expiresIn"]) == ("film-1", "videos", 3600)
    assert body["partSize"] == 8 * MIB
    assert [url["partNumber"] for url in body["partUrls"]] == [1, 2, 3]
    assert all("X-Amz-Signature=" in url["url"] for url in body["partUrls"])
    assert body["uploadId"]


def test_a_large_file_gets_larger_parts_and_a_hundred_urls(ada: Person) -> None:
    body = films.start(ada, 200 << 30).json()
    assert body["partSize"] * 10_000 >= 200 << 30
    assert body["partSize"] % MIB == 0
    assert len(body["partUrls"]) == 100


def test_init_needs_a_token(http: httpx.Client) -> None:
    answer = http.post("/api/upload/init", json={})
    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")


def test_init_for_somebody_else_is_forbidden(ada: Person, bob: Person) -> None:
    assert films.start(ada, 100, userId=bob.id).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fileId": "../etc/passwd"}, "fileId"),
        ({"fileId": "a..b"}, "fileId"),
        ({"fileId": "a\x00b"}, "fileId"),
        ({"fileId": "x" * 201}, "fileId"),
        ({"fileId": "é" * 101}, "fileId"),
        ({"fileId": " film"}, "fileId"),
        ({"fileId": "a/b"}, "fileId"),
        ({"fileId": ""}, "fileId"),
        ({"fileId": 7}, "fileId"),
        ({"category": "films"}, "category"),
        ({"size": -1}, "size"),
        ({"size": 0}, "size"),
        ({"size": "100"}, "size"),
        ({"size": 10**30}, "size"),
        ({"mimeType": "video"}, "mimeType"),
        ({"mimeType": "video/mp4\n"}, "mimeType"),
        ({"mimeType": "video/мп4"}, "mimeType"),
        ({"mimeType": "video/mp4; é"}, "mimeType"),
        ({"hash": "a" * 64 + "\n"}, "hash"),
        ({"hash": "abc"}, "hash"),
        ({"filename": ""}, "filename"),
        ({"userId": None}, "userId"),
    ],
)
def test_init_names_the_field_that_is_wrong(ada: Person, change: dict[str, Any], field: str) -> None:
    answer = films.start(ada, 100, **change)
    assert answer.status_code == 400
    assert answer.json()["details"]["field"] == field


@pytest.mark.parametrize("missing", ["fileId", "category", "size", "userId"])
def test_init_names_the_field_that_is_missing(ada: Person, missing: str) -> None:
    body = {"fileId": "f", "category": "videos", "size": 1, "userId": ada.id, "filename": "f.mp4"}
    del body[missing]
    answer = ada.http.post("/api/upload/init", json=body)
    assert (answer.status_code, answer.json()["error"]) == (400, f"Missing {missing}")


def test_a_part_is_stored_under_its_upload(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 100).json()
    answer = films.send_part(http, upload, 1, BODY)
    assert answer.status_code == 200
    etag = f'"{hashlib.md5(BODY).hexdigest()}"'  # noqa: S324 - S3's own tag of a part
    assert answer.json() == {"success": True, "partNumber": 1, "etag": etag}


@pytest.mark.parametrize("number", ["0", "10001", "-1", "1.5", "one", "", "٣", "99999999999999999999"])
def test_a_part_number_out_of_range_is_refused(http: httpx.Client, ada: Person, number: str) -> None:
    upload = films.start(ada, 100).json()
    headers = {
        b"X-Upload-Id": upload["uploadId"].encode(),
        b"X-Part-Number": number.encode(),
        b"X-File-Id": b"film-1",
        b"X-Category": b"videos",
    }
    answer = http.post("/api/upload/part", content=BODY, headers=headers)
    assert answer.status_code == 400
    assert "X-Part-Number" in answer.json()["error"]


@pytest.mark.parametrize("header", ["X-Upload-Id", "X-Part-Number", "X-File-Id", "X-Category"])
def test_a_part_without_a_header_names_it(http: httpx.Client, header: str) -> None:
    headers = {"X-Upload-Id": "u", "X-Part-Number": "1", "X-File-Id": "f", "X-Category": "videos"}
    del headers[header]
    answer = http.post("/api/upload/part", content=BODY, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, f"Missing {header}")


def test_an_empty_part_is_refused(http: httpx.Client, ada: Person) -> None:
    answer = films.send_part(http, films.start(ada, 100).json(), 1, b"")
    assert (answer.status_code, answer.json()["error"]) == (400, "Empty part")


def test_a_part_of_more_than_ten_mebibytes_is_too_large(http: httpx.Client, ada: Person) -> None:
    answer = films.send_part(http, films.start(ada, 100).json(), 1, bytes(10 * MIB + 1))
    assert answer.status_code == 413


def test_a_part_for_an_unknown_upload_or_another_file_is_not_found(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 100).json()
    for change in ({"uploadId": "nobody's"}, {"fileId": "film-2"}, {"category": "musics"}):
        answer = films.send_part(http, upload | change, 1, BODY)
        assert (answer.status_code, answer.json()["error"]) == (404, "Upload not found")


def test_a_part_sent_with_somebody_elses_token_is_forbidden(ada: Person, bob: Person) -> None:
    assert films.send_part(bob.http, films.start(ada, 100).json(), 1, BODY).status_code == 403


def test_complete_makes_the_file_and_has_it_looked_at(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 100).json()
    films.send_part(http, upload, 1, BODY)
    cloud.messages("invalidate")
    answer = films.finish(
        http,
        upload,
        filename="Amélie.mp4",
        basicMetadata={"title": "Amélie", "duration": 7200},
        file_created_at=981173106,
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "fileId": "film-1",
        "category": "videos",
        "url": "https://bobine.test/api/files/videos/film-1",
    }
    assert cloud.messages("transcode") == [{"file_id": "film-1"}]
    assert f"/api/upload/user/{ada.id}*" in cloud.messages("invalidate")[0]["paths"]
    shown = http.get("/api/files/videos/film-1/info").json()["file"]
    assert (shown["filename"], shown["title"], shown["duration"]) == ("Amélie.mp4", "Amélie", 7200)
    assert shown["file_created_at"] == 981173106


def test_complete_twice_gives_the_same_answer_and_one_file(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 100).json()
    films.send_part(http, upload, 1, BODY)
    first, second = films.finish(http, upload), films.finish(http, upload)
    assert first.json() == second.json()
    assert links.usage(ada.id) == (1, 100)


def test_complete_after_a_crash_between_s3_and_the_record_finishes(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 100).json()
    films.send_part(http, upload, 1, BODY)
    where = {"Bucket": cloud.BUCKET, "Key": "api/files/videos/film-1", "UploadId": upload["uploadId"]}
    s3 = aws.client("s3")
    parts = [{"PartNumber": 1, "ETag": s3.list_parts(**where)["Parts"][0]["ETag"]}]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    assert films.finish(http, upload).status_code == 200
    assert http.get("/api/files/videos/film-1").content == BODY


def test_complete_believes_s3_and_not_the_clients_etags(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 100).json()
    films.send_part(http, upload, 1, BODY)
    assert films.finish(http, upload, parts=[{"partNumber": 1, "etag": "made up"}]).status_code == 200


def test_complete_with_parts_missing_names_them_and_loses_nothing(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 5 * MIB + 100).json()
    films.send_part(http, upload, 2, BODY)
    answer = films.finish(http, upload, parts=[{"partNumber": 1, "etag": "x"}, {"partNumber": 2, "etag": "y"}])
    assert (answer.status_code, answer.json()["error"]) == (400, "Missing parts")
    assert "[1]" in answer.json()["message"]
    films.send_part(http, upload, 1, bytes(5 * MIB))
    assert films.finish(http, upload).status_code == 200
    assert len(http.get("/api/files/videos/film-1", headers={"Range": "bytes=0-9"}).content) == 10


def test_complete_without_any_part_is_refused(http: httpx.Client, ada: Person) -> None:
    answer = films.finish(http, films.start(ada, 100).json())
    assert (answer.status_code, answer.json()["error"]) == (400, "Missing parts")


def test_complete_with_more_bytes_than_announced_is_refused(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 10).json()
    films.send_part(http, upload, 1, BODY)
    answer = films.finish(http, upload)
    assert (answer.status_code, answer.json()["error"]) == (400, "Size mismatch")


def test_a_part_under_five_mebibytes_before_the_last_is_named(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 200).json()
    films.send_part(http, upload, 1, BODY)
    films.send_part(http, upload, 2, BODY)
    answer = films.finish(http, upload)
    assert (answer.status_code, answer.json()["error"]) == (400, "Part too small")


def test_complete_of_an_unknown_upload_is_not_found(http: httpx.Client) -> None:
    answer = http.post("/api/upload/complete", json={"uploadId": "nobody's", "parts": []})
    assert (answer.status_code, answer.json()["error"]) == (404, "Upload not found")


def test_complete_with_somebody_elses_token_is_forbidden(ada: Person, bob: Person) -> None:
    upload = films.start(ada, 100).json()
    films.send_part(ada.http, upload, 1, BODY)
    assert films.finish(bob.http, upload).status_code == 403


def test_complete_with_wrong_metadata_names_the_field(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 100).json()
    answer = films.finish(http, upload, basicMetadata={"title": 7})
    assert answer.status_code == 400
    assert answer.json()["details"]["field"] == "basicMetadata.title"


def test_an_interrupted_upload_resumes_with_the_parts_that_are_there(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 5 * MIB + 100).json()
    films.send_part(http, upload, 1, bytes(5 * MIB))
    found = http.get(f"/api/upload/{upload['uploadId']}/parts").json()
    assert found["partSize"] == 8 * MIB
    assert [(part["partNumber"], part["size"]) for part in found["parts"]] == [(1, 5 * MIB)]
    assert found["parts"][0]["etag"].startswith('"')
    assert found["expiresAt"] > clock.iso()
    more = http.post("/api/upload/part-urls", json={"uploadId": upload["uploadId"], "partNumbers": [2, 2]})
    assert [url["partNumber"] for url in more.json()["partUrls"]] == [2]


@pytest.mark.parametrize("numbers", [[], [0], [10_001], ["1"], list(range(1, 1002))])
def test_part_urls_are_only_signed_for_parts_there_can_be(http: httpx.Client, ada: Person, numbers: list[Any]) -> None:
    upload = films.start(ada, 100).json()
    answer = http.post("/api/upload/part-urls", json={"uploadId": upload["uploadId"], "partNumbers": numbers})
    assert answer.status_code == 400
    assert answer.json()["details"]["field"].startswith("partNumbers")


def test_an_upload_runs_out(http: httpx.Client, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = films.start(ada, 100).json()
    later = clock.now() + 25 * 3600
    monkeypatch.setattr(clock, "now", lambda: later)
    assert films.send_part(http, upload, 1, BODY).status_code == 404
    assert films.finish(http, upload).status_code == 404


def test_a_second_upload_of_the_same_id_takes_over_and_the_first_is_refused(ada: Person) -> None:
    first = films.start(ada, 100).json()
    second = films.start(ada, 100).json()
    films.send_part(ada.http, first, 1, bytes(100))
    films.send_part(ada.http, second, 1, BODY)
    assert films.finish(ada.http, second).status_code == 200
    late = films.finish(ada.http, first)
    assert (late.status_code, late.json()["error"]) == (409, "Upload superseded")
    assert ada.http.get("/api/files/videos/film-1").content == BODY


def test_a_file_id_that_somebody_else_uses_is_refused(ada: Person, bob: Person) -> None:
    films.start(ada, 100)
    assert films.start(bob, 100).status_code == 409  # under way
    films.upload(ada, file_id="film-2")
    answer = films.start(bob, 100, "film-2")  # there
    assert (answer.status_code, answer.json()["error"]) == (409, "File id already in use")


def test_uploading_a_file_one_has_already_says_so(ada: Person) -> None:
    films.upload(ada)
    expected = {"uploadId": None, "fileId": "film-1", "category": "videos", "expiresIn": 0, "exists": True}
    assert films.start(ada, 100).json() == expected


# ---- deduplication


def test_check_knows_only_hashes_that_a_worker_has_verified(http: httpx.Client, ada: Person) -> None:
    claim = hashlib.sha256(b"a film I would like to have").hexdigest()
    films.upload(ada, BODY, hash=claim)  # a lie
    assert http.post("/api/upload/check", json={"hash": claim}).json() == {"exists": False, "fileId": None}
    truth = hashlib.sha256(BODY).hexdigest()
    assert http.post("/api/upload/check", json={"hash": truth}).json() == {"exists": False, "fileId": None}
    files.verified(files.get("film-1"), truth)
    assert http.post("/api/upload/check", json={"hash": truth.upper()}).json() == {"exists": True, "fileId": "film-1"}
    assert http.post("/api/upload/check", json={"hash": "no hash"}).json() == {"exists": False, "fileId": None}
    for wrong in ("", "a" * 129, 7, None):
        assert http.post("/api/upload/check", json={"hash": wrong}).status_code == 400


def test_init_with_a_known_hash_answers_that_it_exists_and_link_gives_it(ada: Person, bob: Person) -> None:
    films.verified(ada, BODY)
    answer = films.start(bob, 100, "another-id", hash=hashlib.sha256(BODY).hexdigest()).json()
    expected = {"exists": True, "fileId": "film-1", "category": "videos", "uploadId": None, "expiresIn": 0}
    assert answer == expected
    link = {"fileId": "film-1", "userId": bob.id}
    assert bob.http.post("/api/upload/link", json=link).json() == {"success": True, "alreadyLinked": False}
    assert bob.http.post("/api/upload/link", json=link).json() == {"success": True, "alreadyLinked": True}
    assert links.usage(bob.id) == (1, 100)


def test_link_to_a_file_that_is_not_there_is_a_200_that_clients_retry(ada: Person) -> None:
    answer = ada.http.post("/api/upload/link", json={"fileId": "later", "userId": ada.id})
    assert answer.status_code == 200
    assert answer.json() == {"success": False, "error": "File not found", "fileId": "later"}


def test_link_without_a_token_depends_on_open_writes(
    http: httpx.Client, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    films.upload(ada)
    link = {"fileId": "film-1", "userId": bob.id}
    assert http.post("/api/upload/link", json=link).status_code == 401
    monkeypatch.setenv("OPEN_WRITES", "true")
    assert http.post("/api/upload/link", json=link).json()["success"] is True
    assert ada.http.post("/api/upload/link", json=link).status_code == 403  # a token that is sent is checked
    assert http.post("/api/upload/link", json=link, headers={"authorization": "Bearer no"}).status_code == 401


# ---- in one go


def form(
    person: Person, body: bytes, name: str = "note.txt", kind: str = "text/plain", **fields: str
) -> httpx.Response:
    return person.http.post("/api/upload", files={"file": (name, body, kind)}, data={"userId": person.id, **fields})


def test_a_small_file_uploads_in_one_go(ada: Person) -> None:
    answer = form(
        ada, b"hello", basicMetadata=json.dumps({"title": "A note"}), file_created_at="2020-02-02T12:00:00+02:00"
    )
    assert answer.status_code == 200
    shown = answer.json()["file"]
    assert answer.json()["success"] is True
    assert (shown["name"], shown["size"], shown["type"], shown["exists"]) == ("note.txt", 5, "text/plain", False)
    assert ada.http.get(shown["url"]).content == b"hello"
    info = ada.http.get(f"/api/files/documents/{shown['id']}/info").json()["file"]
    assert (info["title"], info["file_created_at"]) == ("A note", 1580637600)


def test_the_same_small_file_again_is_linked_and_not_stored(ada: Person, bob: Person) -> None:
    first = form(ada, b"hello").json()["file"]
    files.verified(files.get(first["id"]), hashlib.sha256(b"hello").hexdigest())
    second = form(bob, b"hello", "other.txt").json()["file"]
    assert (second["id"], second["exists"]) == (first["id"], True)
    listed = bob.http.get(f"/api/upload/user/{bob.id}").json()["files"]
    assert [one["filename"] for one in listed] == ["other.txt"]


def test_a_form_without_a_file_or_user_says_which(ada: Person) -> None:
    missing = ada.http.post("/api/upload", files={"other": ("x", b"y")}, data={"userId": ada.id})
    assert (missing.status_code, missing.json()["error"]) == (400, "Missing file")
    missing = ada.http.post("/api/upload", files={"file": ("x", b"y")})
    assert (missing.status_code, missing.json()["error"]) == (400, "Missing userId")
    assert (form(ada, b"").status_code, form(ada, b"").json()["error"]) == (400, "Empty file")
    assert form(ada, b"x", basicMetadata="{").json()["error"] == "Invalid basicMetadata"


@pytest.mark.parametrize(
    ("metadata", "field", "constraint"),
    [
        ('{"title": 7}', "basicMetadata.title", "text or null, not a whole number"),
        ('{"thumbnail_url": "x"}', "basicMetadata.thumbnail_url", "an http(s) address, or a path of this site"),
        ('{"a":' * 100_000, "basicMetadata", "nested too deeply"),
        ("{", "basicMetadata", "Input data was truncated"),
        ("[]", "basicMetadata", "an object, not a list"),
    ],
)
def test_a_forms_wrong_metadata_is_refused_in_words(ada: Person, metadata: str, field: str, constraint: str) -> None:
    answer = ada.http.post(
        "/api/upload", data={"userId": ada.id, "basicMetadata": metadata}, files={"file": ("a.txt", b"a", "text/plain")}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "Invalid basicMetadata")
    assert answer.json()["details"] == {"field": field, "constraint": constraint}


def test_a_form_of_ten_mebibytes_is_too_large_for_one_go(ada: Person) -> None:
    assert form(ada, bytes(10 * MIB)).status_code == 413


def test_a_body_that_is_no_form_is_refused(ada: Person) -> None:
    assert ada.http.post("/api/upload", json={}).status_code == 415
    broken = ada.http.post("/api/upload", content=b"x", headers={"content-type": "multipart/form-data"})
    assert broken.status_code == 400


# ---- listing and status


@pytest.mark.parametrize("path", ["/api/upload/user/{ada}", "/api/files/videos/film-1/info"])
@pytest.mark.parametrize(
    "sent",
    [
        {"authorization": "Bearer something"}, {"authorization": "Basic eDp5"}, {"x-api-key": "k"},
        {"cookie": "a=1; next-auth.session-token=t"}, {"x-viewer-credentials": "1"},
        {"authorization": "Bearer null", "cookie": "next-auth.session-token=t"},
    ],
)  # fmt: skip
def test_whoever_sends_credentials_is_told_to_ask_each_time(
    ada: Person, http: httpx.Client, path: str, sent: dict[str, str]
) -> None:
    films.upload(ada)
    answer = http.get(path.format(ada=ada.id), headers=sent)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-cache")
    known = http.get(path.format(ada=ada.id), headers=sent | {"if-none-match": answer.headers["etag"]})
    assert (known.status_code, known.headers["cache-control"]) == (304, "private, no-cache")


@pytest.mark.parametrize("path", ["/api/upload/user/{ada}", "/api/files/videos/film-1/info"])
@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer ", "Bearer null", "bearer undefined"])
def test_who_sends_none_is_answered_as_documented_and_their_browser_told_credentials_matter(
    ada: Person, http: httpx.Client, path: str, sent: str
) -> None:
    films.upload(ada)
    headers = {"authorization": sent, "cookie": "next-auth.session-token=; other=1"} if sent else {}
    answer = http.get(path.format(ada=ada.id), headers=headers)
    assert answer.headers["cache-control"] == "public, max-age=300, s-maxage=600, stale-while-revalidate=3600"
    assert answer.headers["vary"] == "Authorization, X-API-Key, Cookie"


def test_the_list_has_the_documented_fields_newest_first(ada: Person, http: httpx.Client) -> None:
    films.upload(ada, file_id="first")
    films.upload(ada, file_id="second", basicMetadata={"genres": ["Drama"], "season": 1, "episode": 5})
    answer = http.get(f"/api/upload/user/{ada.id}")
    assert answer.headers["cache-control"] == "public, max-age=300, s-maxage=600, stale-while-revalidate=3600"
    shown = answer.json()["files"]
    assert [one["file_id"] for one in shown] == ["second", "first"]
    documented = {
        "file_id", "filename", "category", "size", "mime_type", "created_at", "title", "description", "thumbnail_url",
        "artists", "albums", "genres", "season", "episode",
    }  # fmt: skip
    info = http.get("/api/files/videos/second/info").json()["file"]
    assert documented | info.keys() | {"uploaded_at"} <= shown[0].keys()
    assert (shown[0]["genres"], shown[0]["season"], shown[0]["episode"]) == (["Drama"], 1, 5)


def test_the_list_answers_304_to_its_own_etag(ada: Person, http: httpx.Client) -> None:
    films.upload(ada)
    first = http.get(f"/api/upload/user/{ada.id}")
    for tag in (first.headers["etag"], "W/" + first.headers["etag"], f'"other", {first.headers["etag"]}', "*"):
        again = http.get(f"/api/upload/user/{ada.id}", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    films.upload(ada, file_id="another")
    assert http.get(f"/api/upload/user/{ada.id}", headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_the_list_filters_by_category_and_pages(ada: Person, http: httpx.Client) -> None:
    for index in range(5):
        films.upload(ada, file_id=f"film-{index}")
    films.upload(ada, file_id="song", category="musics")
    url = f"/api/upload/user/{ada.id}"
    assert [one["file_id"] for one in http.get(url, params={"category": "musics"}).json()["files"]] == ["song"]
    seen, cursor = [], None
    while True:
        page = http.get(url, params={"category": "videos", "limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["file_id"] for one in page["files"]]
        cursor = page["nextCursor"]
        if not cursor:
            break
    assert seen == [f"film-{index}" for index in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    "query", [{"category": "films"}, {"limit": "0"}, {"limit": "1001"}, {"limit": "many"}, {"cursor": "made-up"}]
)
def test_the_list_names_a_wrong_parameter(ada: Person, query: dict[str, str]) -> None:
    films.upload(ada)
    answer = ada.http.get(f"/api/upload/user/{ada.id}", params=query)
    assert answer.status_code == 400
    assert answer.json()["details"]["field"] == next(iter(query))


def test_a_cursor_of_another_order_is_refused(ada: Person) -> None:
    for index in range(3):
        films.upload(ada, file_id=f"film-{index}")
    page = ada.http.get(f"/api/upload/user/{ada.id}", params={"limit": 1}).json()
    answer = ada.http.get(f"/api/upload/user/{ada.id}", params={"category": "videos", "cursor": page["nextCursor"]})
    assert answer.status_code == 400
    crafted = base64.urlsafe_b64encode(b'{"sk":"x","lsi1":7}').decode()
    assert ada.http.get(f"/api/upload/user/{ada.id}", params={"cursor": crafted}).status_code == 400


def test_nobodys_list_is_empty(http: httpx.Client) -> None:
    answer = http.get("/api/upload/user/nobody")
    assert (answer.status_code, answer.json()["files"]) == (200, [])


def test_status_says_how_far_the_stream_is(ada: Person, http: httpx.Client) -> None:
    films.upload(ada)
    pending = http.get("/api/upload/status/film-1").json()
    assert (pending["ready"], pending["playlist"], pending["init"], pending["segments"]) == (False, False, False, 0)
    assert pending["files"] == []
    for name in ("master.m3u8", "720p_init.mp4", "720p_00001.m4s", "720p_00002.m4s"):
        aws.client("s3").put_object(Bucket=cloud.BUCKET, Key=f"api/stream/film-1/{name}", Body=b"x")
    files.update("film-1", {"stream_state": "ready", "stream_ready": True})
    ready = http.get("/api/upload/status/film-1").json()
    assert (ready["ready"], ready["playlist"], ready["init"], ready["segments"]) == (True, True, True, 2)
    assert ready["url"] == "https://bobine.test/api/stream/film-1/master.m3u8"
    assert http.get("/api/upload/status/nothing").status_code == 404


@pytest.mark.parametrize("name", ["é" * 300, "映画 🎬.mp4", 'a"b\r\nX-Evil: 1.mp4', "../../etc/passwd", "C:\\film.mp4"])
def test_any_name_survives_without_touching_keys_or_headers(ada: Person, name: str) -> None:
    films.upload(ada, filename=name)
    shown = ada.http.get("/api/files/videos/film-1/info").json()["file"]["filename"]
    assert "\r" not in shown
    assert "/" not in shown
    answer = ada.http.get("/api/files/videos/film-1")
    assert "x-evil" not in answer.headers
    assert answer.headers["content-disposition"].startswith('inline; filename="')
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]


@pytest.mark.parametrize("kind", ["video/mp4\x0bx", "video/мп4", "video", "video/" + "x" * 3000, "video/mp4; é", "/"])
def test_a_form_with_a_nonsense_media_type_is_bytes_of_some_kind(ada: Person, kind: str) -> None:
    head = b'Content-Disposition: form-data; name="file"; filename="x.mp4"\r\nContent-Type: ' + kind.encode()
    user = b'Content-Disposition: form-data; name="userId"\r\n\r\n' + ada.id.encode()
    body = b"--x\r\n" + head + b"\r\n\r\nhello\r\n--x\r\n" + user + b"\r\n--x--"
    answer = ada.http.post("/api/upload", content=body, headers={"content-type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["file"]["type"].isascii()


@pytest.mark.parametrize(
    ("kind", "inline"),
    [
        ("video/mp4", True),
        ("Audio/MPEG", True),
        ('video/mp4; codecs="avc1"', True),
        ("application/pdf", True),
        ("image/svg+xml", False),
        ("video/x+xml", False),
        ("audio/xml", False),
        ("image/png+xml", False),
        ("application/pdf+xml; charset=utf-8", False),
        ("text/html", False),
    ],
)
def test_only_what_runs_nothing_is_opened_in_our_origin(kind: str, inline: bool) -> None:
    sent, opened = multipart.shown_as(kind)
    assert (opened, sent) == (inline, kind if inline else "application/octet-stream")


def test_a_form_of_an_impossible_user_stores_nothing(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPEN_WRITES", "true")
    answer = http.post("/api/upload", files={"file": ("x.txt", b"hello", "text/plain")}, data={"userId": "u" * 3000})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "userId")
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=cloud.BUCKET)


def test_the_id_of_a_deleted_file_is_free_once_what_was_made_of_it_is_gone(
    ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    films.upload(ada, b"as it was", "film-1")
    assert ada.http.delete("/api/files/videos/film-1", params={"userId": ada.id}).status_code == 200
    for person in (bob, ada):
        refused = films.start(person, 5, "film-1")
        assert (refused.status_code, refused.json()["error"]) == (409, "File id already in use")
    assert sum(waited) < 2 * 5

    def collected(_: float) -> None:
        sweep.handler(cloud.sqs_event(*cloud.messages("sweep")), None)

    monkeypatch.setattr(time, "sleep", collected)  # by the worker, while init waits for it
    assert films.start(bob, 5, "film-1").status_code == 200


def test_a_deleted_file_is_nobodys_to_take(ada: Person, bob: Person) -> None:
    films.upload(ada)
    ada.http.delete("/api/files/videos/film-1", params={"userId": ada.id})
    for person in (ada, bob):
        answer = person.http.post("/api/upload/link", json={"fileId": "film-1", "userId": person.id})
        assert answer.json() == {"success": False, "error": "File not found", "fileId": "film-1"}
    assert ada.http.get("/api/files/videos/film-1").status_code == 404
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=cloud.BUCKET)


def test_a_worker_that_reads_the_bytes_of_a_deleted_file_says_nothing_of_its_successor(ada: Person) -> None:
    films.upload(ada, b"as it was")
    before = files.get("film-1")
    ada.http.delete("/api/files/videos/film-1", params={"userId": ada.id})
    sweep.handler(cloud.sqs_event(*cloud.messages("sweep")), None)
    films.upload(ada, b"other bytes")
    for verdict in (files.verified, files.mismatched):
        with pytest.raises(NotFound):
            verdict(before, hashlib.sha256(b"as it was").hexdigest())
    assert files.get("film-1").hash_state == "unknown"
    assert files.id_of_hash(hashlib.sha256(b"as it was").hexdigest()) is None


# ---- names and ids


def test_a_refused_file_id_says_in_words_what_is_wanted(ada: Person) -> None:
    wanted = films.start(ada, 5, "a/b").json()["details"]["constraint"]
    assert "letters, digits, spaces and _-.(), at most 200 bytes" in wanted
    for word in ("metadata", "top10", "user", "info", "thumbnail", "thumbnail.jpg"):
        answer = films.start(ada, 5, word)
        assert (answer.status_code, answer.json()["details"]["field"]) == (400, "fileId")
        assert "addresses" in answer.json()["details"]["constraint"]


IDS = [
    "Mon film (1999).mp4",
    "映画_第1話",
    "фильм",
    "e\u0301te\u0301",
    "हिन्दी",
    "a" * 200,
    "100.%s" % ("é" * 98),
    ".x",
    "-",
]


@pytest.mark.parametrize("file_id", IDS)
@pytest.mark.parametrize("sent", ["raw", "percent-encoded"])
def test_a_file_id_of_any_script_works_everywhere(ada: Person, http: httpx.Client, file_id: str, sent: str) -> None:
    upload = films.start(ada, 100, file_id).json()
    assert upload["fileId"] == file_id
    assert quote(file_id, safe="") in upload["partUrls"][0]["url"]
    header = file_id.encode() if sent == "raw" else quote(file_id, safe="").encode()
    headers = {b"X-Upload-Id": upload["uploadId"].encode(), b"X-Part-Number": b"1", b"X-Category": b"videos"}
    stored = http.post("/api/upload/part", content=BODY, headers={**headers, b"X-File-Id": header})
    assert stored.status_code == 200, stored.text
    cloud.messages("invalidate")
    done = films.finish(http, upload).json()
    paths = cloud.messages("invalidate")[0]["paths"]
    assert all(path.isascii() and " " not in path for path in paths)
    address = f"/api/files/videos/{quote(file_id, safe='')}"
    assert http.get(done["url"]).content == BODY == http.get(address).content
    assert http.get(f"{address}/info").json()["file"]["url"] == done["url"]
    assert http.get(f"{address}/thumbnail.jpg").headers["content-type"] == "image/jpeg"
    assert http.get(f"/api/upload/status/{quote(file_id)}").status_code == 200
    place = {"current_time": 500, "duration": 1000, "user_id": ada.id}
    assert ada.http.post(f"/api/watch-progress/{quote(file_id)}", json=place).status_code == 200
    assert ada.http.get(f"/api/watch-progress/{quote(file_id)}").json()["file_id"] == file_id
    rated = ada.http.post(f"/api/ratings/{quote(file_id)}", json={"rating": 5, "user_id": ada.id})
    assert rated.status_code == 200
    assert ada.http.get("/api/ratings/top10").json()["top10"][0]["file_id"] == file_id
    assert ada.http.delete(address, params={"userId": ada.id}).status_code == 200


def test_latin_letters_in_a_header_are_understood_as_browsers_send_them(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 100, "été").json()
    headers = {b"X-Upload-Id": upload["uploadId"].encode(), b"X-Part-Number": b"1", b"X-Category": b"videos"}
    answer = http.post("/api/upload/part", content=BODY, headers={**headers, b"X-File-Id": "été".encode("latin-1")})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Filename": base64.b64encode("Amélie.mp4".encode()).decode(), "X-Filename-Encoded": "base64"},
        {"X-Filename": "Am%C3%A9lie.mp4"},
        {"X-Filename": "Amélie.mp4"},
    ],
)
def test_a_name_that_comes_with_a_part_names_the_file_when_nobody_else_does(
    http: httpx.Client, ada: Person, headers: dict[str, str]
) -> None:
    for file_id, given, expected in (("f1", None, "Amélie.mp4"), ("f2", "other.mp4", "other.mp4")):
        upload = films.start(ada, 100, file_id, filename=given).json()
        films.send_part(http, upload, 1, BODY, **headers)
        films.finish(http, upload)
        assert http.get(f"/api/files/videos/{file_id}/info").json()["file"]["filename"] == expected
    upload = films.start(ada, 100, "Film 3.mp4", filename=None).json()
    films.send_part(http, upload, 1, BODY)
    films.finish(http, upload)
    assert http.get("/api/files/videos/Film%203.mp4/info").json()["file"]["filename"] == "Film 3.mp4"


def test_a_part_whose_name_is_no_base64_is_refused(http: httpx.Client, ada: Person) -> None:
    upload = films.start(ada, 100, filename=None).json()
    answer = films.send_part(http, upload, 1, BODY, **{"X-Filename": "%%%", "X-Filename-Encoded": "base64"})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "X-Filename")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (1706140800, 1706140800),
        ("1706140800", 1706140800),
        ("2024-01-25T00:00:00Z", 1706140800),
        ("2024-01-25", 1706140800),
        (1706140800000, 1706140800),
        (1706140800.9, 1706140800),
        (0, 0),
        (-86400, -86400),
        (None, None),
    ],
)
def test_the_moment_a_file_was_made_is_taken_in_every_form_and_answered_in_seconds(
    http: httpx.Client, ada: Person, sent: Any, shown: Any
) -> None:
    upload = films.start(ada, 100).json()
    films.send_part(http, upload, 1, BODY)
    assert films.finish(http, upload, file_created_at=sent).status_code == 200
    info = http.get("/api/files/videos/film-1/info").json()["file"]
    assert info["file_created_at"] == shown
    assert abs(info["uploaded_at"] - clock.now()) < 60
    assert isinstance(info["uploaded_at"], int)


@pytest.mark.parametrize("nonsense", ["yesterday", "1e999", "NaN", "2024-13-01", 1e300, True, [], "1_0", "٣"])
def test_nonsense_is_no_moment(http: httpx.Client, ada: Person, nonsense: Any) -> None:
    upload = films.start(ada, 100).json()
    films.send_part(http, upload, 1, BODY)
    answer = films.finish(http, upload, file_created_at=nonsense)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "file_created_at")


# ---- giving up


def test_an_upload_is_cancelled_at_once_and_for_good(http: httpx.Client, ada: Person, bob: Person) -> None:
    upload = films.start(ada, 100).json()
    films.send_part(http, upload, 1, BODY)
    address = f"/api/upload/{upload['uploadId']}"
    assert bob.http.delete(address).status_code == 403
    for _ in range(2):
        answer = http.delete(address)
        assert (answer.status_code, answer.json()) == (200, {"success": True})
    for gone in (
        films.send_part(http, upload, 1, BODY),
        films.finish(http, upload),
        http.get(f"{address}/parts"),
        http.post("/api/upload/part-urls", json={"uploadId": upload["uploadId"], "partNumbers": [1]}),
    ):
        assert (gone.status_code, gone.json()["error"]) == (404, "Upload not found")
    open_ones = aws.client("s3").list_multipart_uploads(Bucket=cloud.BUCKET).get("Uploads", [])
    assert upload["uploadId"] not in {one["UploadId"] for one in open_ones}
    assert films.start(bob, 100).status_code == 200  # its id is free


def test_an_unknown_upload_cannot_be_cancelled_nor_one_that_is_a_file_already(http: httpx.Client, ada: Person) -> None:
    assert http.delete("/api/upload/nobody's").status_code == 404
    upload = films.start(ada, 100).json()
    films.send_part(http, upload, 1, BODY)
    films.finish(http, upload)
    assert http.delete(f"/api/upload/{upload['uploadId']}").status_code == 409
    assert http.get("/api/files/videos/film-1").content == BODY


def test_an_upload_that_died_between_s3_and_the_record_leaves_nothing_when_cancelled(
    http: httpx.Client, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = films.start(ada, 100).json()
    films.send_part(http, upload, 1, BODY)
    with monkeypatch.context() as dying:
        dying.setattr(uploading, "finish", lambda *_: 1 / 0)
        assert films.finish(http, upload).status_code == 500
    assert http.delete(f"/api/upload/{upload['uploadId']}").status_code == 200
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=cloud.BUCKET)


@pytest.mark.parametrize("category", [None, "videos"])
def test_a_list_of_long_descriptions_is_cut_before_it_is_too_long_to_answer(
    ada: Person, monkeypatch: pytest.MonkeyPatch, category: str | None
) -> None:
    monkeypatch.setattr(uploads, "PAGE_BYTES", 30_000)
    for n in range(5):
        films.upload(ada, file_id=f"film-{n}", basicMetadata={"description": "x" * (10_000 if n != 3 else 1)})
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"cursor": cursor} | ({"category": category} if category else {})
        page = ada.http.get(f"/api/upload/user/{ada.id}", params=query)
        assert len(page.content) < 40_000
        seen += [file["file_id"] for file in page.json()["files"]]
        cursor = page.json()["nextCursor"]
    assert seen == [f"film-{n}" for n in (4, 3, 2, 1, 0)]
