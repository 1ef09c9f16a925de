"""A power cut in the middle of writes, five times: what was acknowledged more than 4 s before is all there, nothing is
half there, and the platform starts by itself.
"""

import threading
import time
import uuid
from dataclasses import dataclass, field

import httpx

from scripts.adversary.own import Platform
from scripts.adversary.target import Person, Tally, Target

TIMES = 5
SAFE = 4.0  # seconds after which an acknowledged write has reached the disk (rows are written every 2 s)
ENOUGH = 8  # files that are written before the writes that are sure to be cut off
WARM = 30.0  # seconds at most until they are; a platform that has just started is slow
HANDS = 4


@dataclass(slots=True)
class Wrote:
    """What was acknowledged, and when."""

    files: dict[str, tuple[float, bytes]] = field(default_factory=dict)
    places: dict[str, tuple[float, float]] = field(default_factory=dict)


def attack(platform: Platform, target: Target, tally: Tally) -> None:
    person, wrote = Person(target, "crash"), Wrote()
    time.sleep(SAFE)
    for _ in range(TIMES):
        if target.left() < WARM + SAFE + 20:
            tally.note = "no time for all cuts"
            break
        cut = write_until_cut(platform, target, person, wrote)
        platform.start()
        judge(target, tally, person, wrote, cut)
    tally.note = f"{tally.note} {len(wrote.files)} files, {len(wrote.places)} positions".strip()


def write_until_cut(platform: Platform, target: Target, person: Person, wrote: Wrote) -> float:
    """Several hands write, then the platform is killed; the moment of it."""
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            body = uuid.uuid4().bytes * 8
            try:
                file_id = person.upload(body)
                wrote.files[file_id] = (time.monotonic(), body)
                place = {"current_time": 10.0, "duration": 100.0, "user_id": person.id}
                if person.ask("POST", f"/api/watch-progress/{file_id}", json=place).status_code == 200:
                    wrote.places[file_id] = (time.monotonic(), 10.0)
            except (httpx.HTTPError, KeyError, ValueError):
                if not over.is_set():
                    time.sleep(0.05)

    hands = [threading.Thread(target=write) for _ in range(HANDS)]
    for hand in hands:
        hand.start()
    wanted, until = len(wrote.files) + ENOUGH, time.monotonic() + WARM
    while len(wrote.files) < wanted and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(SAFE + 1)
    over_at = time.monotonic()
    over.set()
    platform.kill()
    for hand in hands:
        hand.join()
    target.tally.faults.clear()  # whatever was underway when the power went
    return over_at


def judge(target: Target, tally: Tally, person: Person, wrote: Wrote, cut: float) -> None:
    me = person.ask("GET", "/users/me")
    tally.held(me.status_code == 200, f"the account is gone: {me.status_code}")
    for file_id, (at, body) in list(wrote.files.items()):
        info = person.ask("GET", f"/api/files/documents/{file_id}/info")
        if cut - at > SAFE:
            tally.held(info.status_code == 200, f"a file of {cut - at:.1f} s before the cut is gone")
        if info.status_code == 200:
            kept = person.ask("GET", f"/api/files/documents/{file_id}")
            tally.held(kept.content == body, f"a file is there without its bytes: {kept.status_code}")
        else:
            del wrote.files[file_id]
    for file_id, (at, _) in list(wrote.places.items()):
        place = person.ask("GET", f"/api/watch-progress/{file_id}").json()
        if cut - at > SAFE:
            tally.held(bool(place), f"a position of {cut - at:.1f} s before the cut is gone")
        if not place:
            del wrote.places[file_id]
    counted, listed = usage(person)
    tally.held(counted == listed, f"{counted} files are counted and {listed} listed")


def usage(person: Person) -> tuple[int, int]:
    counted = person.ask("GET", "/api/stats", params={"userId": person.id}).json()["fileCount"]
    listed, cursor = 0, None
    while True:
        query = {"limit": 1000} | ({"cursor": cursor} if cursor else {})
        page = person.ask("GET", f"/api/upload/user/{person.id}", params=query).json()
        listed, cursor = listed + len(page["files"]), page["nextCursor"]
        if not cursor:
            return counted, listed
