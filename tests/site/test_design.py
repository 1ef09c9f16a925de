"""The design tokens: text can be read on whatever it is set, in the light and in the dark (WCAG 2.2, AA)."""

import re
from itertools import product

import pytest

from tests.site.node import SITE

TOKENS = (SITE / "design/tokens.css").read_text()
SHEETS = sorted(SITE.rglob("*.css"))
SCHEMES = ("light", "dark")
SURFACES = ("room", "wall", "raised")
TEXT, LARGE = 4.5, 3.0  # §1.4.3 text; §1.4.11 what must be seen of a control


def colour(name: str, scheme: str) -> tuple[float, float, float]:
    """Red, green and blue, 0 to 1, of a token without transparency."""
    found = re.search(rf"^\s*--{name}:\s*([^;]+);", TOKENS, re.MULTILINE)
    assert found, name
    values = re.findall(r"#([0-9a-f]{6})\b", found[1])
    value = values[SCHEMES.index(scheme)] if len(values) == 2 else values[0]
    red, green, blue = (int(value[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def luminance(rgb: tuple[float, float, float]) -> float:
    """WCAG 2.2, "relative luminance"."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, scheme: str) -> float:
    light, dark = sorted((luminance(colour(one, scheme)), luminance(colour(other, scheme))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_the_standards() -> None:
    assert luminance((1, 1, 1)) == pytest.approx(1)
    assert (1 + 0.05) / (luminance((0x76 / 255,) * 3) + 0.05) == pytest.approx(4.54, abs=0.01)  # the well-known #767676


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), list(product(("text", "quiet", "accent", "bad"), SURFACES)))
def test_text_can_be_read_on_every_surface(text: str, ground: str, scheme: str) -> None:
    assert contrast(text, ground, scheme) >= TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("text", "ground"), [("on-light", "light"), ("on-danger", "danger"), ("on-stage", "stage"), ("room", "text")]
)
def test_text_can_be_read_on_what_is_filled(text: str, ground: str, scheme: str) -> None:
    assert contrast(text, ground, scheme) >= TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("mark", "ground"), list(product(("edge", "accent", "good"), SURFACES)))
def test_the_edge_of_a_field_and_the_focus_can_be_seen(mark: str, ground: str, scheme: str) -> None:
    assert contrast(mark, ground, scheme) >= LARGE


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_sheet_uses_only_names_that_exist(path: object) -> None:
    text = SITE.joinpath(str(path)).read_text()
    own = set(re.findall(r"(--[\w-]+):", TOKENS + text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= own


def test_every_named_value_is_used() -> None:
    used = {name for path in SHEETS for name in re.findall(r"var\((--[\w-]+)", path.read_text())}
    assert set(re.findall(r"^\s*(--[\w-]+):", TOKENS, re.MULTILINE)) - used == set()
