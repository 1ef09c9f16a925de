"""Films and pictures made to hurt whoever reads them, sent all at once, and a good film among them.

Let in is a file whose stream never comes to an end, a platform that is slow to say that it is well, and a good film
that is not playable in time beside them.
"""

import importlib
import subprocess
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from scripts.adversary.target import Person, Tally, Target

SLOW = 1.0  # seconds to be well
PLAYABLE = 5.0  # seconds from the good film's `complete`
ENDS = 90.0  # seconds for the worst of them
DONE = ("ready", "failed", "none")
KINDS = {"musics": "audio/mpeg", "images": "image/jpeg"}


def attack(target: Target, tally: Tally) -> None:
    try:
        hostile = importlib.import_module("scripts.adversary.hostile")
    except ModuleNotFoundError:
        tally.note = "no hostile files here"
        return
    person = Person(target, "media")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        films, pictures = list(hostile.films()), list(hostile.pictures())
        with ThreadPoolExecutor(4) as pool:
            begun = list(pool.map(lambda one: (one, sent(person, folder, one)), [*films, *pictures]))
        other = Person(target, "good")  # for who sends the others waits for their own turn
        good = other.upload(good_film(folder), "videos", "video/mp4")
        judge_good(target, tally, good)
        judge_ends(target, tally, person, {file_id: one.name for one, file_id in begun if file_id})
        for one, file_id in begun:
            if file_id:
                picture = person.ask("GET", f"/api/files/{one.category}/{file_id}/thumbnail")
                tally.held(picture.status_code == 200, f"{one.name} has no picture: {picture.status_code}")


def sent(person: Person, folder: Path, one: Any) -> str:
    """Its file id; empty where it was refused, which is as good."""
    path = folder / f"{uuid.uuid4().hex}"
    one.write(path)
    body = path.read_bytes()
    path.unlink()
    answer = person.init(f"a-{uuid.uuid4().hex}", len(body), one.category, one.mime)
    if answer.status_code != 200:
        return ""
    begun = answer.json()
    for part in begun["partUrls"]:
        start = (part["partNumber"] - 1) * begun["partSize"]
        httpx.put(part["url"], content=body[start : start + begun["partSize"]], timeout=60).raise_for_status()
    done = person.complete(begun, filename=one.filename)
    return str(begun["fileId"]) if done.status_code == 200 else ""


def good_film(folder: Path) -> bytes:
    """15 s of H.264 and AAC."""
    from shared.media.ffmpeg import program

    path = folder / "good.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=15"]
    sound = ["-f", "lavfi", "-i", f"sine=f={200 + uuid.uuid4().int % 800}:d=15"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([program(), "-v", "error", *picture, *sound, *coded, str(path)], check=True)
    return path.read_bytes()


def judge_good(target: Target, tally: Tally, good: str) -> None:
    started = time.monotonic()
    while time.monotonic() - started < ENDS:
        if target.ask("GET", f"/api/stream/{good}/master.m3u8", params={"at": uuid.uuid4().hex}).status_code == 200:
            break
        time.sleep(0.1)
    waited = time.monotonic() - started
    tally.note = f"a good film among them plays after {waited:.1f} s"
    tally.held(waited <= PLAYABLE, f"a good film is playable after {waited:.1f} s")


def judge_ends(target: Target, tally: Tally, person: Person, waiting: dict[str, str]) -> None:
    """Until all are ready or failed; asks the platform how it is meanwhile."""
    tally.tried += len(waiting)
    until, slowest = time.monotonic() + min(ENDS, max(5.0, target.left())), 0.0
    while waiting and time.monotonic() < until:
        slowest = max(slowest, target.health())
        for file_id in list(waiting):
            status = person.ask("GET", f"/api/upload/status/{file_id}")
            if status.status_code != 200 or status.json()["state"] in DONE:
                del waiting[file_id]
        time.sleep(0.5)
    tally.let_in += [f"{name} never ends" for name in waiting.values()]
    tally.held(slowest < SLOW, f"the platform took {slowest:.1f} s to say that it is well")
