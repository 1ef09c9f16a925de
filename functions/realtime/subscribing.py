"""A connection begins to listen: who speaks on it is asked again, and how things stand is told at once."""

import time
from typing import Any

from msgspec import Struct

from functions.realtime.kinds import Present, present
from shared import sockets
from shared.accounts import lasting
from shared.accounts.caller import Caller
from shared.errors import Forbidden, NotFound, ServiceError, Unauthorized
from shared.realtime import channels, connections
from shared.realtime.channels import Listener
from shared.realtime.connections import Connection

# A client may send `auth` and `subscribe` at once, and API Gateway hands both on at once: we wait this long for `auth`.
PAUSES = (0.1, 0.2, 0.4)  # seconds


class Subscribed(Struct, kw_only=True):
    type: str = "subscribed"
    channel: str


def subscribe(connection: Connection, channel: str) -> dict[str, Any]:
    """Listen to one more channel; the message to answer. Raises what the channel's kind does, naming the channel."""
    try:
        connection, found = admitted(connection, channel)
        sockets.post(connection.id, Subscribed(channel=channel))
        if not found.finished:
            found = begin(connection, channel, found.owned)
    except ServiceError as error:
        error.details.setdefault("channel", channel[:256])
        raise
    return channels.addressed(channel, found.message)


def follow(connection: Connection, channel: str) -> Present:
    """Listen to nothing but one channel, if anything can follow on it. Raises what the channel's kind does."""
    found = present(caller_of(connection), channel)
    return found if found.finished else begin(connection, channel, found.owned, only=True)


def admitted(connection: Connection, channel: str) -> tuple[Connection, Present]:
    """How things stand, for whoever speaks on the connection, or is just about to.

    What there is not is waited for as long as what is somebody's, or the time would tell the one from the other.
    """
    for pause in (*PAUSES, None):
        try:
            return connection, present(caller_of(connection), channel)
        except NotFound:
            if connection.held or pause is None:
                raise
            time.sleep(pause)
            connection = connections.find(connection.id)
    raise AssertionError("the last try has no pause")  # pragma: no cover


def begin(connection: Connection, channel: str, owned: bool, only: bool = False) -> Present:
    """Listen first and read then, so that nothing is missed in between."""
    channels.listen(Listener(connection.id, channel, connection.held if owned else None, only))
    return present(caller_of(connection), channel)


def caller_of(connection: Connection) -> Caller | None:
    """Who speaks on it. Raises Unauthorized or Forbidden when that is over: then it hears nothing more by right."""
    if connection.held is None:
        return None
    try:
        return lasting.caller_of(connection.held)
    except (Unauthorized, Forbidden):
        connections.let_go(connection.id)
        channels.renew(connection.id, None)
        raise
