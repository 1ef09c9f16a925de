"""What Videomi's own client asks, in its order and in its way (videomi; contract: "What the real client was seen to
need"): one person signs in, uploads a film in parts of 10 MiB, a song in one go, looks, plays, rates, and goes on.
"""

import base64
import hashlib
import io
import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from shared import aws, clock, storage
from shared.library import files, keys
from tests import cloud
from tests.conftest import Person

MIB = 1 << 20
CHUNK = 10 * MIB
FILM = bytes(range(256)) * (4096 * 12) + b"the end"  # 12 MiB and a little
NAME = "L'été à Paris (1999).mp4"
FILE_ID = "L_été à Paris (1999)-1706140800"  # the client makes it of the name and the time
ADDRESS = f"/api/files/videos/{quote(FILE_ID, safe='')}"


@pytest.fixture(autouse=True)
def as_it_runs_locally(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPEN_WRITES", "true")
    monkeypatch.setenv("LISTS_AS_TEXT", "true")


def upload_film(ada: Person) -> dict[str, Any]:
    """Ask by hash, begin, send the parts one after another, complete, link."""
    digest = hashlib.sha256(FILM).hexdigest()
    assert ada.http.post("/api/upload/check", json={"hash": digest}).json() == {"exists": False, "fileId": None}
    body = {
        "fileId": FILE_ID,
        "category": "videos",
        "size": len(FILM),
        "mimeType": "video/mp4",
        "userId": ada.id,
        "filename": NAME,
        "hash": digest,
    }
    begun = ada.http.post("/api/upload/init", json=body).json()
    assert (begun["fileId"], begun["category"], begun["expiresIn"]) == (FILE_ID, "videos", 3600)
    parts = []
    for number, start in enumerate(range(0, len(FILM), CHUNK), start=1):
        headers = {
            "X-Upload-Id": begun["uploadId"],
            "X-Part-Number": str(number),
            "X-File-Id": FILE_ID,
            "X-Category": "videos",
            "X-Filename": base64.b64encode(NAME.encode()).decode(),
            "X-Filename-Encoded": "base64",
        }
        raw = {name: value.encode() for name, value in headers.items()}
        stored = ada.http.post("/api/upload/part", content=FILM[start : start + CHUNK], headers=raw).json()
        assert (stored["success"], stored["partNumber"]) == (True, number)
        parts.append({"partNumber": number, "etag": stored["etag"]})
    done = ada.http.post(
        "/api/upload/complete",
        json={
            "uploadId": begun["uploadId"],
            "parts": parts,
            "filename": NAME,
            "basicMetadata": {"title": PurePath(NAME).stem, "duration": 7200, "artist": None, "genre": "Comédie"},
            "file_created_at": 1706140800,
        },
    ).json()
    assert (done["success"], done["fileId"], done["category"]) == (True, FILE_ID, "videos")
    assert ada.http.get(done["url"], headers={"range": "bytes=-7"}).content == b"the end"
    link: dict[str, Any] = ada.http.post("/api/upload/link", json={"fileId": FILE_ID, "userId": ada.id}).json()
    return link


def listed(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.http.get(
        f"/api/upload/user/{person.id}", params={"category": "videos"}
    ).json()["files"]
    return found


def test_a_link_is_asked_for_until_the_file_is_there(ada: Person) -> None:
    early = ada.http.post("/api/upload/link", json={"fileId": FILE_ID, "userId": ada.id})
    assert (early.status_code, early.json()) == (
        200,
        {"success": False, "error": "File not found", "fileId": FILE_ID},
    )
    assert upload_film(ada) == {"success": True, "alreadyLinked": True}


def test_a_film_is_listed_shown_played_rated_and_gone_on_with(ada: Person, http: httpx.Client) -> None:
    upload_film(ada)
    (row,) = listed(ada)
    assert (row["file_id"], row["filename"], row["title"]) == (FILE_ID, NAME, PurePath(NAME).stem)
    assert (row["file_created_at"], row["duration"], row["size"]) == (1706140800, 7200, len(FILM))
    assert abs(row["uploaded_at"] - clock.now()) < 60
    assert (json.loads(row["genres"]), row["artists"], row["albums"]) == (["Comédie"], None, None)
    info = http.get(f"{ADDRESS}/info").json()["file"]
    assert info.keys() == row.keys()

    status = http.get(f"/api/upload/status/{quote(FILE_ID)}").json()
    assert {"ready", "playlist", "init", "segments", "files"} <= status.keys()
    assert status["ready"] is False
    aws.client("s3").put_object(Bucket=cloud.BUCKET, Key=f"api/stream/{FILE_ID}/master.m3u8", Body=b"#EXTM3U")
    files.update(FILE_ID, {"stream_state": "ready", "stream_ready": True})
    assert http.get(f"/api/upload/status/{quote(FILE_ID)}").json()["ready"] is True
    assert http.get(f"/api/stream/{quote(FILE_ID)}/master.m3u8").content == b"#EXTM3U"

    described = {"title": "L'été", "source_api": "tmdb", "source_id": "12345", "genres": ["Comédie"], "year": 1999}
    answer = http.post(f"/api/files/{quote(FILE_ID, safe='')}/metadata", json=described)
    assert answer.json() == {"success": True}  # its metadata come without a token
    out = io.BytesIO()
    Image.new("RGB", (20, 30), "teal").save(out, "JPEG")
    storage.put(keys.thumbnail("videos", FILE_ID), out.getvalue(), "image/jpeg", "")
    for extension in (".jpg", ".png", ".webp", ""):
        picture = http.get(f"{ADDRESS}/thumbnail{extension}")
        assert Image.open(io.BytesIO(picture.content)).size == (20, 30)

    rating = {"rating": 5, "user_id": ada.id}
    rated = ada.http.post(f"/api/ratings/{quote(FILE_ID)}", json=rating).json()
    assert rated == {"success": True, "userRating": 5, "averageRating": 5.0}
    mine = ada.http.get(f"/api/ratings/{quote(FILE_ID)}", params={"user_id": ada.id}).json()
    assert mine == {"userRating": 5, "averageRating": 5.0}
    best = ada.http.get("/api/ratings/top10", params={"category": "videos"}).json()["top10"]
    assert (best[0]["file_id"], best[0]["averageRating"], best[0]["ratingCount"]) == (FILE_ID, 5.0, 1)

    place = {"current_time": 1234.5, "duration": 7200, "user_id": ada.id}
    assert ada.http.post(f"/api/watch-progress/{quote(FILE_ID)}", json=place).json() == {"success": True}
    going_on = ada.http.get(f"/api/watch-progress/user/{ada.id}").json()["progressions"]
    assert [(one["file_id"], one["progress_percent"]) for one in going_on] == [(FILE_ID, 17.1)]

    usage = ada.http.get("/api/stats", params={"userId": ada.id}).json()
    assert usage["fileCount"] == 1
    assert (usage["totalSizeGB"], usage["billableGB"]) == (len(FILM) / 2**30, 1)
    gone = ada.http.delete(ADDRESS, params={"userId": ada.id})
    assert gone.json() == {"success": True, "deleted": True}
    assert listed(ada) == []


def test_episodes_are_grouped_and_films_stand_alone(ada: Person) -> None:
    said_of: list[dict[str, Any]] = [{"season": 1, "episode": 1}, {"season": 1}, {"source_api": "tmdb_tv"}, {}]
    for number, said in enumerate(said_of):
        name = f"video {number}.mp4"
        sent = {"file": (name, b"bytes %d" % number, "video/mp4")}
        metadata = {"source_id": "1399", **said}
        form = {"userId": ada.id, "basicMetadata": json.dumps(metadata), "file_created_at": "2024-01-25T00:00:00.000Z"}
        answer = ada.http.post("/api/upload", files=sent, data=form).json()
        assert answer["success"] is True
        assert answer["file"].keys() == {"id", "name", "size", "type", "url", "exists"}
        ada.http.post(f"/api/ratings/{answer['file']['id']}", json={"rating": 4, "user_id": ada.id})
    (series,) = ada.http.get("/api/ratings/top10", params={"groupBySeries": "true"}).json()["top10"]
    assert (series["source_id"], series["ratingCount"], series["episodeCount"]) == ("1399", 3, 3)
    (film,) = ada.http.get("/api/ratings/top10", params={"category": "videos"}).json()["top10"]
    assert film["title"] == "video 3.mp4"


def test_a_song_comes_with_single_names_and_a_text_opens_in_the_browser(ada: Person, http: httpx.Client) -> None:
    basic = {"title": "Chanson", "artist": "Barbara", "album": "L'Aigle noir", "genre": "Chanson", "duration": 290.5}
    song = ada.http.post(
        "/api/upload",
        files={"file": ("chanson.mp3", b"song", "audio/mpeg")},
        data={"userId": ada.id, "basicMetadata": json.dumps(basic), "file_created_at": "1706140800"},
    ).json()["file"]
    info = http.get(f"/api/files/musics/{song['id']}/info").json()["file"]
    assert (json.loads(info["artists"]), json.loads(info["albums"])) == (["Barbara"], ["L'Aigle noir"])
    assert (json.loads(info["genres"]), info["file_created_at"]) == (["Chanson"], 1706140800)
    text = ada.http.post(
        "/api/upload", files={"file": ("notes.txt", "née".encode(), "text/plain")}, data={"userId": ada.id}
    ).json()["file"]
    opened = http.get(f"/api/files/documents/{text['id']}/{quote(text['name'])}")
    assert opened.text == "née"
    assert opened.headers["content-disposition"].startswith("inline")
    assert opened.headers["content-security-policy"].startswith("sandbox")
