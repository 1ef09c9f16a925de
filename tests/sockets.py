"""WebSocket connections for tests: the platform's own function, and a fake of API Gateway's side of them."""

import json
from typing import Any

from botocore.exceptions import ReadTimeoutError

from functions.realtime.app import handler


class Gone(Exception):
    """What the @connections API answers (410) for a connection that is not there."""


class Exceptions:
    GoneException = Gone


class Connections:
    """The @connections API: what each open connection was sent; `calls` counts what was asked of it."""

    exceptions = Exceptions

    def __init__(self) -> None:
        self.open: dict[str, list[Any]] = {}
        self.closed: list[str] = []
        self.broken: set[str] = set()
        self.calls = 0

    def _of(self, connection_id: str) -> list[Any]:
        self.calls += 1
        if connection_id in self.broken:
            raise ReadTimeoutError(endpoint_url="https://sockets.test")
        if connection_id not in self.open:
            raise Gone
        return self.open[connection_id]

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:
        self._of(ConnectionId).append(json.loads(Data))

    def get_connection(self, *, ConnectionId: str) -> None:
        self._of(ConnectionId)

    def delete_connection(self, *, ConnectionId: str) -> None:
        self._of(ConnectionId)
        del self.open[ConnectionId]
        self.closed.append(ConnectionId)


class Functions:
    """Lambda's asynchronous invocations, which wait until somebody runs them."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> None:
        assert (FunctionName, InvocationType) == ("realtime-test", "Event")
        self.asked.append(json.loads(Payload))

    def run(self) -> None:
        while self.asked:
            handler(self.asked.pop(0), None)


class Caller:
    """Somebody at the other end of one connection."""

    def __init__(self, connections: Connections, functions: Functions, connection_id: str = "c1") -> None:
        self.connections, self.functions, self.id = connections, functions, connection_id

    def event(self, kind: str, **more: Any) -> dict[str, Any]:
        route = {"MESSAGE": "$default"}.get(kind, f"${kind.lower()}")
        about = {"routeKey": route, "eventType": kind, "connectionId": self.id, "identity": {"sourceIp": "203.0.113.9"}}
        return {"requestContext": about, **more}

    def connect(self, headers: dict[str, str] | None = None, **query: str) -> list[Any]:
        """What is heard at once."""
        opening = self.event("CONNECT", headers=headers or {}, queryStringParameters=query or None)
        status = handler(opening, None)["statusCode"]
        if status != 200:
            return [status]
        sent = self.connections.open[self.id] = []
        self.functions.run()
        return self.heard(sent)

    def say(self, **message: Any) -> list[Any]:
        """What is heard in answer."""
        sent = self.connections.open.get(self.id, [])
        assert handler(self.event("MESSAGE", body=json.dumps(message)), None) == {"statusCode": 200}
        return self.heard(sent)

    def heard(self, sent: list[Any] | None = None) -> list[Any]:
        """What has come since it was last asked."""
        sent = self.connections.open.get(self.id, []) if sent is None else sent
        came, sent[:] = [*sent], []
        return came

    def disconnect(self) -> None:
        self.connections.open.pop(self.id, None)
        assert handler(self.event("DISCONNECT"), None) == {"statusCode": 200}
