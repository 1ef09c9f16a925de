"""Sending to open WebSocket connections, through API Gateway's @connections API.

A message is one JSON object of at most 128 KB. A connection that is gone says so at the next message (410), and only
then; one that is being opened does, too, until `$connect` has returned.
"""

from typing import Any

import msgspec

from shared import aws
from shared.errors import TooLarge
from shared.settings import settings

SERVICE = "apigatewaymanagementapi"
LARGEST = 128 * 1024  # bytes


def packed(message: Any) -> bytes:
    """As it goes over the wire. Raises TooLarge."""
    data = msgspec.json.encode(message)
    if len(data) > LARGEST:
        raise TooLarge("Message too large", explanation=f"{len(data)} bytes, of {LARGEST}")
    return data


def post(connection_id: str, message: Any) -> bool:
    """Send to one connection. False when it is gone: whoever keeps a note of it should forget it."""
    return send(connection_id, packed(message))


def send(connection_id: str, data: bytes) -> bool:
    """Send what is packed already."""
    client = aws.client(SERVICE, settings.socket_endpoint)
    try:
        client.post_to_connection(ConnectionId=connection_id, Data=data)
    except client.exceptions.GoneException:
        return False
    return True


def is_open(connection_id: str) -> bool:
    client = aws.client(SERVICE, settings.socket_endpoint)
    try:
        client.get_connection(ConnectionId=connection_id)
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
