"""`scripts/bench`: runs the measurements that are named, or all."""

import os
import sys
from collections.abc import Callable

from scripts.measure import calls, downloads, edge, frame, imports, platform, render

MEASUREMENTS: dict[str, Callable[[], None]] = {
    "imports": imports.measure,
    "frame": frame.measure,
    "calls": calls.measure,
    "upload": platform.measure_upload,
    "stream": platform.measure_stream,
    "edge": edge.measure,
    "downloads": downloads.measure,
    "render": render.measure,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}", file=sys.stderr)
        return 2
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    for name in names or MEASUREMENTS:
        print(f"\n== {name}", flush=True)
        MEASUREMENTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
