"""Sources for the tests of downloads: an engine that answers by the link's path, and workers that work when told to."""

import importlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest

from functions.downloads import asking
from shared import aws, clock
from shared.downloads import download as entity
from shared.downloads.download import Download, Entry, Piece
from shared.sources import convert, engine, errors
from shared.sources.found import Found
from shared.sources.order import About, Got, Order, Progress
from shared.table import Item
from tests import cloud

SITE = "https://site.test"
FILM = b"a film " * 1000
WORKERS = {"FETCH": "fetch", "CONVERT": "convert"}


class Engine:
    """`orders` and `looks` are what was asked of it. What a path does stands in `does`; others are a film."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.looks: list[str] = []
        self.patience: list[float] = []  # seconds that each look may take
        self.does: dict[str, Callable[..., Any]] = {}
        self.found = Found("1", "A film")

    def look(self, url: str, *, cookies: Path | None = None, seconds: float = 25.0) -> Found:
        self.looks.append(url)
        self.patience.append(seconds)
        act = self.does.get(url.removeprefix(SITE))
        return act() if act else self.found

    def fetch(
        self, order: Order, folder: Path, tell: Callable[[Progress], None], *, largest: int, deadline: float,
        cookies: Path | None = None,
    ) -> Got:  # fmt: skip
        self.orders.append(order)
        act = self.does.get(order.url.removeprefix(SITE))
        if act:
            return act(order, folder, tell)  # type: ignore[no-any-return]
        tell(Progress("downloading", 42.0, 1258291.2, 12))
        return film(order, folder)

    def convert(self, source: Path, output_format: str, folder: Path, tell: Any, *, deadline: float) -> Path:
        tell(Progress("processing", 10.0))
        act = self.does.get(f"convert {source.name}")
        if act:
            act()
        made = folder / f"{source.stem}.{output_format}"
        made.write_bytes(output_format.encode() + source.read_bytes())
        return made


def film(order: Order, folder: Path, name: str = "", body: bytes = FILM, **about: Any) -> Got:
    title = name or order.url.rpartition("/")[2]
    path = folder / f"{title}.mp4"
    path.write_bytes(body)
    return Got([path], [], [], About(title=title, **about))


def fails(error: Callable[[], BaseException]) -> Callable[..., Any]:
    def act(*_: Any) -> Any:
        raise error()

    return act


GONE = fails(errors.VideoUnavailable)
BLOCKED = fails(errors.SourceBlocked)
SHAKY = fails(errors.Unreachable)


def installed(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine in its place, the platform open to every host, and workers that work while a request waits."""
    made = Engine()
    for place, name in ((engine, "look"), (engine, "fetch"), (convert, "convert")):
        monkeypatch.setattr(place, name, getattr(made, name))
    monkeypatch.setenv("OPEN_DOWNLOADS", "true")
    monkeypatch.setenv("DOWNLOAD_ALLOWED_HOSTS", "*")
    monkeypatch.setenv("LOOK_FUNCTION", "look")
    monkeypatch.setitem(aws._clients, "lambda", SimpleNamespace(invoke=called))
    monkeypatch.setattr(asking, "time", SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: work()))
    return made


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests wait for nobody."""
    monkeypatch.setattr(asking, "WAIT", 0.0)


def called(FunctionName: str, Payload: bytes) -> dict[str, Any]:
    module = importlib.import_module(f"functions.{FunctionName}.app")
    answer = module.handler(json.loads(Payload), None)
    return {"Payload": SimpleNamespace(read=lambda: msgspec.json.encode(answer))}


def work(deliveries: int = 1) -> list[dict[str, Any]]:
    """Let the workers have what is on their queues now; what they gave back."""
    failed = []
    for queue, folder in WORKERS.items():
        for body in cloud.messages(queue):
            failed += deliver(folder, body, deliveries)
    return failed


def deliver(folder: str, body: dict[str, Any], deliveries: int = 1, context: Any = None) -> list[dict[str, Any]]:
    """One message to one worker; itself, if it was given back."""
    event = cloud.sqs_event(body)
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(deliveries)
    answer = importlib.import_module(f"functions.{folder}.app").handler(event, context)
    return [body] if answer["batchItemFailures"] else []


def ask(http: httpx.Client, path: str = "/film", **more: Any) -> httpx.Response:
    return http.post("/api/download", json={"url": SITE + path, "format_id": "best", **more})


def ask_many(http: httpx.Client, *paths: str, **more: Any) -> httpx.Response:
    return http.post(
        "/api/download/playlist", json={"urls": [SITE + one for one in paths], "format_id": "best", **more}
    )


def rows(download_id: str, state: entity.State = "downloading", files: Sequence[str] = (), **more: Any) -> list[Item]:
    """The rows of a download as it would stand, with files of its one entry."""
    now = clock.now()
    standing: dict[str, Any] = {
        "created": now,
        "updated": now,
        "expires": int(now) + 86400,
        "caller": "c",
        "request": "r",
    }
    standing |= {"until": now + 3600} if state in entity.OVER else {}
    download = Download(id=download_id, kind="download", url=SITE, total=1, state=state, **{**standing, **more})
    entry = Entry(number=1, url=SITE, state="done" if state == "completed" else "queued")
    pieces = [Piece(name=name, key=f"k/{name}", size=1, role="media", entry=1) for name in files]
    return [
        entity.row_of(download, entity.key(download_id), download.expires),
        entity.row_of(entry, entity.entry_key(download_id, 1), download.expires),
        *(entity.row_of(one, entity.piece_key(download_id, one.name), download.expires) for one in pieces),
    ]
