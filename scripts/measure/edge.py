"""The local front door with `--cache`: what a hit costs against a miss, the same answer in one run."""

import statistics
import time
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.measure.platform import Running, running, timed
from scripts.measure.ratios import row

ROUNDS = 60
FILES = 50  # in the listing that is asked for


@dataclass(slots=True)
class Clock:
    """The cache's clock, moved by a file in the data folder."""

    on: Running
    ahead: int = 0

    def everything_expires(self) -> None:
        self.ahead += 2 * 31_536_000
        (self.on.data / "clock-ahead").write_text(str(self.ahead))


def measure() -> None:
    """A miss of the listing is another page of the same files; the others' has expired and is asked about again."""
    with running("--cache") as on, httpx.Client(base_url=on.url, timeout=60) as anonymous:
        for index in range(FILES):
            content = {"file": (f"{index}.txt", b"some words of some length", "text/plain")}
            on.http.post("/api/upload", data={"userId": on.user}, files=content).raise_for_status()
        listing, clock = f"/api/upload/user/{on.user}", Clock(on)
        newest = settled(on, listing)[0]
        media = f"/api/files/{newest['category']}/{newest['file_id']}"
        info = f"{media}/info"
        listings, infos, medias = [], [], []
        for index in range(ROUNDS):
            page = f"{listing}?limit={FILES + 1 + index}"
            listings.append(pair(anonymous, page, "Miss"))
            clock.everything_expires()
            infos.append(pair(anonymous, info, "RefreshHit" if index else "Miss"))
            medias.append(pair(anonymous, media, "RefreshHit" if index else "Miss"))
        for name, pairs, bar in (
            (f"listing of {FILES} files, miss / hit", listings, "≥ 5"),
            ("info, asked about again / hit", infos, "≥ 5"),
            ("small object in S3, asked about again / hit", medias, "—"),
        ):
            misses, hits = (statistics.median(side) for side in zip(*pairs[5:], strict=True))
            row(name, misses, hits, statistics.median(a / b for a, b in pairs[5:]), bar)


def settled(on: Running, listing: str) -> list[dict[str, Any]]:
    """The files, once the workers have looked at each and their invalidations are through."""
    while True:
        files: list[dict[str, Any]] = on.http.get(listing).json()["files"]
        if all(file["stream_state"] != "pending" for file in files):
            time.sleep(3)
            return files
        time.sleep(0.2)


def pair(http: httpx.Client, address: str, first: str) -> tuple[float, float]:
    """Seconds of a request that goes to the origin, and of the same one again."""
    answers: list[httpx.Response] = []
    miss = timed(lambda: answers.append(http.get(address)))
    hit = timed(lambda: answers.append(http.get(address)))
    said = [one.headers["x-cache"].removesuffix(" from cloudfront") for one in answers]
    if said != [first, "Hit"]:
        raise RuntimeError(f"{address} was answered as {said}")
    return miss, hit
