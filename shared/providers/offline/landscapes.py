"""Places: each draws itself onto a canvas, in the colours it is given."""

import math
import random

from msgspec import Struct

from shared.providers.offline.canvas import Canvas, Pen, Point, between, hills, ridge


class Palette(Struct, frozen=True):
    """Three of the sky from above, light, far and near land, an accent or two."""

    high: str
    middle: str
    low: str
    light: str
    far: str
    near: str
    accent: str
    other: str
    night: bool = False


def sky(canvas: Canvas, palette: Palette, horizon: float, sun: bool = True) -> Point:
    """The sky with its sun or moon, stars and clouds. Where the light comes from."""
    line = horizon / canvas.height
    canvas.gradient([(0, palette.high), (line * 0.6, palette.middle), (line, palette.low), (1, palette.low)])
    x = canvas.width * canvas.chance.choice((0.3, 0.36, 0.64, 0.7))
    y = horizon - canvas.height * canvas.chance.uniform(0.1, 0.22)
    if palette.night:
        stars(canvas, horizon * 0.85, 220)
        y = horizon * 0.34
    if sun:
        size = canvas.unit * (6 if palette.night else 8)
        canvas.glow(x, y, size * 9, palette.light, 0.3 if palette.night else 0.26)
        canvas.glow(x, y, size * 3.2, palette.light, 0.3 if palette.night else 0.42)
        canvas.shape(lambda pen: pen.circle(x, y, size), ("#fffdf4", between(palette.light, "#ffffff", 0.55)))
        if palette.night:
            for aside, down, wide in CRATERS:
                canvas.shape(
                    lambda pen: pen.circle(x + size * aside, y + size * down, size * wide), "#8d97b5", opacity=0.3
                )
    clouds(canvas, palette, horizon)
    return x, y


CRATERS = ((-0.3, -0.2, 0.25), (0.35, 0.3, 0.18), (0.1, -0.5, 0.12), (-0.2, 0.45, 0.15))


def stars(canvas: Canvas, below: float, many: int) -> None:
    chance = canvas.chance
    points = [(chance.uniform(0, canvas.width), chance.uniform(0, below), chance.random() ** 4) for _ in range(many)]

    def draw(pen: Pen) -> None:
        for x, y, size in points:
            pen.circle(x, y, canvas.unit * (0.06 + size * 0.22), int(110 + 145 * size))

    canvas.shape(draw, "#ffffff", opacity=0.9)
    for x, y, size in points:
        if size > 0.8:
            canvas.glow(x, y, canvas.unit * 1.2, "#cfe0ff", 0.45)


def clouds(canvas: Canvas, palette: Palette, horizon: float) -> None:
    """Long thin ones near the horizon, lit from below."""
    chance = canvas.chance
    for _ in range(4):
        x, y = chance.uniform(-0.1, 0.9) * canvas.width, horizon * chance.uniform(0.3, 0.82)
        long = canvas.width * chance.uniform(0.16, 0.4)
        parts = [
            (x + long * at, y + chance.uniform(-1, 1) * canvas.unit * 1.2, long * chance.uniform(0.14, 0.3))
            for at in (0.1, 0.3, 0.5, 0.7, 0.85)
        ]

        def draw(pen: Pen, parts: list[tuple[float, float, float]] = parts) -> None:
            for left, middle, half in parts:
                pen.ellipse(left - half, middle - half * 0.09, left + half, middle + half * 0.09)

        lit = between(palette.light, palette.low, 0.25)
        canvas.shape(draw, (between(palette.middle, "#ffffff", 0.15), lit), opacity=0.5, blur=canvas.unit * 0.9)


def mountains(canvas: Canvas, palette: Palette) -> None:
    horizon = canvas.height * 0.66
    sky(canvas, palette, horizon)
    for layer in range(5):
        share = layer / 4
        base = horizon + canvas.height * (0.02 + 0.34 * share**1.3)
        tall = canvas.height * (0.36 - 0.17 * share)
        line = ridge(canvas.chance, canvas.width, base, tall, 0.5)
        paint = between(palette.far, palette.near, share**0.8)
        area = [*line, (canvas.width, canvas.height), (0, canvas.height)]
        canvas.shape(lambda pen: pen.polygon(area), (between(paint, palette.light, 0.16), paint))
        if layer < 2:
            snow(canvas, line, base, tall, between("#ffffff", palette.low, 0.3))
        canvas.haze(
            base - tall * 0.5, base + canvas.height * 0.06, between(palette.low, palette.far, 0.4), 0.5 * (1 - share)
        )
    forest(canvas, palette.near, canvas.height * 0.96, canvas.unit * 9)


def snow(canvas: Canvas, line: list[Point], base: float, tall: float, paint: str) -> None:
    """On what is highest, uneven below."""
    limit = min(y for _, y in line) + tall * 0.34
    jags = [(x, y, limit + canvas.chance.uniform(-0.09, 0.09) * tall) for x, y in line]
    upper = [(x, y) for x, y, low in jags]
    lower = [(x, max(y, low)) if y < low else (x, y) for x, y, low in reversed(jags)]
    canvas.shape(lambda pen: pen.polygon([*upper, *lower]), paint, opacity=0.62)


def forest(canvas: Canvas, paint: str, base: float, tall: float) -> None:
    """A line of firs along the bottom."""
    chance = canvas.chance
    trees = []
    x = -tall * 0.2
    while x < canvas.width + tall * 0.2:
        trees.append((x, base + chance.uniform(-0.1, 0.25) * tall, tall * chance.uniform(0.6, 1.25)))
        x += tall * chance.uniform(0.16, 0.4)

    def draw(pen: Pen) -> None:
        for middle, foot, high in trees:
            for part in range(4):
                top, wide = foot - high * (1 - part * 0.2), high * (0.075 + part * 0.05)
                pen.polygon([(middle, top), (middle + wide, top + high * 0.34), (middle - wide, top + high * 0.34)])
            pen.box(middle - high * 0.02, foot - high * 0.2, middle + high * 0.02, canvas.height)
        pen.box(0, base - tall * 0.02, canvas.width, canvas.height)

    canvas.shape(draw, (paint, between(paint, "#000000", 0.5)))


def nature(canvas: Canvas, palette: Palette) -> None:
    horizon = canvas.height * 0.56
    sky(canvas, palette, horizon)
    far = hills(canvas.chance, canvas.width, horizon + canvas.height * 0.06, canvas.height * 0.16)
    canvas.shape(
        lambda pen: pen.polygon([*far, (canvas.width, canvas.height), (0, canvas.height)]),
        (palette.far, between(palette.far, palette.near, 0.4)),
    )
    canvas.haze(horizon - canvas.height * 0.1, horizon + canvas.height * 0.08, palette.low, 0.55)
    for layer, share in enumerate((0.35, 0.65, 1.0)):
        base = horizon + canvas.height * (0.14 + 0.15 * layer)
        line = hills(canvas.chance, canvas.width, base, canvas.height * 0.13)
        paint = between(palette.far, palette.near, share)
        area = [*line, (canvas.width, canvas.height), (0, canvas.height)]
        canvas.shape(
            lambda pen: pen.polygon(area),
            (between(paint, palette.light, 0.3 * (1 - share) + 0.08), between(paint, "#000000", 0.25)),
        )
        grove(canvas, line, between(paint, "#04140c", 0.45), canvas.unit * (3 + 3.6 * layer))
        canvas.haze(base - canvas.height * 0.06, base + canvas.height * 0.05, palette.low, 0.24 * (1 - share))
    path(canvas, palette, horizon + canvas.height * 0.4)
    reeds(canvas, between(palette.near, "#000000", 0.55))


def grove(canvas: Canvas, line: list[Point], paint: str, size: float) -> None:
    """Round trees in groups, on a hill's line."""
    chance = canvas.chance
    trees = []
    for _ in range(3):
        middle = chance.randrange(len(line))
        for _ in range(chance.randint(3, 7)):
            x, y = line[min(len(line) - 1, max(0, middle + chance.randint(-7, 7)))]
            trees.append((x, y, size * chance.uniform(0.6, 1.15)))

    def draw(pen: Pen) -> None:
        for x, y, high in trees:
            pen.box(x - high * 0.05, y - high * 0.9, x + high * 0.05, y + high * 0.12)
            for aside, above, wide in ((0, 1.15, 0.48), (-0.3, 0.85, 0.36), (0.32, 0.88, 0.34), (0.05, 1.5, 0.32)):
                pen.circle(x + aside * high, y - above * high, wide * high)

    canvas.shape(draw, (between(paint, "#9ec27a", 0.16), paint))


def path(canvas: Canvas, palette: Palette, top: float) -> None:
    """A way that winds to the viewer."""
    left, right = [], []
    for step in range(41):
        share = step / 40
        y = top + (canvas.height - top) * share
        middle = canvas.width * (0.5 + 0.14 * math.sin(share * 4.2 + 0.8) * (1 - share * 0.3))
        half = canvas.unit * (0.4 + 13 * share**2)
        left.append((middle - half, y))
        right.append((middle + half, y))
    canvas.shape(
        lambda pen: pen.polygon([*left, *reversed(right)]),
        (between(palette.light, palette.near, 0.45), between(palette.light, palette.near, 0.15)),
        opacity=0.7,
        blur=canvas.unit * 0.12,
    )


def reeds(canvas: Canvas, paint: str) -> None:
    chance = canvas.chance
    blades = [
        (chance.uniform(0, canvas.width), canvas.unit * chance.uniform(4, 15), chance.uniform(-0.35, 0.35))
        for _ in range(150)
    ]

    def draw(pen: Pen) -> None:
        for x, high, lean in blades:
            if abs(x / canvas.width - 0.5) < 0.3 and high > canvas.unit * 8:
                continue
            foot, tip = canvas.height + 2, (x + lean * high, canvas.height - high)
            pen.polygon(
                [(x - high * 0.035, foot), (x + lean * high * 0.4, foot - high * 0.55), tip, (x + high * 0.035, foot)]
            )

    canvas.shape(draw, paint)


def sea(canvas: Canvas, palette: Palette) -> None:
    horizon = canvas.height * 0.55
    x, _ = sky(canvas, palette, horizon)
    for side in (0, 1):
        wide = canvas.width * canvas.chance.uniform(0.25, 0.42)
        line = ridge(canvas.chance, wide, horizon, canvas.height * 0.1)
        sinking = [(px, horizon - max(0.0, horizon - py) * (1 - px / wide)) for px, py in line]  # into the water
        area = [(canvas.width - px if side else px, py) for px, py in [(0.0, horizon), *sinking, (wide, horizon)]]
        land = between(palette.far, palette.low, 0.25), between(palette.far, palette.low, 0.5)
        canvas.shape(lambda pen: pen.polygon(area), land)
    canvas.haze(horizon - canvas.height * 0.12, horizon, palette.low, 0.4)
    canvas.mirror(horizon, palette.near, 0.62)
    glitter(canvas, palette, x, horizon)
    boat(canvas, palette, horizon)


def glitter(canvas: Canvas, palette: Palette, x: float, horizon: float) -> None:
    """The light's road on the water, and waves that grow towards us."""
    chance = canvas.chance
    dashes = []
    for _ in range(420):
        share = chance.random() ** 1.7
        y = horizon + (canvas.height - horizon) * share
        spread = canvas.unit * (2.5 + 20 * share)
        dashes.append(
            (
                x + chance.gauss(0, 0.42) * spread,
                y,
                canvas.unit * (0.4 + 4.2 * share) * chance.uniform(0.4, 1),
                canvas.unit * (0.05 + 0.24 * share),
            )
        )

    def draw(pen: Pen) -> None:
        for middle, y, half, thick in dashes:
            pen.ellipse(middle - half, y - thick, middle + half, y + thick)

    canvas.shape(draw, between(palette.light, "#ffffff", 0.4), opacity=0.6, added=True)
    waves = [
        (chance.uniform(-0.1, 1.1) * canvas.width, horizon + (canvas.height - horizon) * chance.random() ** 1.3)
        for _ in range(150)
    ]

    def crests(pen: Pen) -> None:
        for middle, y in waves:
            share = (y - horizon) / (canvas.height - horizon)
            half, thick = canvas.unit * (1 + 11 * share), canvas.unit * (0.06 + 0.32 * share)
            pen.ellipse(middle - half, y - thick, middle + half, y + thick)

    canvas.shape(crests, between(palette.near, "#000000", 0.3), opacity=0.34)


def boat(canvas: Canvas, palette: Palette, horizon: float) -> None:
    x, y, size = canvas.width * canvas.chance.choice((0.2, 0.78)), horizon + canvas.height * 0.07, canvas.unit * 9

    def draw(pen: Pen) -> None:
        pen.polygon(
            [
                (x - size * 0.5, y),
                (x + size * 0.55, y),
                (x + size * 0.34, y + size * 0.14),
                (x - size * 0.36, y + size * 0.14),
            ]
        )
        pen.polygon(
            [(x + size * 0.02, y - size * 1.1), (x + size * 0.02, y - size * 0.06), (x + size * 0.5, y - size * 0.06)]
        )
        pen.polygon(
            [(x - size * 0.04, y - size * 0.95), (x - size * 0.04, y - size * 0.06), (x - size * 0.36, y - size * 0.06)]
        )

    canvas.shape(draw, (between(palette.near, "#ffffff", 0.1), between(palette.near, "#000000", 0.55)))
    canvas.shape(
        lambda pen: pen.ellipse(x - size * 0.5, y + size * 0.14, x + size * 0.5, y + size * 0.3),
        "#000000",
        opacity=0.3,
        blur=canvas.unit * 0.5,
    )


def city(canvas: Canvas, palette: Palette) -> None:
    horizon = canvas.height * 0.74
    sky(canvas, palette, horizon)
    for layer in range(3):
        share = layer / 2
        paint = between(palette.far, palette.near, 0.15 + 0.85 * share)
        towers = skyline(canvas, horizon, canvas.height * (0.34 + 0.12 * share), canvas.unit * (5 + 4.5 * share))

        def draw(pen: Pen, towers: list[tuple[float, float, float, int]] = towers) -> None:
            for left, top, wide, roof in towers:
                pen.box(left, top, left + wide, canvas.height)
                if roof == 1:
                    pen.polygon([(left, top + 1), (left + wide / 2, top - wide * 0.5), (left + wide, top + 1)])
                elif roof == 2:
                    pen.box(left + wide * 0.2, top - wide * 0.3, left + wide * 0.8, top + 1)
                    pen.box(left + wide * 0.48, top - wide * 1.1, left + wide * 0.52, top)
                elif roof == 3:
                    pen.polygon([(left, top + 1), (left, top - wide * 0.35), (left + wide, top + 1)])

        canvas.shape(draw, (between(paint, palette.low, 0.22), paint))
        windows(canvas, palette, towers, 0.2 + 0.5 * share, horizon)
        canvas.haze(
            horizon - canvas.height * 0.3, horizon, between(palette.low, palette.accent, 0.2), 0.5 * (1 - share * 0.75)
        )
    canvas.mirror(horizon, between(palette.near, "#02040a", 0.5), 0.5)
    canvas.shape(
        lambda pen: pen.box(0, horizon - canvas.unit * 0.5, canvas.width, horizon + canvas.unit * 0.4),
        between(palette.near, "#000000", 0.6),
    )
    for _ in range(14):
        x = canvas.chance.uniform(0, canvas.width)
        canvas.glow(
            x,
            horizon - canvas.unit,
            canvas.unit * 2.4,
            canvas.chance.choice((palette.accent, palette.other, palette.light)),
            0.5,
        )


def skyline(canvas: Canvas, base: float, tall: float, wide: float) -> list[tuple[float, float, float, int]]:
    """Towers from left to right, taller towards two centres: left, top, width, kind of roof."""
    chance = canvas.chance
    centres = (chance.uniform(0.2, 0.4), chance.uniform(0.6, 0.85))
    towers, x = [], -wide
    while x < canvas.width:
        size = wide * chance.uniform(0.6, 1.35)
        near = max(math.exp(-(((x / canvas.width - centre) / 0.16) ** 2)) for centre in centres)
        high = tall * (0.22 + chance.uniform(0.1, 0.45) + 0.62 * near * chance.uniform(0.6, 1))
        towers.append((x, base - high, size, chance.choice((0, 0, 0, 1, 2, 2, 3)) if high > tall * 0.5 else 0))
        x += size * chance.uniform(0.9, 1.25)
    return towers


def windows(
    canvas: Canvas, palette: Palette, towers: list[tuple[float, float, float, int]], strength: float, base: float
) -> None:
    chance = canvas.chance
    lit: list[tuple[float, float, float, float]] = []
    for left, top, wide, _ in towers:
        columns = max(2, int(wide / (canvas.unit * 1.5)))
        step = wide / columns
        share = chance.uniform(0.12, 0.55) if palette.night else chance.uniform(0.04, 0.25)
        y = top + step
        while y < base - step:
            lit += [
                (left + step * (column + 0.28), y, step * 0.44, step * 0.55)
                for column in range(columns)
                if chance.random() < share
            ]
            y += step * 1.15
    groups = (lit[::3], lit[1::3], lit[2::3])
    for group, paint in zip(
        groups, (palette.light, palette.accent if palette.night else palette.light, "#ffe9c4"), strict=True
    ):

        def draw(pen: Pen, group: list[tuple[float, float, float, float]] = group) -> None:
            for x, y, w, h in group:
                pen.box(x, y, x + w, y + h)

        canvas.shape(draw, paint, opacity=strength, added=True)
        canvas.shape(draw, paint, opacity=strength * 0.8, blur=canvas.unit * 0.9, added=True)


def desert(canvas: Canvas, palette: Palette) -> None:
    horizon = canvas.height * 0.52
    sky(canvas, palette, horizon)
    canvas.haze(horizon - canvas.height * 0.2, horizon, palette.light, 0.3)
    for layer in range(5):
        share = layer / 4
        base = horizon + canvas.height * (0.05 + 0.42 * share)
        line = hills(canvas.chance, canvas.width, base, canvas.height * (0.09 + 0.1 * share))
        paint = between(palette.far, palette.near, share)
        canvas.shape(
            lambda pen: pen.polygon([*line, (canvas.width, canvas.height), (0, canvas.height)]),
            (between(paint, palette.light, 0.42 - 0.2 * share), between(paint, "#000000", 0.3)),
        )
        top = min(range(len(line)), key=lambda index: line[index][1])
        shade = [
            line[top],
            *line[top:],
            (canvas.width, canvas.height),
            (line[top][0] + canvas.width * 0.12, canvas.height),
        ]
        canvas.shape(lambda pen: pen.polygon(shade), "#1a0a18", opacity=0.2, blur=canvas.unit * 1.4)


def space(canvas: Canvas, palette: Palette) -> None:
    """A planet's edge, a small moon, and far clouds of gas."""
    canvas.gradient([(0, palette.high), (0.6, palette.middle), (1, between(palette.middle, "#000000", 0.4))], 0.5)
    chance = canvas.chance
    for paint, strength in ((palette.accent, 0.34), (palette.other, 0.3), (palette.low, 0.3), (palette.accent, 0.2)):
        for _ in range(5):
            x, y = chance.uniform(0, canvas.width), chance.uniform(0, canvas.height * 0.75)
            canvas.glow(x, y, canvas.unit * chance.uniform(12, 34), paint, strength * chance.uniform(0.3, 0.9))
    stars(canvas, canvas.height, 620)
    x, y, size = canvas.width * chance.choice((0.34, 0.66)), canvas.height * 1.42, canvas.unit * 92
    canvas.glow(x, y, size * 1.07, palette.light, 0.75)
    globe_lit(canvas, palette, x, y, size, 0)
    moon_x, moon_y, moon = canvas.width - x + canvas.unit * 4, canvas.height * 0.3, canvas.unit * 7.5
    canvas.glow(moon_x, moon_y, moon * 2.2, palette.light, 0.25)
    globe_lit(canvas, palette, moon_x, moon_y, moon, 1)


def globe_lit(canvas: Canvas, palette: Palette, x: float, y: float, size: float, kind: int) -> None:
    """A ball lit from above, with bands (a planet) or without (a moon)."""
    body = between(palette.far, palette.accent, 0.35) if kind == 0 else "#c9cbd6"
    canvas.shape(lambda pen: pen.circle(x, y, size), (between(body, "#ffffff", 0.35), between(body, "#000000", 0.75)))
    if kind == 0:
        for _ in range(9):
            turn, deep = canvas.chance.uniform(200, 300), size * canvas.chance.uniform(0.8, 0.97)
            long = canvas.chance.uniform(10, 40)
            canvas.shape(
                lambda pen: pen.ring(x, y, deep, canvas.unit * 1.6, turn=(turn, turn + long)),
                "#ffffff",
                opacity=0.13,
                blur=canvas.unit * 0.8,
            )
        canvas.shape(
            lambda pen: pen.ring(x, y, size + canvas.unit * 0.25, canvas.unit * 0.7, turn=(190, 350)),
            palette.light,
            opacity=0.9,
            blur=canvas.unit * 0.5,
            added=True,
        )
    canvas.shape(
        lambda pen: pen.circle(x + size * 0.35, y + size * 0.35, size * 0.98),
        "#05060f",
        opacity=0.35 if kind else 0.0,
        blur=size * 0.12,
    )


def abstract(canvas: Canvas, palette: Palette) -> None:
    """Ribbons of light: what is drawn for what has no picture of its own."""
    canvas.gradient([(0, palette.high), (0.55, palette.middle), (1, between(palette.middle, palette.high, 0.6))], 0.7)
    chance = canvas.chance
    for paint in (palette.accent, palette.other, palette.low, palette.light):
        canvas.glow(
            chance.uniform(0, canvas.width),
            chance.uniform(0, canvas.height),
            canvas.unit * chance.uniform(24, 46),
            paint,
            0.4,
        )
    for index in range(7):
        ribbon(canvas, between(palette.accent, palette.other, index / 6), index / 6)
    bokeh(canvas, palette, 26)


def ribbon(canvas: Canvas, paint: str, share: float) -> None:
    chance = canvas.chance
    often, shift, tilt = chance.uniform(0.7, 1.3), chance.uniform(0, 6.3), chance.uniform(-0.2, 0.2)
    upper, lower = [], []
    for step in range(81):
        place = step / 80
        middle = canvas.height * (
            0.3 + 0.45 * share + tilt * (place - 0.5) + 0.13 * math.sin(place * 6.283 * often + shift)
        )
        half = canvas.height * (0.02 + 0.075 * (0.5 + 0.5 * math.sin(place * 6.283 * often * 0.8 + shift * 1.7)))
        upper.append((place * canvas.width, middle - half))
        lower.append((place * canvas.width, middle + half))
    canvas.shape(
        lambda pen: pen.polygon([*upper, *reversed(lower)]),
        (paint, between(paint, "#000000", 0.6)),
        opacity=0.34,
        blur=canvas.unit * 0.5,
        added=True,
    )
    canvas.shape(
        lambda pen: pen.line(upper, canvas.unit * 0.16), between(paint, "#ffffff", 0.6), opacity=0.75, added=True
    )


def bokeh(canvas: Canvas, palette: Palette, many: int) -> None:
    """Lights out of focus."""
    chance: random.Random = canvas.chance
    for paint in (palette.light, palette.accent, palette.other):
        spots = [
            (chance.uniform(0, canvas.width), chance.uniform(0, canvas.height), canvas.unit * chance.uniform(0.5, 3.4))
            for _ in range(many // 3)
        ]

        def draw(pen: Pen, spots: list[tuple[float, float, float]] = spots) -> None:
            for x, y, size in spots:
                pen.circle(x, y, size, 150)
                pen.ring(x, y, size, canvas.unit * 0.18, 255)

        canvas.shape(draw, paint, opacity=0.3, blur=canvas.unit * 0.25, added=True)
