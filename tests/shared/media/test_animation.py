"""Animations: looked into without decoding, and made anew."""

from pathlib import Path

import pytest

from shared.media import animation
from shared.media.errors import MediaError
from shared.media.sniff import Kind
from tests import memes

GIF = Kind("image/gif")


def looked(tmp_path: Path, body: bytes) -> animation.Animation:
    path = tmp_path / "a.gif"
    path.write_bytes(body)
    return animation.look(path, GIF)


def test_a_gif_is_measured_by_its_blocks(tmp_path: Path) -> None:
    found = looked(tmp_path, memes.gif(frames=7, size=(65, 49)) + b"tail")
    assert (found.width, found.height, found.frames, found.duration) == (65, 49, 7, 0.35)


HEAD = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(6)
FRAME = b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
SLOW = b"\x21\xf9\x04\x00\xff\xff\x00\x00"  # each picture is shown for eleven minutes


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (HEAD + FRAME * 1001 + b";", "more than 1000 frames"),
        (HEAD + SLOW + FRAME + b";", "longer than 60 s"),
        (b"GIF89a\xff\xff\xff\xff" + HEAD[10:] + FRAME + b";", "too many pixels"),
        (b"GIF89a\x00\x00\x01\x00" + HEAD[10:] + FRAME + b";", "too many pixels"),
        (HEAD + FRAME, "cut short"),
        (HEAD + FRAME[:-3], "cut short"),
        (HEAD + b";", "no picture"),
        (HEAD + b"\x99" + FRAME, "damaged"),
        (HEAD[:9], "cut short"),
    ],
)
def test_what_is_too_much_or_damaged_is_refused(tmp_path: Path, body: bytes, why: str) -> None:
    with pytest.raises(MediaError, match=why):
        looked(tmp_path, body)


def test_it_is_made_anew_with_all_its_pictures(tmp_path: Path) -> None:
    path, made, film = tmp_path / "a.gif", tmp_path / "b.gif", tmp_path / "c.mp4"
    path.write_bytes(memes.gif(frames=7, size=(65, 49)) + b"<script>")
    animation.as_gif(path, made)
    assert animation.look(made, GIF).frames == 7
    assert b"script" not in made.read_bytes()
    animation.as_mp4(path, "image/gif", film)
    assert film.read_bytes()[4:8] == b"ftyp"
    assert animation.first_picture(path, "image/gif").startswith(b"\x89PNG")
