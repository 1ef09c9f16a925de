"""Writes the OpenAPI document of all functions: `python -m scripts.openapi [FILE]` (standard output without one).

The committed copy is docs/openapi.json; a test compares it with the route tables.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from shared.web.api import Api
from shared.web.openapi import document

ROOT = Path(__file__).parent.parent
ABOUT = """One open media platform: library, streaming and accounts under one account and one API.

Every path answers `OPTIONS` (204, with `Allow`), and `HEAD` where it has `GET`. A method
that no path has, such as `TRACE`, ends at the edge, with 403 and a page of the edge's own."""


def apis() -> dict[str, Api]:
    """The HTTP functions by folder name."""
    folders = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))
    modules = {folder: importlib.import_module(f"functions.{folder}.app") for folder in folders}
    return {folder: module.app for folder, module in modules.items() if hasattr(module, "app")}


def openapi() -> dict[str, Any]:
    return document(apis(), title="Bobine", version="0.1.0", description=ABOUT)


if __name__ == "__main__":
    text = json.dumps(openapi(), indent=1, ensure_ascii=False) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text)
    else:
        sys.stdout.write(text)
