"""The entry of a function that answers HTTP."""

from mangum import Mangum

from shared import aws
from shared.entry.entry import Entry, in_lambda
from shared.web.api import Api


def http(app: Api) -> Entry:
    """API Gateway HTTP API events (payload 2.0). The application itself answers every error and writes the line.

    `lifespan="off"`: Mangum would otherwise run startup and shutdown on each call. Inside Lambda the DynamoDB client is
    made here, in the init phase, which has a full core.
    """
    adapter = Mangum(app, lifespan="off")
    if in_lambda():
        aws.client("dynamodb")
    return Entry(lambda event: "rawPath" in event, adapter)
