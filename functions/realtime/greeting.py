"""The first message on a connection that says what it wants in its address.

API Gateway takes messages for a connection only after `$connect` has returned, and has no event for that moment. So the
function calls itself, asynchronously, and that call waits until the connection is there.
"""

import os
import time

import msgspec
from msgspec import Struct

from functions.realtime.subscribing import follow
from shared import aws, sockets
from shared.entry.socket import hang_up
from shared.errors import ServiceError
from shared.realtime import connections

PATIENCE = 3  # seconds
PAUSE = 0.05


class Greeting(Struct):
    connection_id: str
    channel: str


def ask_for(greeting: Greeting) -> None:
    name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    aws.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=msgspec.json.encode(greeting))


def greet(greeting: Greeting) -> None:
    """Say how things stand, and go on telling; or the last message, or why not, and hang up."""
    if not is_there(greeting.connection_id):
        return
    connection = connections.find(greeting.connection_id)
    try:
        found = follow(connection, greeting.channel)
    except ServiceError as refusal:
        hang_up(connection.id, refusal)
        return
    sockets.post(connection.id, found.message)
    if found.finished:
        sockets.close(connection.id)


def is_there(connection_id: str) -> bool:
    """False for one that is gone before it began."""
    for _ in range(int(PATIENCE / PAUSE)):
        if sockets.is_open(connection_id):
            return True
        time.sleep(PAUSE)
    return False
