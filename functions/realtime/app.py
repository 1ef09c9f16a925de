"""WebSocket: what happens, as it happens.

    /ws                  {"type": "auth", "token"}, {"type": "subscribe", "channel"}, "unsubscribe", "ping"
    /ws/download/{id}    one download's messages and nothing else, as long as it runs; the edge makes it ?download={id}

Whoever listens is told at once how things stand, however late or often they come.
"""

from msgspec import Struct

from functions.realtime import greeting, opening, subscribing
from functions.realtime.greeting import Greeting
from shared.accounts import lasting
from shared.entry.socket import HangUp, Said, on, socket
from shared.entry.task import task
from shared.errors import TooManyRequests
from shared.realtime import channels, connections
from shared.realtime.connections import Connection

A_SECOND = 20  # messages of one connection: API Gateway is paid for each


class Auth(Struct):
    token: str


class AuthOk(Struct):
    type: str = "auth_ok"


class Channel(Struct):
    channel: str


class Unsubscribed(Struct, kw_only=True):
    type: str = "unsubscribed"
    channel: str


class Pong(Struct):
    type: str = "pong"


def come(said: Said[None]) -> None:
    """A connection is being opened: nothing can be sent to it before this has returned."""
    held = opening.held_by(said.headers)
    if held:
        connections.hold(said.connection_id, held)
    if download := said.query.get("download"):
        greeting.ask_for(Greeting(said.connection_id, f"download:{download}"))


def heard(said: Said[None]) -> Connection:
    """Raises HangUp for a connection that says too much: it hears why once."""
    connection = connections.heard(said.connection_id)
    if connection.said > A_SECOND:
        raise HangUp(TooManyRequests(1) if connection.said == A_SECOND + 1 else None)
    return connection


def auth(said: Said[Auth]) -> AuthOk:
    """An access token or an API key, with or without the word Bearer before it. What is listened to by right goes on as
    long as the new one is good, if it is the same account's.
    """
    held = lasting.of_credential(said.body.token.strip().removeprefix("Bearer ").strip(), "read")
    connections.hold(said.connection_id, held)
    if said.known.channels:
        channels.renew(said.connection_id, held)
    return AuthOk()


def subscribe(said: Said[Channel]) -> object:
    """Answers how things stand: that it is subscribed is sent before anything else of the channel can be."""
    return subscribing.subscribe(said.known, said.body.channel)


def unsubscribe(said: Said[Channel]) -> Unsubscribed:
    channels.leave(said.connection_id, said.body.channel)
    return Unsubscribed(channel=said.body.channel)


def ping(said: Said[None]) -> Pong:
    """A sign of life, which also keeps the connection open: API Gateway closes one that is silent for ten minutes. Who
    speaks on it is asked again: a session that has ended hears nothing more by right, and is told so instead.
    """
    subscribing.caller_of(said.known)
    return Pong()


def go(said: Said[None]) -> None:
    channels.forget(said.connection_id)


handler = socket(
    on("auth", auth, body=Auth),
    on("subscribe", subscribe, body=Channel),
    on("unsubscribe", unsubscribe, body=Channel),
    on("ping", ping),
    connect=come,
    meet=heard,
    disconnect=go,
) | task(greeting.greet, Greeting)
