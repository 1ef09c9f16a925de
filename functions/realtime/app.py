"""WebSocket: what happens, as it happens. For now a connection can be told to be alive; channels come with the first
system that has something to tell."""

from typing import Literal

from msgspec import Struct

from shared.entry.socket import Said, on, socket


class Pong(Struct):
    type: Literal["pong"] = "pong"


def ping(said: Said[None]) -> Pong:
    """A sign of life, which also keeps the connection open: API Gateway closes one that is silent for ten minutes."""
    return Pong()


handler = socket(on("ping", ping))
