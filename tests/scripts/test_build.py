"""Artifacts: small enough for Lambda, with room left."""

import re
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts import build

GROUPS = tomllib.loads((build.ROOT / "pyproject.toml").read_text())["dependency-groups"]


def closure(names: set[str]) -> dict[str, Distribution]:
    """Installed distributions that these need, themselves included."""
    found: dict[str, Distribution] = {}
    waiting = sorted(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        found[name] = distribution(name)
        wanted = [Requirement(one) for one in found[name].requires or ()]
        waiting += [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def installed(one: Distribution) -> int:
    """Its bytes, as far as an artifact holds them: botocore's data are trimmed to the services in use."""
    paths = [path for path in one.files or () if not str(path).startswith(("botocore/data", ".."))]
    return sum(Path(str(one.locate_file(path))).stat().st_size for path in paths if "__pycache__" not in path.parts)


@pytest.mark.parametrize(("function", "groups"), build.groups_of().items())
def test_each_artifact_leaves_a_fifth_of_what_lambda_takes(function: str, groups: list[str]) -> None:
    """By what is installed here; `scripts/build` refuses what turns out larger."""
    names = {Requirement(one).name for group in groups for one in GROUPS[group]}
    sizes = {name: installed(one) for name, one in closure(names).items()}

    assert sum(sizes.values()) <= build.largest(cloud=False) + build.CROWDED.get(function, 0), sizes


def test_the_cloud_keeps_a_fifth_free() -> None:
    assert build.largest(cloud=True) <= 0.8 * 250 * build.MIB
    assert all(build.largest(cloud=True) + more <= 0.94 * 250 * build.MIB for more in build.CROWDED.values())


def test_an_artifact_that_is_too_large_is_not_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "BUILD", tmp_path)
    monkeypatch.setattr("sys.argv", ["build", "warmer"])
    monkeypatch.setattr(build, "build", lambda name, place, cloud: None)
    monkeypatch.setattr(build, "size", lambda place: build.largest(cloud=False))
    build.main()
    monkeypatch.setattr(build, "size", lambda place: build.largest(cloud=False) + 1)
    with pytest.raises(SystemExit, match=r"warmer is .* MiB unpacked"):
        build.main()
