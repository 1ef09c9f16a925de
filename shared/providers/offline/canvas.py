"""A picture while it is drawn: light as floats, so that gradients do not band, and shapes with soft edges.

Places and sizes are in pixels of the finished picture. Colours are `#rrggbb`.
"""

import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from PIL import Image, ImageDraw

    Array = numpy.typing.NDArray[numpy.float32]

Point = tuple[float, float]
FINER = 2  # shapes are drawn this much larger, and made smaller: soft edges


class Canvas:
    def __init__(self, width: int, height: int, chance: random.Random) -> None:
        import numpy

        self.width, self.height, self.chance = width, height, chance
        self.unit = min(width, height) / 100
        self.light: Array = numpy.zeros((height, width, 3), dtype="float32")

    def gradient(self, stops: Sequence[tuple[float, str]], tilt: float = 0.12) -> None:
        """From top (0) to bottom (1), leaning a little."""
        import numpy

        down = numpy.linspace(0, 1, self.height, dtype="float32")[:, None]
        across = (numpy.linspace(-0.5, 0.5, self.width, dtype="float32") * tilt)[None, :]
        place = numpy.clip(down + across, 0, 1)
        at = [stop for stop, _ in stops]
        for channel in range(3):
            self.light[..., channel] = numpy.interp(place, at, [colour(name)[channel] for _, name in stops])

    def glow(self, x: float, y: float, radius: float, name: str, strength: float = 1.0) -> None:
        """Light that falls off softly, added."""
        import numpy

        reach = radius * 2.2
        left, right = max(0, int(x - reach)), min(self.width, int(x + reach) + 1)
        top, bottom = max(0, int(y - reach)), min(self.height, int(y + reach) + 1)
        if left >= right or top >= bottom:
            return
        across = (numpy.arange(left, right, dtype="float32") - x) ** 2
        down = (numpy.arange(top, bottom, dtype="float32") - y) ** 2
        near = numpy.exp(-(across[None, :] + down[:, None]) / (radius * radius)) * strength
        part = self.light[top:bottom, left:right]
        part += near[..., None] * numpy.array(colour(name), dtype="float32") * (1 - part * 0.6)

    def shape(
        self,
        draw: "Callable[[Pen], object]",
        fill: str | tuple[str, str],
        *,
        opacity: float = 1.0,
        blur: float = 0.0,
        added: bool = False,
    ) -> None:
        """What `draw` draws, in one colour or from one above to one below; `added` as light."""
        import numpy
        from PIL import Image, ImageDraw

        big = Image.new("L", (self.width * FINER, self.height * FINER), 0)
        draw(Pen(ImageDraw.Draw(big)))
        mask = big.reduce(FINER)
        if blur:
            mask = blurred(mask, blur)
        box = mask.getbbox()
        if box is None:
            return
        left, top, right, bottom = box
        share = numpy.asarray(mask.crop(box), dtype="float32")[..., None] * (opacity / 255)
        first, last = (fill, fill) if isinstance(fill, str) else fill
        steps = numpy.linspace(0, 1, bottom - top, dtype="float32")[:, None, None]
        a, b = (numpy.array(colour(name), dtype="float32") for name in (first, last))
        paint = a + (b - a) * steps
        part = self.light[top:bottom, left:right]
        part += share * paint * (1 - part * 0.6) if added else share * (paint - part)

    def haze(self, top: float, bottom: float, name: str, strength: float) -> None:
        """Mist that is thickest at `bottom`."""
        import numpy

        first, last = max(0, int(top)), min(self.height, int(bottom))
        if last <= first:
            return
        share = (numpy.linspace(0, 1, last - first, dtype="float32") ** 1.6 * strength)[:, None, None]
        self.light[first:last] += share * (numpy.array(colour(name), dtype="float32") - self.light[first:last])

    def mirror(self, horizon: float, name: str, strength: float) -> None:
        """Water below the horizon: what is above it, upside down, broken by waves and tinted."""
        import numpy

        line = int(horizon)
        rows = numpy.arange(self.height - line)
        waves = numpy.sin(rows**0.8 * 1.7) * (rows / 14) + numpy.sin(rows * 0.55) * (rows / 30)
        source = numpy.clip(line - 1 - rows * 0.92 + waves, 0, line - 1).astype(int)
        shift = (numpy.sin(rows**0.72 * 2.3) * (1 + rows / 26)).astype(int)
        for row, (above, aside) in enumerate(zip(source, shift, strict=True)):
            self.light[line + row] = numpy.roll(self.light[above], int(aside), axis=0)
        deep = numpy.linspace(0.25, 1, self.height - line, dtype="float32")[:, None, None] * strength
        self.light[line:] += deep * (numpy.array(colour(name), dtype="float32") - self.light[line:])

    def finished(self, grain: float = 0.014, vignette: float = 0.38) -> bytes:
        """The picture's RGB bytes: darker corners, a little more contrast, film grain."""
        import numpy

        light = self.light
        across = numpy.linspace(-1, 1, self.width, dtype="float32") ** 2
        down = numpy.linspace(-1, 1, self.height, dtype="float32") ** 2
        light *= (1 - vignette * ((across[None, :] + down[:, None]) / 2) ** 1.5)[..., None]
        numpy.clip(light, 0, 1, out=light)
        light += 0.16 * (light * light * (3 - 2 * light) - light)
        tile = numpy.random.default_rng(self.chance.getrandbits(32)).standard_normal((512, 512), dtype="float32")
        noise = numpy.tile(tile, (self.height // 512 + 1, self.width // 512 + 1))[: self.height, : self.width]
        light += (noise * grain)[..., None]
        numpy.clip(light, 0, 1, out=light)
        return (light * 255 + 0.5).astype("uint8").tobytes()


class Pen:
    """Pillow's drawing, at the larger scale."""

    def __init__(self, draw: "ImageDraw.ImageDraw") -> None:
        self.draw = draw

    def polygon(self, points: Sequence[Point], value: int = 255) -> None:
        self.draw.polygon([(x * FINER, y * FINER) for x, y in points], fill=value)

    def line(self, points: Sequence[Point], width: float, value: int = 255) -> None:
        thick = max(1, round(width * FINER))
        large = [(x * FINER, y * FINER) for x, y in points]
        self.draw.line(large, fill=value, width=thick, joint="curve")
        if thick > 3:
            for x, y in (large[0], large[-1]):
                self.draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=value)

    def lines(self, many: Sequence[Sequence[Point]], width: float) -> None:
        for points in many:
            self.line(points, width)

    def circles(self, many: Sequence[Point], radius: float) -> None:
        for x, y in many:
            self.circle(x, y, radius)

    def circle(self, x: float, y: float, radius: float, value: int = 255) -> None:
        self.ellipse(x - radius, y - radius, x + radius, y + radius, value)

    def ellipse(self, left: float, top: float, right: float, bottom: float, value: int = 255) -> None:
        self.draw.ellipse((left * FINER, top * FINER, right * FINER, bottom * FINER), fill=value)

    def ring(
        self, x: float, y: float, radius: float, width: float, value: int = 255, turn: tuple[float, float] = (0, 360)
    ) -> None:
        box = tuple(part * FINER for part in (x - radius, y - radius, x + radius, y + radius))
        self.draw.arc(box, *turn, fill=value, width=max(1, round(width * FINER)))

    def box(self, left: float, top: float, right: float, bottom: float, radius: float = 0, value: int = 255) -> None:
        if right > left and bottom > top:
            edges = (left * FINER, top * FINER, right * FINER, bottom * FINER)
            self.draw.rounded_rectangle(edges, radius * FINER, fill=value)


def blurred(mask: "Image.Image", radius: float) -> "Image.Image":
    """A wide blur is one of a smaller picture."""
    from PIL import Image, ImageFilter

    less = max(1, int(radius / 4))
    if less == 1:
        return mask.filter(ImageFilter.GaussianBlur(radius))
    small = mask.reduce(less).filter(ImageFilter.GaussianBlur(radius / less))
    return small.resize(mask.size, Image.Resampling.BICUBIC)


def colour(name: str) -> tuple[float, float, float]:
    red, green, blue = (int(name[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def between(first: str, second: str, share: float) -> str:
    """A colour on the way from one to another."""
    mixed = (a + (b - a) * share for a, b in zip(colour(first), colour(second), strict=True))
    return "#" + "".join(f"{round(part * 255):02x}" for part in mixed)


def ridge(chance: random.Random, width: float, base: float, height: float, rough: float = 0.55) -> list[Point]:
    """A mountain line by midpoint displacement, from the left edge to the right."""
    points = [base - height * chance.uniform(0.2, 0.6), base - height * chance.uniform(0.2, 0.6)]
    spread = height * 0.75
    for _ in range(8):
        middle = [(a + b) / 2 + chance.uniform(-1, 1) * spread for a, b in pairwise(points)]
        points = [one for pair in zip(points, middle, strict=False) for one in pair] + [points[-1]]
        spread *= rough
    step = width / (len(points) - 1)
    return [(index * step, y) for index, y in enumerate(points)]


def hills(chance: random.Random, width: float, base: float, height: float) -> list[Point]:
    """A soft line of three waves."""
    import math

    waves = [(chance.uniform(0.6, 1.4) * turn, chance.uniform(0, 6.3), 1 / turn) for turn in (1, 2, 3.7)]
    line = []
    for index in range(121):
        place = index / 120
        lift = sum(math.sin(place * 6.283 * often + shift) * much for often, shift, much in waves)
        line.append((place * width, base - height * (0.5 + lift / 3.4)))
    return line
