import base64
import io
import struct
import zlib

import pytest
from PIL import Image

from shared.media import child, placeholder
from shared.media.errors import MediaError
from shared.media.picture import reencoded, still
from shared.media.placeholder import thumbhash


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP"])
def test_pictures_become_jpegs_of_ours(form: str) -> None:
    done = Image.open(io.BytesIO(reencoded(encoded(Image.new("RGB", (2000, 1000), "teal"), form))))

    assert (done.format, done.mode, done.size) == ("JPEG", "RGB", (1280, 640))


def test_small_pictures_are_not_enlarged() -> None:
    assert Image.open(io.BytesIO(reencoded(encoded(Image.new("L", (10, 20)))))).size == (10, 20)


def test_a_photo_is_turned_upright_and_loses_what_its_camera_wrote() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of Mr Smith"
    done = Image.open(io.BytesIO(reencoded(encoded(Image.new("RGB", (40, 20)), "JPEG", exif=exif, comment=b"hi"))))

    assert done.size == (20, 40)
    assert not done.getexif()
    assert not {"exif", "comment", "icc_profile"} & set(done.info)


def test_what_is_transparent_becomes_white() -> None:
    for clear in (encoded(Image.new("RGBA", (8, 8))), encoded(Image.new("P", (8, 8)), "GIF", transparency=0)):
        assert Image.open(io.BytesIO(reencoded(clear))).getpixel((4, 4)) == (255, 255, 255)


def test_of_an_animation_the_first_frame_counts() -> None:
    frames = [Image.new("RGB", (16, 16), color) for color in ("red", "blue", "lime")]
    first = Image.open(io.BytesIO(reencoded(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))))

    assert first.getpixel((8, 8)) == pytest.approx((255, 0, 0), abs=4)


@pytest.mark.parametrize("size", [(60_000, 60_000), (50_001, 1000), (2**31 - 1, 2**31 - 1), (10_000, 10_000)])
def test_a_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(MediaError):
        reencoded(png_bomb(*size))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\xff\xd8\xff\xe0" + bytes(100),
        png_bomb(0, 0),
        encoded(Image.new("RGB", (64, 64)), "TIFF"),
        encoded(Image.new("RGB", (64, 64)), "PDF"),
        encoded(Image.effect_noise((64, 64), 90).convert("RGB"), "JPEG")[:700],
        encoded(Image.effect_noise((64, 64), 90), "PNG")[:700],
    ],
)
def test_other_formats_and_damage_are_refused(data: bytes) -> None:
    with pytest.raises(MediaError) as caught:
        reencoded(data)
    assert caught.value.status == 415


def test_a_placeholder_is_a_thumbhash() -> None:
    text = placeholder.still(encoded(Image.linear_gradient("L").resize((640, 360)))).thumbhash

    assert 5 < len(base64.b64decode(text, validate=True)) < 30


def test_a_placeholder_of_one_pixel() -> None:
    assert thumbhash(Image.new("RGB", (1, 1), "red"))


def test_a_picture_has_the_size_it_came_in_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = still(encoded(Image.new("RGB", (4000, 3000)), "JPEG", exif=exif))

    assert (found.width, found.height, found.is_black) == (3000, 4000, True)


def test_how_large_a_picture_may_be_follows_the_memory_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """1,964 bytes of WebP, 50 million pixels, took 1,211 MiB in a function of 1,024."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
    large = encoded(Image.new("RGB", (5000, 2000)), "WEBP", method=0)
    with pytest.raises(MediaError, match="The picture is too large"):
        still(large)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
    assert still(large).width == 5000


def test_a_picture_that_takes_more_memory_than_its_header_says_ends_its_child_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child, "memory", lambda: 200 << 20)
    monkeypatch.setattr("shared.media.picture.COST", 1)  # not in the child, which reads its own
    with pytest.raises(MediaError):
        still(encoded(Image.new("RGBA", (5000, 5000)), "WEBP", lossless=True, method=0))
