"""The dependency groups that scripts/install means: all, those the platform runs on (`run`), or the ones named."""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
everything = list(project["dependency-groups"])
functions = {group for groups in project["tool"]["bobine"]["functions"].values() for group in groups}
running = [group for group in everything if group in functions | {"core", "local"}]
print(*{"": everything, "run": running}.get(" ".join(sys.argv[1:]), sys.argv[1:]))
