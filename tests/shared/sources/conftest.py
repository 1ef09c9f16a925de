"""A site with films, and the settings that let us go there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from shared.sources import engine
from shared.sources.order import Got, Order, Progress
from tests.fakes import site as fake
from tests.fakes.site import Site

GIB = 1 << 30
Fetch = Callable[..., Got]


@pytest.fixture(scope="session")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with fake.running(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def site(_site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("OUTBOUND_ALLOW", _site.place)
    monkeypatch.setenv("DOWNLOAD_ALLOWED_HOSTS", "*")
    _site.asked.clear()
    return _site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "download"
    made.mkdir()
    return made


@pytest.fixture
def fetch(site: Site, folder: Path) -> Fetch:
    """`fetch("/page", "best", extract_audio=True)`: into `folder`."""

    def bring(
        path: str,
        format_id: str = "best",
        *,
        tell: Callable[[Progress], None] = lambda _: None,
        largest: int = 2 * GIB,
        seconds: float = 120,
        **order: Any,
    ) -> Got:
        wanted = Order(site.url + path, format_id, **order)
        return engine.fetch(wanted, folder, tell, largest=largest, deadline=monotonic() + seconds)

    return bring
