"""The Lambda entry of a function that answers HTTP."""

import os
from collections.abc import Callable
from typing import Any

from mangum import Mangum

from shared import aws
from shared.web.api import Api

Handler = Callable[[dict[str, Any], Any], Any]


def lambda_handler(app: Api) -> Handler:
    """`handler(event, context)` for API Gateway HTTP API events (payload 2.0) and warmer events.

    `lifespan="off"`: Mangum would otherwise run startup and shutdown on each call. A warmer's `{"warm": true}` is
    answered before anything else. Inside Lambda the DynamoDB client is made here, in the init phase, which has a full
    core.
    """
    adapter = Mangum(app, lifespan="off")
    if "AWS_LAMBDA_RUNTIME_API" in os.environ:
        aws.client("dynamodb")

    def handler(event: dict[str, Any], context: Any) -> Any:
        return {"warm": True} if event.get("warm") else adapter(event, context)

    return handler
