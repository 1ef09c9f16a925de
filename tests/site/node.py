"""The site's modules in node: what needs no browser is tested without one."""

import json
import subprocess
from pathlib import Path
from typing import Any

from scripts.local.world import node_folder

SITE = Path(__file__).resolve().parents[2] / "site"
# What a module may touch when it is loaded, and no more.
PAGE = """
const page = new EventTarget();
for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
  globalThis[name] = page[name].bind(page);
}
const kept = new Map();
Object.defineProperty(globalThis, "localStorage", { value: {
  getItem: key => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
  removeItem: key => kept.delete(key),
} });
globalThis.window = page;
Object.defineProperty(navigator, "onLine", { value: true });
globalThis.document = new EventTarget();
document.documentElement = {};
"""


def run(script: str) -> Any:
    """What `script`, an ES module with the page's globals that can `load("library/states.js")`, passes to `tell`."""
    load = f"const load = path => import({json.dumps(SITE.as_uri())} + '/' + path);"
    tell = "const tell = value => process.stdout.write(JSON.stringify(value ?? null));"
    command = [str(node_folder() / "node"), "--no-warnings", "--input-type=module", "-e", f"{PAGE}{load}{tell}{script}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def exported(module: str, name: str) -> Any:
    return run(f"tell((await load({json.dumps(module)})).{name});")


def sources() -> list[Path]:
    """The site's own modules, the dictionaries left out."""
    return [path for path in sorted(SITE.rglob("*.js")) if path.parent.name not in ("words", "docs")]


def words(language: str) -> dict[str, Any]:
    """Every word of a language, of all folders."""
    found: dict[str, Any] = {}
    for path in sorted(SITE.glob(f"*/words/{language}.js")):
        found |= exported(path.relative_to(SITE).as_posix(), "default")
    return found
