"""The functions' own log lines, which MiniStack keeps in memory or drops (a WebSocket's), in a file to follow."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core.lambda_runtime import Worker

LARGEST = 20 * 2**20  # bytes; then the file becomes functions.log.1


def keep_function_logs(path: Path) -> Callable[[dict[str, Any]], None]:
    """Answers what writes a line of our own into the same file."""
    invoke = Worker.invoke

    def write(text: str) -> None:
        if path.exists() and path.stat().st_size > LARGEST:
            path.replace(path.with_suffix(".log.1"))
        with path.open("a") as file:
            file.write(text.rstrip() + "\n")

    def invoke_and_write(worker: Worker, *rest: Any, **more: Any) -> Any:
        answer = invoke(worker, *rest, **more)
        if text := answer.get("log"):
            write(text)
        return answer

    Worker.invoke = invoke_and_write
    return lambda line: write(json.dumps(line))
