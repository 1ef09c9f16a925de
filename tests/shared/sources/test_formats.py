"""Selectors and presets."""

import pytest

from shared.sources import formats


def test_a_limit_lets_through_what_tells_no_height() -> None:
    documented = "bestvideo[height<=1080]+bestaudio/best[height<=1080]"
    assert formats.lenient(documented) == "bestvideo[height<=?1080]+bestaudio/best[height<=?1080]"
    assert formats.lenient("best[ext=mp4][fps>=50]") == "best[ext=mp4][fps>=?50]"
    assert formats.lenient("best[height<=?720]") == "best[height<=?720]"


def test_a_preset_is_its_selector_with_the_smallest_as_a_way_out() -> None:
    assert formats.selector("best") == "bestvideo+bestaudio/best"
    assert formats.selector("720p").endswith("best[height<=?720]/worstvideo+bestaudio/worst")
    assert formats.selector(formats.capped(720)) == formats.selector("720p")
    assert formats.selector("137+140") == "137+140"
    assert formats.selector("best[height<=99]") == "best[height<=?99]"


@pytest.mark.parametrize("format_id", ["", "x" * 301, "best\n", "a\x00b", "\ud800"])
def test_what_is_no_selector_is_known(format_id: str) -> None:
    assert not formats.is_spelled(format_id)


def test_the_generic_formats_are_the_documents() -> None:
    ids = [one.format_id for one in formats.GENERIC]
    assert ids[:2] == ["bestvideo+bestaudio/best", "bestvideo[height<=1080]+bestaudio/best[height<=1080]"]
