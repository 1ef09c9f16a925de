"""The community against the running platform: a browser's form to the bucket, and thirty people at once."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests import memes
from tests.e2e.conftest import Person

pytestmark = pytest.mark.xdist_group("e2e")
MANY = 30
SEED = int.from_bytes(os.urandom(4))  # nobody has sent these pictures before


@pytest.fixture(scope="module")
def ada(someone: Callable[[str], Person]) -> Person:
    return someone("ada")


def send(person: Person, body: bytes, **fields: str) -> dict[str, Any]:
    form = {"type": "meme", "title": "A meme", **fields}
    answer = person.http.post("/contents/upload", data=form, files={"file": ("a.png", body)})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_thirty_people_at_once_are_counted_exactly(ada: Person, someone: Callable[[str], Person]) -> None:
    made = send(ada, memes.png(SEED))
    people = [someone(f"fan{number}") for number in range(MANY)]
    steps = [f"/contents/{made['id']}/view", f"/contents/{made['id']}/use", f"/favorites/{made['id']}"] * 2

    def act(person: Person) -> list[int]:
        return [person.http.post(step).status_code for step in steps]

    with ThreadPoolExecutor(MANY) as pool:
        statuses = {status for answers in pool.map(act, people) for status in answers}
    assert statuses == {201}
    found = ada.get(f"/contents/{made['id']}")
    assert (found["views"], found["usageCount"], found["favoritesCount"]) == (2 * MANY, 2 * MANY, MANY)

    def leave(person: Person) -> int:
        return person.http.delete(f"/favorites/{made['id']}").status_code

    with ThreadPoolExecutor(MANY) as pool:
        assert set(pool.map(leave, people[1:])) == {200}
    assert ada.get(f"/contents/{made['id']}")["favoritesCount"] == 1
    assert people[0].get("/favorites")["total"] == 1
    assert ada.http.delete(f"/contents/{made['id']}").status_code == 200
    assert people[0].get("/favorites")["total"] == 0
    assert httpx.get(made["url"]).status_code == 404


def test_tags_are_counted_exactly_when_many_use_them_at_once(ada: Person) -> None:
    tag = f"tag{SEED}"
    pictures = [memes.png(SEED + 100 + number) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda body: send(ada, body, tags=tag, title="Same title"), pictures))
    (found,) = ada.get(f"/tags?query={tag}")["data"]
    assert found["usageCount"] == 8
    whole = ada.get(f"/contents/explore?tag={tag}")
    assert (whole["total"], len({one["slug"] for one in whole["data"]})) == (8, 8)


def test_a_form_of_a_browser_reaches_the_bucket_within_its_bounds(ada: Person) -> None:
    form = ada.http.post("/contents/upload-url", params={"fileName": "x.png"}).json()

    def post(body: bytes, **other: str) -> int:
        return httpx.post(form["url"], data={**form["fields"], **other}, files={"file": ("x.png", body)}).status_code

    assert post(bytes(11 << 20)) == 400
    assert post(b"<html>", **{"Content-Type": "text/html"}) == 403
    assert post(b"x", key="media/00000000-0000-4000-8000-000000000000/image.webp") == 403
    unsigned = {"key": "media/00000000-0000-4000-8000-000000000000/image.webp"}
    assert httpx.post(form["url"], data=unsigned, files={"file": b"x"}).status_code == 403
    assert post(memes.png(SEED + 1)) == 204
    new = {"type": "meme", "title": "By form", "storageKey": form["storageKey"], "mimeType": "image/png", "fileSize": 1}
    made = ada.post("/contents", new)
    assert httpx.get(made["url"]).headers["content-type"] == "image/webp"


def test_a_gif_is_a_film_soon(ada: Person) -> None:
    made = send(ada, memes.gif(SEED, 6), type="gif")
    for _ in range(60):
        found = ada.get(f"/contents/{made['id']}")
        if found["state"] != "processing":
            break
        time.sleep(0.5)
    assert found["state"] == "ready"
    (film,) = [one["url"] for one in found["renditions"] if one["kind"] == "video"]
    part = httpx.get(film, headers={"range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")


def test_robots_and_people_are_told_apart_at_the_edge(platform: str, ada: Person) -> None:
    made = send(ada, memes.png(SEED + 2), title="<b>Goat</b>")
    address = f"{platform}/contents/{made['slug']}"
    robot = httpx.get(address, headers={"user-agent": "Twitterbot/1.0"})
    assert robot.headers["content-type"].startswith("text/html")
    assert "&lt;b&gt;Goat" in robot.text
    person = httpx.get(address, headers={"user-agent": "Mozilla/5.0", "x-viewer-robot": "1"})
    assert person.json()["id"] == made["id"]


def test_media_by_its_path_in_the_query_is_the_same_object(platform: str, ada: Person) -> None:
    made = send(ada, memes.png(SEED + 3))
    by_query = httpx.get(f"{platform}/media", params={"path": made["storageKey"]})
    assert by_query.content == httpx.get(made["url"]).content
    for path in ("media/../api/files/videos/x", "incoming/x", "thumbnails/videos/x.jpg"):
        assert httpx.get(f"{platform}/media", params={"path": path}).status_code == 404


def test_what_is_viewed_trends_within_seconds(ada: Person) -> None:
    tag = f"trend{SEED}"
    first, second = (send(ada, memes.png(SEED + 10 + number), tags=tag) for number in range(2))

    def trending() -> list[str]:
        found = ada.get(f"/contents/explore?tag={tag}&sort=trend")["data"]
        return [one["id"] for one in found]

    assert trending() == [second["id"], first["id"]]
    ada.http.post(f"/favorites/{first['id']}")
    for _ in range(40):
        if trending() == [first["id"], second["id"]]:
            break
        time.sleep(0.5)
    assert trending() == [first["id"], second["id"]]
