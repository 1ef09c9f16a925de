"""What a handler is given, and what it may return."""

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from msgspec import Struct
from starlette.requests import Request

from shared.accounts.caller import Caller
from shared.accounts.devices import Device, named
from shared.errors import Forbidden, Unauthorized
from shared.web.limits import address

Body = TypeVar("Body")
Query = TypeVar("Query")
Path = TypeVar("Path")
Value = TypeVar("Value", covariant=True)


@dataclass(slots=True)
class Call(Generic[Body, Query, Path]):
    """A parsed, authenticated request. `body`, `query` and `path` are what the route declares, None where it declares
    none."""

    request: Request
    body: Body
    query: Query
    path: Path
    caller: Caller | None

    @property
    def account(self) -> str:
        """The caller's account id; 401 without a caller."""
        return self.somebody.account_id

    @property
    def somebody(self) -> Caller:
        """The caller; 401 without one."""
        if self.caller is None:
            raise Unauthorized()
        return self.caller

    @property
    def device(self) -> Device:
        """What the request comes from, as its sender would recognise it."""
        return Device(named(self.header("user-agent")), address(self.request))

    @property
    def language(self) -> Literal["en", "fr"]:
        """The one of ours that a client asks for first."""
        return "fr" if self.header("accept-language").strip().lower().startswith("fr") else "en"

    def header(self, name: str, default: str = "") -> str:
        return self.request.headers.get(name, default)

    def acting_as(self, user_id: str) -> str:
        """The account a write is for: a `userId` that a client sends must be its caller's own.

        Without a caller (only where the route lets strangers write) the claim stands.
        """
        if self.caller is not None and self.caller.account_id != user_id:
            raise Forbidden(explanation="userId is not the caller's")
        return user_id


class Message(Struct):
    """An answer that only says that it is done, for people."""

    message: str


@dataclass(slots=True)
class Reply(Generic[Value]):
    """An answer that is more than plain JSON of the declared model: other bytes, another status, headers, cookies.

    `value` is encoded as JSON unless it is bytes. `cookies` are whole `Set-Cookie` values.
    """

    value: Value
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
