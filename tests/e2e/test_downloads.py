"""Downloads on the whole platform, with yt-dlp and a site of our own: a file, its progress, a library, a zip."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from websockets.sync.client import connect

from tests.e2e.conftest import Person, Running
from tests.fakes.site import TITLE, Site

pytestmark = pytest.mark.xdist_group("e2e")
PATIENCE = 60.0  # seconds


@pytest.fixture
def http(bobine: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=bobine.url, timeout=PATIENCE, follow_redirects=True) as client:
        yield client


def until_over(http: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """A download's state once it is over."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        found: dict[str, Any] = http.get(f"/api/download/{answer.json()['download_id']}").json()
        if found["status"] in ("completed", "failed", "cancelled"):
            return found
        time.sleep(0.5)
    raise AssertionError(found)


def ask(http: httpx.Client, url: str, **more: Any) -> httpx.Response:
    return http.post("/api/download", json={"url": url, "format_id": "best", **more})


def ask_and_go(http: httpx.Client, url: str) -> httpx.Response:
    """Without waiting for it, so that there is an id to listen to while it goes on."""
    body = {"url": url, "format_id": "best"}
    answer = http.post("/api/download", json=body, headers={"prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    return answer


def test_a_page_with_a_film_is_a_file_and_a_zip(http: httpx.Client, site: Site) -> None:
    looked = http.post("/api/info", json={"url": f"{site.url}/page"}).json()
    assert looked["formats"][0]["format_id"] == "bestvideo+bestaudio/best"
    found = until_over(http, ask(http, f"{site.url}/page"))
    assert found["status"] == "completed", found
    film = http.get(f"/api/download/{found['download_id']}/{quote(found['filename'])}")
    assert film.content == httpx.get(f"{site.url}/film.mp4").content
    packed = http.get(f"/api/download/{found['download_id']}/archive.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.testzip() is None
        assert found["filename"] in archive.namelist()


def test_progress_comes_over_the_socket_and_so_does_the_end(http: httpx.Client, bobine: Running, site: Site) -> None:
    size = len(httpx.get(f"{site.url}/film.mp4").content)
    answer = ask_and_go(http, f"{site.url}/slow.mp4?rate={size // 6}")
    where = bobine.url.replace("http", "ws", 1) + f"/ws/download/{answer.json()['download_id']}"
    with connect(where) as socket:
        said = [json.loads(text) for text in socket]
    assert set(said[0]) == {"percent", "speed", "eta"}
    assert said[-1] == {"status": "completed", "files": ["slow.mp4"]}


def test_cancelling_ends_it_within_seconds(http: httpx.Client, site: Site) -> None:
    answer = ask_and_go(http, f"{site.url}/slow.mp4?rate=2000")
    ends = time.monotonic() + PATIENCE
    while http.get("/api/health").json()["active_downloads"] == 0 and time.monotonic() < ends:
        time.sleep(0.25)
    assert http.get("/api/health").json()["active_downloads"] == 1
    http.delete(f"/api/download/{answer.json()['download_id']}")
    ends = time.monotonic() + PATIENCE
    while http.get("/api/health").json()["active_downloads"] and time.monotonic() < ends:
        time.sleep(0.25)
    assert http.get("/api/health").json()["active_downloads"] == 0
    assert until_over(http, answer)["status"] == "cancelled"


def test_a_redirect_to_a_private_address_is_refused(http: httpx.Client, site: Site) -> None:
    found = until_over(http, answer) if (answer := ask(http, f"{site.url}/away")).status_code == 202 else answer.json()
    assert found["code"] == "URL_NOT_ALLOWED"


def test_a_result_in_the_library_plays(someone: Callable[[str], Person], site: Site) -> None:
    ada = someone("ada")
    found = until_over(ada.http, ask(ada.http, f"{site.url}/page", save_to_library=True))
    (file_id,) = found["library"]
    assert ada.until_streamed(file_id)["playlist"]
    (filed,) = ada.get(f"/api/upload/user/{ada.id}")["files"]
    assert (filed["file_id"], filed["title"]) == (file_id, TITLE)
    assert [one["download_id"] for one in ada.get("/api/download")["downloads"]] == [found["download_id"]]
