"""The entry of a function that speaks WebSocket: connections come and go, and each message is one JSON object with a
`type`, which a table of handlers is looked up by.

    handler = socket(
        on("ping", ping, body=Ping),
        connect=welcome, meet=heard, disconnect=forget,
    )

A handler's answer is sent back on the connection, None sends nothing. A refusal is sent as `{"type": "error", "code",
"message", "details"}`, and the connection stays, unless it is a HangUp. API Gateway's limits: 32 KB a frame, 128 KB a
message, ten minutes without one, two hours in all; nothing can be sent before `connect` has returned.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import msgspec

from shared import sockets
from shared.entry.entry import Entry, Event, told
from shared.errors import Invalid, ServiceError
from shared.faults import as_ours
from shared.words import read_json

Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Said(Generic[Body]):
    """What came over a connection. `query` and `headers` (by lower-case name) are the opening request's, and empty
    after it. `known` is what `meet` found of the connection.
    """

    connection_id: str
    address: str
    body: Body
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    known: Any = None


class HangUp(Exception):
    """The refusal is sent, then the connection is closed; without one, it is only closed."""

    def __init__(self, refusal: ServiceError | None = None) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class On:
    type: str
    handle: Callable[[Said[Any]], object]
    body: Any


def on(type: str, handle: Callable[[Said[Any]], object], *, body: Any = None) -> On:
    """A row of the table: messages of `type`, with a msgspec model of their other fields."""
    return On(type, handle, body)


class Typed(msgspec.Struct):
    type: str


def socket(
    *table: On,
    connect: Callable[[Said[None]], None] | None = None,
    meet: Callable[[Said[None]], object] | None = None,
    disconnect: Callable[[Said[None]], None] | None = None,
) -> Entry:
    """`connect` may raise, which refuses the connection with that status. `meet` is called before each message is
    read, and may raise. `disconnect` is called at best once.
    """
    by_type = {row.type: row for row in table}

    def run(event: Event, context: Any) -> dict[str, Any]:
        about = event["requestContext"]
        # By the kind of event: the route of a message is the client's own word, and that may be `$connect`.
        with_route = {"CONNECT": connect, "DISCONNECT": disconnect}
        try:
            with told(f"socket {about['routeKey']}", connection=about["connectionId"]) as line:
                if about["eventType"] not in with_route:
                    message(said(event, None), str(event.get("body") or ""), line)
                elif handle := with_route[about["eventType"]]:
                    handle(said(event, None))
        except Exception as error:
            return {"statusCode": as_ours(error).status}
        return {"statusCode": 200}

    def message(call: Said[None], text: str, line: dict[str, Any]) -> None:
        try:
            known = meet(call) if meet else None
            row, body = parsed(text)
            line["type"] = row.type
            answer = row.handle(replace(call, body=body, known=known))
        except HangUp as last:
            hang_up(call.connection_id, last.refusal)
            line |= {"closed": True} | ({"code": last.refusal.code} if last.refusal else {})
            return
        except Exception as error:
            sockets.post(call.connection_id, refusal(as_ours(error)))
            if not isinstance(error, ServiceError):
                raise
            line |= {"status": error.status, "code": error.code}
            return
        if answer is not None:
            sockets.post(call.connection_id, answer)

    def parsed(text: str) -> tuple[On, Any]:
        row = by_type.get(kind := read_json(text, Typed).type)
        if row is None:
            raise Invalid(f"Unknown type {kind[:40]}", field="type", constraint=f"one of {', '.join(by_type)}")
        return row, read_json(text, row.body) if row.body else None

    return Entry(lambda event: "connectionId" in event.get("requestContext", {}), run)


def said(event: Event, body: None) -> Said[None]:
    about = event["requestContext"]
    address = str(about.get("identity", {}).get("sourceIp", "unknown"))
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return Said(about["connectionId"], address, body, event.get("queryStringParameters") or {}, headers)


def hang_up(connection_id: str, last: ServiceError | None) -> None:
    if last:
        sockets.post(connection_id, refusal(last))
    sockets.close(connection_id)


def refusal(error: ServiceError) -> dict[str, Any]:
    details = error.details or ({"message": error.explanation} if error.explanation else {})
    return {"type": "error", "code": error.code, "message": error.message, "details": details}
