"""The functions' own log lines, which MiniStack keeps in memory or drops (a WebSocket's), in a file to follow."""

from pathlib import Path
from typing import Any

from ministack.core.lambda_runtime import Worker

LARGEST = 20 * 2**20  # bytes; then the file becomes functions.log.1


def keep_function_logs(path: Path) -> None:
    invoke = Worker.invoke

    def invoke_and_write(worker: Worker, *rest: Any, **more: Any) -> Any:
        answer = invoke(worker, *rest, **more)
        if text := answer.get("log"):
            if path.exists() and path.stat().st_size > LARGEST:
                path.replace(path.with_suffix(".log.1"))
            with path.open("a") as file:
                file.write(text.rstrip() + "\n")
        return answer

    Worker.invoke = invoke_and_write
