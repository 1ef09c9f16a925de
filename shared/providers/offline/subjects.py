"""Things, before a soft backdrop: each draws itself onto a canvas, in the colours it is given."""

import math
from itertools import pairwise

from shared.providers.offline.canvas import Canvas, Pen, Point, between
from shared.providers.offline.landscapes import Palette, bokeh


def backdrop(canvas: Canvas, palette: Palette) -> None:
    """A studio: a wall that is lit from behind the subject, and its floor."""
    canvas.gradient([(0, palette.high), (0.62, palette.middle), (1, between(palette.high, "#000000", 0.25))], 0.4)
    canvas.glow(
        canvas.width * 0.5, canvas.height * 0.5, canvas.unit * 52, between(palette.accent, palette.light, 0.3), 0.42
    )
    canvas.glow(canvas.width * 0.14, canvas.height * 0.9, canvas.unit * 40, palette.other, 0.3)
    canvas.glow(canvas.width * 0.88, canvas.height * 0.12, canvas.unit * 36, palette.other, 0.26)
    bokeh(canvas, palette, 15)


def network(canvas: Canvas, palette: Palette) -> None:
    """Layers of nodes that pass light on: learning machines, data, connected things."""
    backdrop(canvas, palette)
    chance, unit = canvas.chance, canvas.unit
    counts = (4, 6, 7, 6, 3)
    layers = [
        [
            (
                canvas.width * (0.18 + 0.64 * at / 4) + chance.uniform(-1, 1) * unit,
                canvas.height * (0.5 + (row - (many - 1) / 2) * 0.105) + chance.uniform(-1, 1) * unit,
            )
            for row in range(many)
        ]
        for at, many in enumerate(counts)
    ]
    links = [(a, b) for one, two in pairwise(layers) for a in one for b in two]
    bright = [link for link in links if chance.random() < 0.16]
    canvas.shape(lambda pen: pen.lines(links, unit * 0.09), palette.light, opacity=0.26, added=True)
    canvas.shape(lambda pen: pen.lines(bright, unit * 0.3), palette.accent, opacity=0.85, added=True)
    canvas.shape(
        lambda pen: pen.lines(bright, unit * 0.9),
        palette.accent,
        opacity=0.4,
        blur=unit,
        added=True,
    )
    nodes = [node for layer in layers for node in layer]
    for x, y in nodes:
        canvas.glow(x, y, unit * 3, chance.choice((palette.accent, palette.other)), 0.55)
    canvas.shape(
        lambda pen: pen.circles(nodes, unit * 1.5),
        ("#ffffff", between(palette.accent, "#ffffff", 0.4)),
    )


def chart(canvas: Canvas, palette: Palette) -> None:
    """Columns that rise, and the line above them."""
    backdrop(canvas, palette)
    unit, many = canvas.unit, 8
    left, right, floor = canvas.width * 0.2, canvas.width * 0.8, canvas.height * 0.78
    step = (right - left) / many
    tops: list[Point] = []
    for row in range(5):
        y = floor - row * canvas.height * 0.13
        canvas.shape(
            lambda pen: pen.line([(left - step * 0.3, y), (right + step * 0.1, y)], unit * 0.08),
            palette.light,
            opacity=0.2,
        )
    for index in range(many):
        high = canvas.height * (0.1 + 0.42 * (index / (many - 1)) ** 1.2 + canvas.chance.uniform(-0.03, 0.04))
        x, top = left + index * step, floor - high
        paint = between(palette.other, palette.accent, index / (many - 1))
        canvas.shape(
            lambda pen: pen.box(x + unit, top + unit, x + step * 0.62 + unit, floor + unit, unit),
            "#000000",
            opacity=0.4,
            blur=unit * 1.2,
        )
        canvas.shape(
            lambda pen: pen.box(x, top, x + step * 0.62, floor, unit),
            (between(paint, "#ffffff", 0.35), between(paint, "#000000", 0.35)),
        )
        tops.append((x + step * 0.31, top - canvas.height * 0.07))
    canvas.shape(lambda pen: pen.line(tops, unit * 1.4), palette.light, opacity=0.4, blur=unit, added=True)
    canvas.shape(lambda pen: pen.line(tops, unit * 0.4), between(palette.light, "#ffffff", 0.5))
    canvas.shape(lambda pen: pen.circles(tops, unit * 0.9), "#ffffff")
    canvas.glow(*tops[-1], unit * 7, palette.light, 0.6)


def people(canvas: Canvas, palette: Palette) -> None:
    """A group seen against the light."""
    backdrop(canvas, palette)
    canvas.glow(canvas.width * 0.5, canvas.height * 0.52, canvas.unit * 40, palette.light, 0.55)
    for layer in range(2):
        size = canvas.unit * (26 + 12 * layer)
        many = max(3, round(canvas.width / (size * 0.9))) - layer
        paint = between(palette.far, palette.near, 0.35 + 0.65 * layer)
        for index in range(many):
            x = canvas.width * (0.08 + 0.84 * (index + 0.5) / many) + canvas.chance.uniform(-0.1, 0.1) * size
            foot = canvas.height * (0.98 + 0.12 * layer) + canvas.chance.uniform(-0.08, 0.06) * size

            def draw(pen: Pen, x: float = x, foot: float = foot, size: float = size) -> None:
                pen.circle(x, foot - size, size * 0.15)
                pen.box(x - size * 0.05, foot - size * 0.9, x + size * 0.05, foot - size * 0.7)
                pen.box(x - size * 0.27, foot - size * 0.8, x + size * 0.27, foot + size, size * 0.17)

            canvas.shape(draw, palette.light, opacity=0.5, blur=canvas.unit * 0.8, added=True)  # the rim of light
            canvas.shape(draw, (between(paint, palette.accent, 0.3), between(paint, "#000000", 0.45)))


def idea(canvas: Canvas, palette: Palette) -> None:
    """A light bulb, lit."""
    backdrop(canvas, palette)
    unit, x, y = canvas.unit, canvas.width / 2, canvas.height * 0.43
    size = unit * 17
    for index in range(12):
        turn = index * math.pi / 6 + 0.26
        ray = [(x + math.cos(turn) * size * reach, y + math.sin(turn) * size * reach) for reach in (1.45, 1.8)]
        if math.sin(turn) < 0.75:
            canvas.shape(lambda pen: pen.line(ray, unit * 0.8), palette.light, opacity=0.7)
    canvas.glow(x, y, size * 2.1, palette.light, 0.8)

    def bulb(pen: Pen) -> None:
        pen.circle(x, y, size)
        pen.polygon(
            [
                (x - size * 0.72, y + size * 0.69),
                (x + size * 0.72, y + size * 0.69),
                (x + size * 0.4, y + size * 1.3),
                (x - size * 0.4, y + size * 1.3),
            ]
        )

    canvas.shape(bulb, ("#ffffff", between(palette.light, palette.accent, 0.45)), opacity=0.92)
    wire = [
        (x - size * 0.28, y + size * 1.2),
        (x - size * 0.34, y + size * 0.1),
        (x - size * 0.1, y + size * 0.35),
        (x, y),
        (x + size * 0.1, y + size * 0.35),
        (x + size * 0.34, y + size * 0.1),
        (x + size * 0.28, y + size * 1.2),
    ]
    canvas.shape(lambda pen: pen.line(wire, unit * 0.7), between(palette.accent, "#7a2a00", 0.3))
    for row in range(4):
        top = y + size * (1.34 + row * 0.15)
        half = size * (0.4 - 0.05 * row)
        canvas.shape(
            lambda pen: pen.box(x - half, top, x + half, top + size * 0.12, size * 0.06),
            ("#e8ebf2", "#6b7284"),
        )


def code(canvas: Canvas, palette: Palette) -> None:
    """A window full of lines."""
    backdrop(canvas, palette)
    unit, chance = canvas.unit, canvas.chance
    left, top, right, bottom = (
        canvas.width * 0.5 - unit * 52,
        canvas.height * 0.5 - unit * 32,
        canvas.width * 0.5 + unit * 52,
        canvas.height * 0.5 + unit * 32,
    )
    left, right = max(left, canvas.width * 0.08), min(right, canvas.width * 0.92)
    canvas.shape(
        lambda pen: pen.box(left + unit * 2, top + unit * 3, right + unit * 2, bottom + unit * 3, unit * 2),
        "#000000",
        opacity=0.55,
        blur=unit * 3,
    )
    canvas.shape(lambda pen: pen.box(left, top, right, bottom, unit * 2), ("#1b2136", "#0c101e"))
    canvas.shape(lambda pen: pen.box(left, top, right, top + unit * 5, unit * 2), "#2a3250")
    for index, paint in enumerate(("#ff6b6b", "#ffd166", "#5ad19a")):
        canvas.shape(lambda pen: pen.circle(left + unit * (3 + 3 * index), top + unit * 2.5, unit * 0.8), paint)
    deep, paints = 0, (palette.accent, palette.other, palette.light, "#8b95b8")
    for row in range(13):
        deep = max(0, min(4, deep + chance.choice((-1, 0, 0, 1)))) if row else 0
        x, y = left + unit * (5 + deep * 4), top + unit * (8.5 + row * 4.1)
        for _ in range(chance.randint(1, 4)):
            long = unit * chance.uniform(4, 18)
            if x + long > right - unit * 4:
                break
            canvas.shape(
                lambda pen: pen.box(x, y, x + long, y + unit * 1.5, unit * 0.75),
                chance.choice(paints),
                opacity=0.92,
            )
            x += long + unit * 1.6


def book(canvas: Canvas, palette: Palette) -> None:
    """An open book, light rising from it."""
    backdrop(canvas, palette)
    unit, x, y = canvas.unit, canvas.width / 2, canvas.height * 0.66
    canvas.glow(x, y - unit * 16, unit * 30, palette.light, 0.75)
    for side in (-1, 1):
        for sheet in range(4):
            lift = unit * (3.5 - sheet * 1.5)
            page = [(x, y - lift)]
            page += [
                (x + side * unit * (38 * step / 12), y - lift - unit * (9 * math.sin(step / 12 * 2.4)))
                for step in range(1, 13)
            ]
            edge = [(px, py + unit * 13) for px, py in reversed(page)]
            shade = between("#fffaf0", palette.near, 0.12 * sheet)
            canvas.shape(
                lambda pen: pen.polygon([*page, *edge]),
                (shade, between(shade, palette.accent, 0.35)),
            )
    for _ in range(60):
        rise = canvas.chance.random()
        spot = x + canvas.chance.gauss(0, 9 + 14 * rise) * unit, y - unit * (10 + 46 * rise)
        canvas.glow(*spot, unit * canvas.chance.uniform(0.3, 1.3) * (1.2 - rise), palette.light, 0.9)
