"""The functions' own log lines, which MiniStack keeps in memory, in a file a person can follow."""

from pathlib import Path
from typing import Any

from ministack.services import lambda_svc

LARGEST = 20 * 2**20  # bytes; then the file becomes functions.log.1


def keep_function_logs(path: Path) -> None:
    emit = lambda_svc._emit_lambda_logs

    def emit_and_write(function: dict[str, Any], request_id: str, text: str, *rest: Any, **more: Any) -> None:
        emit(function, request_id, text, *rest, **more)
        if text:
            if path.exists() and path.stat().st_size > LARGEST:
                path.replace(path.with_suffix(".log.1"))
            with path.open("a") as file:
                file.write(text.rstrip() + "\n")

    lambda_svc._emit_lambda_logs = emit_and_write
