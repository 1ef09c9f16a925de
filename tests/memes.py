"""Pictures and animations made for tests, and getting them into the community the way clients do."""

import io
import random
from typing import Any

import httpx
from PIL import Image, ImageDraw

from shared.accounts import accounts
from shared.table import Update
from shared.tables import ACCOUNTS
from tests.conftest import Person

PNG, JPEG, WEBP, GIF = "image/png", "image/jpeg", "image/webp", "image/gif"


def drawn(seed: int = 1, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture that looks like no other's."""
    rng = random.Random(seed)  # noqa: S311
    picture = Image.new("RGB", size, colour(rng))
    pen = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        pen.rectangle((x, y, x + rng.randrange(8, 70), y + rng.randrange(8, 60)), fill=colour(rng))
    return picture


def colour(rng: random.Random) -> tuple[int, int, int]:
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)


def written(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def png(seed: int = 1, size: tuple[int, int] = (160, 120)) -> bytes:
    return written(drawn(seed, size))


def gif(seed: int = 1, frames: int = 5, size: tuple[int, int] = (64, 48)) -> bytes:
    pictures = [drawn(seed + index, size) for index in range(frames)]
    return written(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=50, loop=0)


def send(person: Person, body: bytes, name: str = "meme.png", **fields: Any) -> httpx.Response:
    """Send a file as a form. Fields that are lists are repeated."""
    form = {"type": "meme", "title": "A meme", **fields}
    wanted = {key: value for key, value in form.items() if value is not None}
    return person.http.post("/contents/upload", data=wanted, files={"file": (name, body, "application/octet-stream")})


def upload(person: Person, seed: int = 1, **fields: Any) -> dict[str, Any]:
    answer = send(person, png(seed), **fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def listed(answer: httpx.Response) -> list[str]:
    """The titles of a list."""
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json()["data"]]


def promoted(person: Person, role: str) -> Person:
    """The person, who is now a moderator or an administrator."""
    ACCOUNTS.write(Update(accounts.profile_key(person.id), set={"role": role}))
    return person
