"""Worker: keeps the HTTP functions warm by calling each with an event that their entry answers at once."""

import os
from typing import Any

import msgspec

from shared import aws
from shared.entry.schedule import schedule


def warm() -> dict[str, Any]:
    """The template names the functions in WARM_FUNCTIONS, separated by commas."""
    names = [name for name in os.environ.get("WARM_FUNCTIONS", "").split(",") if name]
    payload = msgspec.json.encode({"warm": True})
    for name in names:
        aws.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=payload)
    return {"warmed": names}


handler = schedule(warm)
