"""One structured line per request on standard error, which is also its metric (CloudWatch embedded metric format)."""

import os
import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from shared import clock
from shared.settings import settings

FUNCTION = "AWS_LAMBDA_FUNCTION_NAME"
ELSEWHERE = (502, 504)  # the fault is of who was asked on the way (RFC 9110 §15.6.3, §15.6.5)


def emit(record: Mapping[str, Any]) -> None:
    """Write one JSON line at once: Lambda freezes the process after the answer."""
    sys.stderr.write(msgspec.json.encode(record, enc_hook=str).decode() + "\n")
    sys.stderr.flush()


def is_fault(status: int) -> bool:
    """Whether an answer is a fault of ours, and for an alarm: what somebody else's site has done is not."""
    return status >= 500 and status not in ELSEWHERE


def event(message: str, **fields: Any) -> None:
    """Something worth a line that is not a request: a job, a retry, a refusal."""
    emit({"time": clock.iso(), "level": "INFO", "message": message, **fields})


def failure(message: str, error: BaseException, **fields: Any) -> None:
    """An error nobody expected, with its stack. The stack goes to the log only."""
    import traceback

    stack = "".join(traceback.format_exception(error))[-6000:]
    emit({"time": clock.iso(), "level": "ERROR", "message": message, "error": repr(error), "stack": stack, **fields})


def request(**fields: Any) -> None:
    """The line of a request. `status` and `milliseconds` become metrics by function and route."""
    fault = is_fault(int(fields.get("status", 0)))
    metrics = [{"Name": "milliseconds", "Unit": "Milliseconds"}, {"Name": "Requests"}, {"Name": "Faults"}]
    emit(
        {
            "_aws": {
                "Timestamp": clock.now_ms(),
                "CloudWatchMetrics": [
                    {"Namespace": "Bobine", "Dimensions": [["function"], ["function", "route"]], "Metrics": metrics}
                ],
            },
            "time": clock.iso(),
            "level": "ERROR" if fault else "INFO",
            "service": settings.service_name,
            "function": os.environ.get(FUNCTION, "local"),
            "Requests": 1,
            "Faults": int(fault),
            **fields,
        }
    )
