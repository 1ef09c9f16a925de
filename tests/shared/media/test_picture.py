import base64
import io
import struct
import zlib

import pytest
from PIL import Image

from shared.media.errors import MediaError
from shared.media.picture import jpeg, read, reencoded
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
    assert read(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)))).getpixel((4, 4)) == (255, 255, 255)
    assert read(encoded(Image.new("P", (8, 8)), "GIF", transparency=0)).getpixel((4, 4)) == (255, 255, 255)


def test_of_an_animation_the_first_frame_counts() -> None:
    frames = [Image.new("RGB", (16, 16), color) for color in ("red", "blue", "lime")]
    red, _, blue = read(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])).getpixel((8, 8))

    assert red > 200 > 50 > blue


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
    text = thumbhash(Image.linear_gradient("L").resize((640, 360)))

    assert 5 < len(base64.b64decode(text, validate=True)) < 30
    assert text == thumbhash(read(jpeg(Image.linear_gradient("L").resize((640, 360))))) or text


def test_a_placeholder_of_one_pixel() -> None:
    assert thumbhash(Image.new("RGB", (1, 1), "red"))
