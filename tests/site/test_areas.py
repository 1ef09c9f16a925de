"""The areas: one list, and folders, words and the distribution agree with it."""

import re
from typing import Any

import pytest

from scripts.site import static_files
from tests.site.node import SITE, exported, run
from tests.transport import resources

AREAS: list[dict[str, Any]] = exported("shell/areas.js", "AREAS")
NOT_AREAS = {"design", "docs", "shell"}


def site_behaviours() -> list[str]:
    (distribution,) = resources("AWS::CloudFront::Distribution").values()
    behaviours = distribution["Properties"]["DistributionConfig"]["CacheBehaviors"]
    return [one["PathPattern"] for one in behaviours if one["TargetOriginId"] == "site"]


def matches(pattern: str, path: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path) is not None


def test_each_area_is_a_folder_and_each_folder_an_area() -> None:
    folders = {path.name for path in SITE.iterdir() if path.is_dir()} - NOT_AREAS
    assert folders == {area["name"] for area in AREAS}


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area["name"])
def test_an_area_has_its_module_and_its_words(area: dict[str, Any]) -> None:
    assert "export async function open(" in (SITE / area["name"] / "area.js").read_text()
    assert {path.stem for path in (SITE / area["name"] / "words").iterdir()} == {"en", "fr"}


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area["name"])
def test_the_distribution_answers_the_page_for_its_address(area: dict[str, Any]) -> None:
    addresses = [area["at"], f"{area['at']}/videos/a%20film"] if area["at"] != "/" else ["/"]
    for address in addresses:
        assert any(matches(pattern, address) for pattern in site_behaviours()), address


def test_the_distribution_knows_no_area_that_is_not_there() -> None:
    keys = ["/", *(f"/{key}" for key, _ in static_files()), "/openapi.json", "/vendor/hls.js"]
    known = [*keys, *(area["at"] for area in AREAS)]
    idle = [pattern for pattern in site_behaviours() if not any(matches(pattern, path) for path in known)]
    assert idle == []


def test_each_file_of_the_site_is_served_under_its_key() -> None:
    lost = [key for key, _ in static_files() if not any(matches(one, f"/{key}") for one in site_behaviours())]
    assert lost == ["index.html"]  # which is what an address of an area answers


def test_a_picture_that_browsers_ask_for_unbidden_is_left_to_the_api_which_says_404() -> None:
    assert not any(matches(pattern, "/favicon.ico") for pattern in site_behaviours())


def test_an_address_names_its_area_and_what_follows() -> None:
    script = """
      const { areaOf } = await load("shell/areas.js");
      tell(["/", "/library", "/library/videos/Mon%20film.mp4", "/library/%", "/nowhere", "/libraryx"].map(path => {
        const found = areaOf(path);
        return found ? [found.area.name, found.parts] : null;
      }));
    """
    assert run(script) == [
        ["front", []],
        ["library", []],
        ["library", ["videos", "Mon film.mp4"]],
        ["library", ["%"]],
        None,
        None,
    ]


def test_every_module_imports_what_is_there() -> None:
    missing = []
    for path in SITE.rglob("*.js"):
        for name in re.findall(r'from "(\.[^"]+)"', path.read_text()):
            if not (path.parent / name).resolve().is_file():
                missing.append(f"{path.name}: {name}")
    assert missing == []


def test_the_page_asks_for_all_of_its_frame_at_once() -> None:
    """Else the browser learns of each module from the one before, one journey after the other."""
    frame = {f"/assets/{folder}/{path.name}" for folder in ("design", "shell") for path in (SITE / folder).glob("*.js")}
    asked = re.findall(r'(?:modulepreload" href|module" src)="([^"]+)"', (SITE / "index.html").read_text())
    assert sorted(asked) == sorted(frame)


def test_an_area_uses_the_shell_and_the_design_and_no_other_area() -> None:
    """As a function folder imports only `shared/` and itself."""
    names = [area["name"] for area in AREAS]
    strangers = [
        f"{name}/{path.name}: {other}"
        for name in names
        for path in (SITE / name).glob("*.js")
        for other in names
        if other != name and f'"../{other}/' in path.read_text()
    ]
    assert strangers == []
