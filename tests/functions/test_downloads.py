"""Downloads as their clients meet them (redstream): from a request over the workers to files, reports and errors."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import httpx
import msgspec
import pytest

from functions.downloads import asking
from functions.sweep import app as sweep
from scripts.measure.offline import ROWS, count_calls
from shared import aws, storage
from shared.downloads import download as entity
from shared.sources import errors
from shared.sources.found import Found
from shared.sources.order import About, Got, Progress
from tests import cloud, sources
from tests.conftest import Person
from tests.sources import FILM, GONE, SITE, Engine, ask, ask_many

Later = Callable[[float], None]


@pytest.fixture
def engine(aws_cloud: None, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return sources.installed(monkeypatch)


@pytest.fixture
def impatient(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sources.impatient(monkeypatch)


def status(http: httpx.Client, download: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = http.get(f"/api/download/{download.json()['download_id']}").json()
    return found


def objects() -> list[str]:
    return storage.names("downloads/")


# ---- a download


def test_a_download_that_is_done_in_time_is_answered_at_once(http: httpx.Client, engine: Engine) -> None:
    answer = ask(http)
    body = answer.json()
    assert (answer.status_code, body["status"], body["filename"]) == (200, "completed", "film.mp4")
    assert body["task_id"] == body["download_id"]
    assert engine.orders[0].include_thumbnail
    assert not engine.orders[0].extract_audio


def test_a_file_is_handed_out_as_a_download_with_its_name(http: httpx.Client, engine: Engine) -> None:
    where = f"/api/download/{ask(http).json()['download_id']}/film.mp4"
    whole, part, head = http.get(where), http.get(where, headers={"range": "bytes=2-5"}), http.head(where)
    assert (whole.status_code, whole.content) == (200, FILM)
    assert whole.headers["content-type"] == "application/octet-stream"
    assert whole.headers["content-disposition"].startswith('attachment; filename="film.mp4"')
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, FILM[2:6], f"bytes 2-5/{len(FILM)}")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(FILM)), b"")
    assert http.get(where, headers={"range": "bytes=999999-"}).status_code == 416
    assert http.get(where, headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    assert http.get(where + "x").status_code == 404


def test_a_large_file_is_a_redirect_to_the_bucket(http: httpx.Client, engine: Engine) -> None:
    body = bytes(20 << 20)
    engine.does["/large"] = lambda order, folder, tell: sources.film(order, folder, body=body)
    answer = http.get(f"/api/download/{ask(http, '/large').json()['download_id']}/large.mp4")
    assert answer.status_code == 307
    assert "X-Amz-Signature" in answer.headers["location"]


@pytest.mark.parametrize("preferred", ["respond-async", "handling=lenient, Respond-Async", "wait=0"])
def test_who_prefers_not_to_wait_does_not(http: httpx.Client, engine: Engine, preferred: str) -> None:
    body = {"url": f"{SITE}/film", "format_id": "best"}
    answer = http.post("/api/download", json=body, headers={"prefer": preferred})
    assert (answer.status_code, answer.json()["status"]) == (202, "downloading")
    assert engine.orders == []


@pytest.mark.parametrize(
    ("preferred", "seconds"), [("", 25), ("wait=5", 5), ("wait=999", 25), ("wait=x", 25), ("return=minimal", 25)]
)
def test_a_request_waits_as_long_as_its_sender_prefers_and_25_seconds_at_most(preferred: str, seconds: float) -> None:
    assert asking.patience(preferred) == seconds


@pytest.mark.usefixtures("impatient")
def test_one_that_takes_longer_is_followed_by_its_id(http: httpx.Client, engine: Engine) -> None:
    answer = ask(http)
    body = answer.json()
    assert (answer.status_code, body) == (
        202,
        {"status": "downloading", "download_id": body["download_id"], "task_id": body["download_id"]},
    )
    waiting = status(http, answer)
    assert (waiting["status"], waiting["files"], waiting["progress"]["percent"]) == ("queued", [], "0.0%")

    def look(order: Any, folder: Any, tell: Any) -> Any:
        tell(Progress("downloading", 42.0, 1258291.2, 12))
        seen.append(status(http, answer))
        return sources.film(order, folder)

    seen: list[dict[str, Any]] = []
    engine.does["/film"] = look
    sources.work()
    assert seen[0]["status"] == "downloading"
    done = status(http, answer)
    assert (done["status"], done["files"], done["filename"]) == ("completed", ["film.mp4"], "film.mp4")
    assert (done["success_count"], done["error_count"], done["errors"]) == (1, 0, [])


def test_progress_is_told_in_yt_dlps_words(http: httpx.Client, engine: Engine, monkeypatch: Any) -> None:
    monkeypatch.setattr("shared.downloads.progress.EVERY", 0.0)
    told: list[Any] = []
    monkeypatch.setattr("shared.downloads.progress.Teller.tell", lambda self, message: told.append(message))
    monkeypatch.setattr("shared.downloads.ending.Teller.close", lambda self, last: told.append(last))
    ask(http)
    assert {"percent": "42.0%", "speed": "1.20MiB/s", "eta": "00:12"} in told
    assert told[-1] == {"status": "completed", "files": ["film.mp4"]}


def test_side_files_are_listed_apart_and_served_alike(http: httpx.Client, engine: Engine) -> None:
    def with_sides(order: Any, folder: Any, tell: Any) -> Any:
        got = sources.film(order, folder)
        (folder / "film.jpg").write_bytes(b"jpeg")
        (folder / "film.fr.vtt").write_bytes(b"WEBVTT")
        return Got(got.media, [folder / "film.jpg"], [folder / "film.fr.vtt"], got.about)

    engine.does["/film"] = with_sides
    body = ask(http, include_subtitles=True).json()
    assert (body["files"], body["thumbnails"], body["subtitles"]) == (["film.mp4"], ["film.jpg"], ["film.fr.vtt"])
    assert http.get(f"/api/download/{body['download_id']}/film.fr.vtt").content == b"WEBVTT"
    assert engine.orders[0].include_subtitles


def test_any_name_is_served(http: httpx.Client, engine: Engine) -> None:
    name = "L’été 🎬 à la plage (1)"
    engine.does["/film"] = lambda order, folder, tell: sources.film(order, folder, name)
    body = ask(http).json()
    assert body["files"] == [f"{name}.mp4"]
    answer = http.get(f"/api/download/{body['download_id']}/{name}.mp4")
    assert answer.content == FILM
    assert "filename*=UTF-8''L%E2%80%99%C3%A9t" in answer.headers["content-disposition"]


# ---- errors


@pytest.mark.parametrize(
    ("error", "code", "status_code"),
    [
        (errors.FormatUnavailable, "FORMAT_UNAVAILABLE", 400),
        (errors.AgeRestricted, "AGE_RESTRICTED", 403),
        (errors.GeoBlocked, "GEO_BLOCKED", 403),
        (errors.VideoUnavailable, "VIDEO_UNAVAILABLE", 404),
        (errors.TooLarge, "TOO_LARGE", 413),
        (errors.SourceBlocked, "SOURCE_BLOCKED", 502),
        (errors.SourceError, "UNKNOWN_ERROR", 502),
        (errors.JsRuntimeMissing, "JS_RUNTIME_MISSING", 503),
    ],
)
def test_what_the_source_says_is_the_answer_and_stays_it(
    http: httpx.Client, engine: Engine, error: Any, code: str, status_code: int
) -> None:
    engine.does["/film"] = sources.fails(error)
    answer = ask(http)
    body = answer.json()
    assert (answer.status_code, body["code"], body["error"]) == (status_code, code, error.default)
    assert body["detail"] == {"error": error.default, "detail": error.says, "code": code}
    assert len(engine.orders) == 1
    assert objects() == []


@pytest.mark.usefixtures("impatient")
def test_a_failed_download_says_why(http: httpx.Client, engine: Engine) -> None:
    engine.does["/film"] = GONE
    answer = ask(http)
    sources.work()
    told = status(http, answer)
    assert (told["status"], told["code"], told["error"]) == ("failed", "VIDEO_UNAVAILABLE", "Vidéo indisponible")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"format_id": "best"}, "url"),
        ({"url": SITE}, "format_id"),
        ({"url": 1, "format_id": "best"}, "url"),
        ({"url": SITE, "format_id": ""}, "format_id"),
        ({"url": SITE, "format_id": "best", "extract_audio": "yes"}, "extract_audio"),
        ({"url": SITE, "format_id": "best", "start": -1}, "start"),
        ({"url": SITE, "format_id": "best", "start": 9, "end": 3}, "end"),
        ({"url": SITE, "format_id": "best", "start": 9, "chapter": "one"}, "chapter"),
        ({"url": f"{SITE}/{'a' * 5000}", "format_id": "best"}, "url"),
    ],
)
def test_a_bad_field_is_named(http: httpx.Client, engine: Engine, body: dict[str, Any], field: str) -> None:
    answer = http.post("/api/download", json=body)
    assert answer.status_code == 400
    assert field in answer.text
    assert set(answer.json()) == {"error", "code", "detail"}


@pytest.mark.parametrize(("url", "code"), [("ftp://site.test/a", "INVALID_URL"), ("nonsense", "INVALID_URL")])
@pytest.mark.parametrize("path", ["/api/info", "/api/download", "/api/download/playlist"])
def test_what_is_no_link_is_refused(http: httpx.Client, engine: Engine, url: str, code: str, path: str) -> None:
    answer = http.post(path, json={"url": url, "urls": [url], "format_id": "best"})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_hosts_that_are_not_listed_are_refused(http: httpx.Client, engine: Engine, monkeypatch: Any) -> None:
    monkeypatch.setenv("DOWNLOAD_ALLOWED_HOSTS", "")
    answer = http.post("/api/download", json={"url": "https://example.org/page", "format_id": "best"})
    assert (answer.status_code, answer.json()["code"]) == (400, "URL_NOT_ALLOWED")
    for host in ("youtube.com", "vimeo.com", "dailymotion.com", "twitch.tv", "x.com", "instagram.com", "tiktok.com"):
        url = f"https://www.{host}/watch?v=1"
        assert http.post("/api/download", json={"url": url, "format_id": "best"}).status_code == 200, host


# ---- playlists


def test_a_playlist_is_a_report_of_each_link(http: httpx.Client, engine: Engine) -> None:
    engine.does["/broken"] = GONE
    answer = ask_many(http, "/one", "/broken", "/two")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "completed")
    assert (body["success_count"], body["error_count"]) == (2, 1)
    assert body["files"] == ["one.mp4", "two.mp4"]
    assert [(one["url"], one["status"]) for one in body["results"]] == [
        (f"{SITE}/one", "success"),
        (f"{SITE}/two", "success"),
    ]
    assert [(one["url"], one["error"], one["code"]) for one in body["errors"]] == [
        (f"{SITE}/broken", "Vidéo indisponible", "VIDEO_UNAVAILABLE")
    ]


@pytest.mark.usefixtures("impatient")
def test_each_link_is_a_message_of_its_own(http: httpx.Client, engine: Engine) -> None:
    answer = ask_many(http, "/one", "/two", "/three")
    messages = cloud.messages("FETCH")
    assert sorted(one["entry"] for one in messages) == [1, 2, 3]
    sources.deliver("fetch", next(one for one in messages if one["entry"] == 3))
    half = status(http, answer)
    assert (half["status"], half["files"], half["success_count"]) == ("downloading", ["three.mp4"], 1)
    assert http.get(f"/api/download/{half['download_id']}/three.mp4").content == FILM


def test_a_playlist_of_which_nothing_came_has_failed_and_is_still_a_report(http: httpx.Client, engine: Engine) -> None:
    engine.does |= {"/one": GONE, "/two": GONE}
    answer = ask_many(http, "/one", "/two")
    body = answer.json()
    assert (answer.status_code, body["status"], body["success_count"], body["error_count"]) == (200, "failed", 0, 2)
    assert status(http, answer)["code"] == "VIDEO_UNAVAILABLE"


def test_a_link_that_is_not_taken_is_in_the_report(http: httpx.Client, engine: Engine) -> None:
    body = http.post("/api/download/playlist", json={"urls": ["ftp://x/a", f"{SITE}/one"], "format_id": "best"}).json()
    assert (body["success_count"], body["error_count"]) == (1, 1)
    assert body["errors"][0]["code"] == "INVALID_URL"


def test_two_entries_of_one_title_are_two_files(http: httpx.Client, engine: Engine) -> None:
    engine.does["/two"] = lambda order, folder, tell: sources.film(order, folder, "one", b"another")
    body = ask_many(http, "/one", "/two").json()
    assert sorted(body["files"]) == ["one (2).mp4", "one.mp4"]
    bodies = {http.get(f"/api/download/{body['download_id']}/{name}").content for name in body["files"]}
    assert bodies == {FILM, b"another"}


@pytest.mark.parametrize("count", [0, 501, 10_000])
def test_a_playlist_has_one_to_five_hundred_links(http: httpx.Client, engine: Engine, count: int) -> None:
    answer = ask_many(http, *(f"/{number}" for number in range(count)))
    assert (answer.status_code, "urls" in answer.text) == (400, True)


@pytest.mark.usefixtures("impatient")
def test_five_hundred_links_are_taken(http: httpx.Client, engine: Engine) -> None:
    answer = ask_many(http, *(f"/{number}" for number in range(500)))
    assert answer.status_code == 202
    assert len(cloud.messages("FETCH")) == 500


def test_a_playlist_is_one_zip(http: httpx.Client, engine: Engine) -> None:
    download_id = ask_many(http, "/one", "/two").json()["download_id"]
    answer = http.get(f"/api/download/{download_id}/archive.zip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["one.mp4", "two.mp4"]
        assert archive.read("two.mp4") == FILM
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
    assert http.get(f"/api/download/{download_id}").json()["files"] == ["one.mp4", "two.mp4"]
    assert http.get(f"/api/download/{download_id}/archive.zip").content == answer.content
    assert cloud.messages("CONVERT") == []


def test_a_zip_has_a_name_that_every_system_takes(http: httpx.Client, engine: Engine) -> None:
    engine.does["/film"] = lambda order, folder, tell: msgspec.structs.replace(
        sources.film(order, folder), about=About(title='Who? / "Me": <part\\2>')
    )
    answer = http.get(f"/api/download/{ask(http).json()['download_id']}/archive.zip")
    assert unquote(answer.headers["content-disposition"]).endswith("''Who_ _ _Me__ _part_2_.zip")


def test_a_large_zip_comes_in_parts(http: httpx.Client, engine: Engine) -> None:
    body = bytes(range(256)) * (40 << 12)
    for name in ("/one", "/two"):
        engine.does[name] = lambda order, folder, tell: sources.film(order, folder, body=body)
    download_id = ask_many(http, "/one", "/two").json()["download_id"]
    assert http.get(f"/api/download/{download_id}/archive.zip").status_code == 307
    stored = storage.read(f"downloads/{download_id}/archive.zip") or b""
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        assert archive.testzip() is None
        assert archive.read("two.mp4") == body


@pytest.mark.usefixtures("impatient")
def test_a_zip_of_what_is_not_done_is_refused_and_one_being_made_is_waited_for(
    http: httpx.Client, engine: Engine
) -> None:
    download_id = ask(http).json()["download_id"]
    assert http.get(f"/api/download/{download_id}/archive.zip").status_code == 409
    sources.work()
    answer = http.get(f"/api/download/{download_id}/archive.zip")
    assert (answer.status_code, answer.json()["status"]) == (202, "processing")
    sources.work()
    assert http.get(f"/api/download/{download_id}/archive.zip").status_code == 200


# ---- conversions


def test_a_conversion_is_a_download_of_its_own(http: httpx.Client, engine: Engine) -> None:
    first = ask(http).json()["download_id"]
    answer = http.post("/api/convert", json={"download_id": first, "output_format": "mp3"})
    body = answer.json()
    assert (answer.status_code, body["status"], body["filename"]) == (200, "completed", "film.mp3")
    assert body["download_id"] != first
    assert http.get(f"/api/download/{body['download_id']}/film.mp3").content == b"mp3" + FILM


def test_converting_a_playlist_converts_each_of_its_media_files(http: httpx.Client, engine: Engine) -> None:
    first = ask_many(http, "/one", "/two").json()["download_id"]
    body = http.post("/api/convert", json={"download_id": first, "output_format": "mkv"}).json()
    assert body["files"] == ["one.mkv", "two.mkv"]


@pytest.mark.usefixtures("impatient")
def test_a_conversion_on_its_way_says_so(http: httpx.Client, engine: Engine) -> None:
    first = ask(http)
    asked = {"download_id": first.json()["download_id"], "output_format": "mp3"}
    assert http.post("/api/convert", json=asked).status_code == 409
    sources.work()
    answer = http.post("/api/convert", json=asked)
    assert (answer.status_code, answer.json()["status"]) == (202, "converting")


def test_a_conversion_that_cannot_be_done_says_why(http: httpx.Client, engine: Engine) -> None:
    engine.does["convert film.mp4"] = sources.fails(errors.FormatUnavailable)
    first = ask(http).json()["download_id"]
    answer = http.post("/api/convert", json={"download_id": first, "output_format": "webm"})
    assert (answer.status_code, answer.json()["code"]) == (400, "FORMAT_UNAVAILABLE")


@pytest.mark.parametrize("output_format", ["avi", "", "../mp4", None])
def test_only_the_documented_formats_are_made(http: httpx.Client, engine: Engine, output_format: Any) -> None:
    answer = http.post("/api/convert", json={"download_id": "x", "output_format": output_format})
    assert (answer.status_code, "output_format" in answer.text) == (400, True)
    assert http.post("/api/convert", json={"download_id": "x", "output_format": "mp4"}).status_code == 404


# ---- the same again, cancelling, history


@pytest.mark.usefixtures("impatient")
def test_the_same_request_twice_at_once_is_one_job(http: httpx.Client, engine: Engine, ada: Person) -> None:
    first, second = ask(http).json(), ask(http).json()
    assert first == second
    assert ask(ada.http).json()["download_id"] != first["download_id"], "another caller's"
    assert ask(http, format_id="720p").json()["download_id"] != first["download_id"]
    sources.work()
    assert ask(http).json()["download_id"] != first["download_id"], "once it is over it may be asked for anew"


@pytest.mark.usefixtures("impatient")
def test_cancelling_stops_a_worker_in_the_middle_and_leaves_nothing(
    http: httpx.Client, engine: Engine, later: Later
) -> None:
    reached: list[str] = []

    def cancelled(order: Any, folder: Any, tell: Any) -> Any:
        (folder / "film.part").write_bytes(b"half")
        assert http.delete(f"/api/download/{answer.json()['download_id']}").json()["status"] == "cancelled"
        later(2)
        monotonic[0] += 2
        tell(Progress("downloading", 50.0))
        reached.append("went on")

    monotonic = [100.0]
    import shared.downloads.progress as progress

    engine.does["/film"] = cancelled
    answer = ask(http)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "time", type("Clock", (), {"monotonic": staticmethod(lambda: monotonic[0])}))
        sources.work()
    assert reached == []
    assert status(http, answer)["status"] == "cancelled"
    assert objects() == []
    assert http.delete(f"/api/download/{answer.json()['download_id']}").json()["status"] == "cancelled"


@pytest.mark.usefixtures("impatient")
def test_what_is_cancelled_before_it_began_never_begins(http: httpx.Client, engine: Engine) -> None:
    answer = ask_many(http, "/one", "/two")
    http.delete(f"/api/download/{answer.json()['download_id']}")
    sources.work()
    assert engine.orders == []


def test_what_is_over_cannot_be_cancelled(http: httpx.Client, engine: Engine) -> None:
    answer = ask(http)
    assert http.delete(f"/api/download/{answer.json()['download_id']}").json()["status"] == "completed"
    assert status(http, answer)["files"] == ["film.mp4"]


def test_an_account_has_a_history_newest_first_by_pages(ada: Person, bob: Person, engine: Engine, later: Later) -> None:
    made = []
    for name in ("/one", "/two", "/three"):
        later(1)
        made.append(ask(ada.http, name).json()["download_id"])
    ask(bob.http)
    first = ada.http.get("/api/download", params={"limit": 2}).json()
    assert [one["download_id"] for one in first["downloads"]] == made[:0:-1]
    rest = ada.http.get("/api/download", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert ([one["title"] for one in rest["downloads"]], rest["next_cursor"]) == (["one"], None)


def test_the_line_stays_when_the_files_are_gone_and_can_be_asked_for_again(
    ada: Person, engine: Engine, later: Later
) -> None:
    answer = ask(ada.http)
    later(entity.FILES_LAST + 1)
    told = status(ada.http, answer)
    assert (told["status"], told["files"], told["expired"]) == ("completed", [], True)
    again = ada.http.post(f"/api/download/{told['download_id']}/retry")
    assert (again.status_code, again.json()["filename"]) == (200, "film.mp4")
    assert again.json()["download_id"] != told["download_id"]
    assert len(ada.http.get("/api/download").json()["downloads"]) == 2


def test_trying_a_playlist_again_asks_for_what_failed(http: httpx.Client, engine: Engine) -> None:
    engine.does["/broken"] = GONE
    download_id = ask_many(http, "/one", "/broken").json()["download_id"]
    del engine.does["/broken"]
    body = http.post(f"/api/download/{download_id}/retry").json()
    assert body["files"] == ["broken.mp4"]


def test_a_line_can_be_taken_from_the_history_with_its_files(ada: Person, engine: Engine) -> None:
    download_id = ask(ada.http).json()["download_id"]
    answer = ada.http.delete(f"/api/download/{download_id}/history")
    assert answer.json() == {"status": "deleted", "download_id": download_id}
    assert ada.http.get("/api/download").json()["downloads"] == []
    assert ada.http.get(f"/api/download/{download_id}").status_code == 404
    assert objects() == []


def test_a_history_needs_an_account(http: httpx.Client, engine: Engine) -> None:
    assert http.get("/api/download").status_code == 401


# ---- whose it is


def test_what_is_nobodys_is_reachable_by_its_id_and_an_accounts_is_its_own(
    http: httpx.Client, ada: Person, bob: Person, engine: Engine
) -> None:
    nobodys, hers = ask(http).json()["download_id"], ask(ada.http).json()["download_id"]
    assert bob.http.get(f"/api/download/{nobodys}").status_code == 200
    for client in (http, bob.http):
        for method, path in (
            ("GET", ""), ("DELETE", ""), ("GET", "/film.mp4"), ("GET", "/archive.zip"), ("POST", "/retry"),
            ("DELETE", "/history"),
        ):  # fmt: skip
            assert client.request(method, f"/api/download/{hers}{path}").status_code == 404, (method, path)
        asked = {"download_id": hers, "output_format": "mp3"}
        assert client.post("/api/convert", json=asked).status_code == 404
    assert ada.http.get(f"/api/download/{hers}/film.mp4").content == FILM


def test_where_downloads_are_not_open_an_account_is_needed(
    http: httpx.Client, ada: Person, engine: Engine, monkeypatch: Any
) -> None:
    monkeypatch.setenv("OPEN_DOWNLOADS", "false")
    assert ask(http).status_code == 401
    assert http.post("/api/info", json={"url": SITE}).status_code == 401
    assert http.get("/api/download/x/film.mp4").status_code == 401
    assert ask(ada.http).status_code == 200


# ---- an hour


def test_files_go_after_an_hour(http: httpx.Client, engine: Engine, later: Later) -> None:
    download_id = ask(http).json()["download_id"]
    later(entity.FILES_LAST - 5)
    assert http.get(f"/api/download/{download_id}/film.mp4").status_code == 200
    later(10)
    assert http.get(f"/api/download/{download_id}/film.mp4").status_code == 404
    assert http.get(f"/api/download/{download_id}").status_code == 404, "nobody's is not known any more"
    sweep.handler({}, None)
    assert objects() == []


def test_the_sweep_leaves_what_has_its_hour(http: httpx.Client, engine: Engine, later: Later) -> None:
    download_id = ask(http).json()["download_id"]
    later(1200)
    sweep.handler({}, None)
    assert http.get(f"/api/download/{download_id}/film.mp4").status_code == 200


def test_what_was_made_of_a_cancelled_playlist_goes_at_once(http: httpx.Client, engine: Engine, later: Later) -> None:
    with pytest.MonkeyPatch.context() as patch:
        sources.impatient(patch)
        answer = ask_many(http, "/one", "/two")
    sources.deliver("fetch", cloud.messages("FETCH")[0])
    http.delete(f"/api/download/{answer.json()['download_id']}")
    assert status(http, answer)["files"] == []
    later(100)
    sweep.handler({}, None)
    assert objects() == []


# ---- what a link holds


def test_a_look_is_remembered_for_ten_minutes(http: httpx.Client, engine: Engine, later: Later) -> None:
    for _ in range(3):
        answer = http.post("/api/info", json={"url": f"{SITE}/film"})
    assert (answer.status_code, answer.json()["title"], len(engine.looks)) == (200, "A film", 1)
    assert set(answer.json()) >= {
        *("id", "title", "uploader", "duration", "view_count", "thumbnail", "description", "formats", "is_playlist"),
        *("playlist_title", "playlist_count", "entries"),
    }
    later(601)
    http.post("/api/info", json={"url": f"{SITE}/film"})
    assert len(engine.looks) == 2


def test_a_long_answer_is_kept_in_the_bucket(http: httpx.Client, engine: Engine) -> None:
    engine.found = Found("1", "A film", description="long " * 30_000)
    for _ in range(2):
        answer = http.post("/api/info", json={"url": f"{SITE}/film"})
        assert len(answer.json()["description"]) == 150_000
    assert len(engine.looks) == 1
    assert objects()


def test_ten_looks_a_minute(http: httpx.Client, engine: Engine, later: Later) -> None:
    answers = [http.post("/api/info", json={"url": f"{SITE}/film"}) for _ in range(11)]
    assert [one.status_code for one in answers] == [200] * 10 + [429]
    assert answers[0].headers["x-ratelimit-limit"] == "10"
    assert answers[-1].json()["retryAfter"] == int(answers[-1].headers["retry-after"])
    assert ask(http).status_code == 200, "downloads are another matter"
    later(60)
    assert http.post("/api/info", json={"url": f"{SITE}/film"}).status_code == 200


def test_a_look_that_fails_says_why(http: httpx.Client, engine: Engine) -> None:
    engine.does["/gone"] = GONE
    answer = http.post("/api/info", json={"url": f"{SITE}/gone"})
    assert (answer.status_code, answer.json()["code"]) == (404, "VIDEO_UNAVAILABLE")


def test_a_look_that_is_remembered_is_one_read(http: httpx.Client, engine: Engine) -> None:
    http.post("/api/info", json={"url": f"{SITE}/film"})
    counter: Counter[str] = Counter()
    for service in ("dynamodb", "s3"):
        count_calls(aws.client(service), counter)
    assert http.post("/api/info", json={"url": f"{SITE}/film"}).status_code == 200
    assert counter == {"GetItem": 1, "UpdateItem": 1, ROWS: 1}  # the update is the limit's


def test_a_look_has_what_is_left_of_the_requests_25_seconds(
    http: httpx.Client, engine: Engine, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_to_begin(**call: Any) -> dict[str, Any]:
        later(4)
        return sources.called(**call)

    monkeypatch.setitem(aws._clients, "lambda", SimpleNamespace(invoke=slow_to_begin))
    assert http.post("/api/info", json={"url": f"{SITE}/film"}).status_code == 200
    assert engine.patience == [pytest.approx(21, abs=1)]


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (errors.Unreachable, False),
        (errors.SourceBlocked, False),
        (errors.Silent, False),
        (errors.JsRuntimeMissing, True),
        (RuntimeError, True),
    ],
)
def test_what_a_source_does_is_no_fault_of_ours(
    http: httpx.Client, engine: Engine, capsys: pytest.CaptureFixture[str], error: Any, fault: bool
) -> None:
    engine.does["/film"] = sources.fails(error)
    answer = http.post("/api/info", json={"url": f"{SITE}/film"})
    told = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    (line,) = [one for one in told if one.get("route") == "/api/info" and "Faults" in one]
    assert answer.status_code >= 500
    assert (line["Faults"], line["level"]) == (int(fault), "ERROR" if fault else "INFO")
    assert any(one["level"] == "ERROR" for one in told) == fault


def test_a_source_that_wants_no_robots_is_left_alone_for_some_minutes(
    http: httpx.Client, engine: Engine, later: Later
) -> None:
    engine.does["/film"] = sources.BLOCKED
    assert ask(http).json()["code"] == "SOURCE_BLOCKED"
    assert ask(http, "/another").json()["code"] == "SOURCE_BLOCKED"
    answer = http.post("/api/info", json={"url": f"{SITE}/third"})
    assert (answer.status_code, answer.json()["code"]) == (502, "SOURCE_BLOCKED")
    assert (len(engine.orders), engine.looks) == (1, [])
    later(301)
    assert ask(http, "/another").status_code == 200


# ---- whose pages may read


def test_origins_can_be_restricted(http: httpx.Client, engine: Engine, monkeypatch: Any) -> None:
    def allowed(origin: str, method: str = "GET") -> str | None:
        answer = http.request(method, "/api/health", headers={"origin": origin})
        found: str | None = answer.headers.get("access-control-allow-origin")
        return found

    assert allowed("https://a.test") == "*"
    monkeypatch.setenv("CORS_ORIGINS", "https://a.test, https://b.test")
    assert (allowed("https://a.test"), allowed("https://b.test"), allowed("https://evil.test")) == (
        "https://a.test",
        "https://b.test",
        None,
    )
    assert (allowed("https://a.test", "OPTIONS"), allowed("https://evil.test", "OPTIONS")) == ("https://a.test", None)
    assert "Origin" in http.get("/api/health").headers["vary"]
    assert "access-control-allow-origin" not in http.get("/nowhere", headers={"origin": "https://evil.test"}).headers
