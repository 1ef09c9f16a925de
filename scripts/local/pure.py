"""The distribution's viewer functions are pure, so an event that node has answered once need not go there again.

A call into node's process takes 0.8 of the 2 ms that a hit takes at the front door. That the functions look at nothing
but the event (no clock, no chance, no request's id) is checked in tests/edge.
"""

import json
from collections import OrderedDict
from typing import Any

from ministack.services import cloudfront

MOST = 4096  # events remembered


def remember_viewer_functions() -> None:
    run = cloudfront._run_function
    known: OrderedDict[tuple[bytes, str], str] = OrderedDict()

    async def remembered(function: str, event: dict[str, Any]) -> Any:
        if event["context"]["eventType"] != "viewer-request":
            return await run(function, event)
        said = json.dumps({name: value for name, value in event.items() if name != "context"})
        key = (cloudfront.live_function_code(function) or b"", said)
        if key not in known:
            known[key] = json.dumps(await run(function, event))
            if len(known) > MOST:
                known.popitem(last=False)
        return json.loads(known[key])

    cloudfront._run_function = remembered
