"""Sending to open WebSocket connections, through API Gateway's @connections API.

A message is one JSON object of at most 128 KB. A connection that is gone says so at the next message (410), and only
then.
"""

from typing import Any

import msgspec

from shared import aws
from shared.settings import settings

SERVICE = "apigatewaymanagementapi"


def post(connection_id: str, message: Any) -> bool:
    """Send to one connection. False when it is gone: whoever keeps a note of it should forget it."""
    client = aws.client(SERVICE, settings.socket_endpoint)
    try:
        client.post_to_connection(ConnectionId=connection_id, Data=msgspec.json.encode(message))
    except client.exceptions.GoneException:
        return False
    return True


def close(connection_id: str) -> None:
    """Hang up. Content when the other side has."""
    client = aws.client(SERVICE, settings.socket_endpoint)
    try:
        client.delete_connection(ConnectionId=connection_id)
    except client.exceptions.GoneException:
        return
