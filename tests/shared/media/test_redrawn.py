"""Pictures drawn anew, and their fingerprints."""

import io

import pytest
from PIL import Image

from shared.community.likeness import apart
from shared.media.errors import MediaError
from shared.media.redrawn import LARGEST_SIDE, redrawn
from tests.memes import drawn, written


@pytest.mark.parametrize("seed", range(8))
def test_a_fingerprint_survives_what_reposts_do_and_tells_pictures_apart(seed: int) -> None:
    picture = drawn(seed, (320, 240))
    own = redrawn(written(picture)).fingerprint
    framed = picture.copy()
    framed.paste((255, 255, 255), (4, 4, 20, 10))  # a small watermark
    for again in (
        written(picture, "JPEG", quality=30),
        written(picture.resize((100, 75)), "WEBP", quality=60),
        written(framed, "JPEG", quality=70),
    ):
        assert apart(own, redrawn(again).fingerprint) <= 6
    assert apart(own, redrawn(written(drawn(seed + 50, (320, 240)))).fingerprint) > 12


def test_a_plain_picture_is_known_by_its_colour() -> None:
    def plain(colour: tuple[int, int, int], form: str = "PNG") -> str:
        return redrawn(written(Image.new("RGB", (50, 40), colour), form)).fingerprint

    assert plain((200, 30, 30)) == plain((200, 30, 30), "JPEG")
    assert apart(plain((200, 30, 30)), plain((30, 200, 30))) > 6
    assert len(plain((0, 0, 0))) == 16


def test_a_large_picture_is_made_smaller_and_kept_in_shape() -> None:
    made = redrawn(written(Image.new("RGB", (5000, 1000), "red"), "JPEG"))
    assert (made.width, made.height) == (LARGEST_SIDE, LARGEST_SIDE // 5)
    assert Image.open(io.BytesIO(made.webp)).size == (made.width, made.height)
    assert max(Image.open(io.BytesIO(made.thumbnail)).size) <= 480


DAMAGED = [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", written(drawn())[:400], b"RIFF\x10\x00\x00\x00WEBP"]


@pytest.mark.parametrize("body", DAMAGED)
def test_damage_is_refused(body: bytes) -> None:
    with pytest.raises(MediaError):
        redrawn(body)
