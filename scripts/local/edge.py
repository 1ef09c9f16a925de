"""The front door of the one port: a signed request is an AWS call, any other is a viewer of the distribution.

MiniStack plays the distribution's behaviours, policies and functions from the template. The rules it lacks are here
and in `origins.py` (origin groups, our own APIs as origins), `sockets.py` (WebSockets) and `cache.py`:

1. With `--cache` answers are kept as the distribution keeps them, and `X-Cache` says what became of a request.
   Without, every answer is a miss: who develops wants to see own changes.
2. The request body ends at the size the gateway accepts, in the dialect of its path.
3. The platform has one name: a page asked for as localhost is sent to 127.0.0.1.
"""

import contextvars
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ministack.app as ministack
from ministack.core.iam_evaluator import pin_request_origin
from ministack.core.responses import set_request_client_ip
from ministack.services import cloudfront

from scripts.local import forms, signed, sockets, viewer
from scripts.local.cache import MISS, Cache
from scripts.local.kept import Answer
from scripts.local.origins import Origins
from scripts.local.policy import Asked, Policy
from scripts.local.pure import remember_viewer_functions
from scripts.local.signed import Receive, Scope, Send
from scripts.local.store import Store


@dataclass(slots=True)
class Viewing:
    """One viewer request underway: its behaviour's policy, and what became of it at the cache."""

    policy: Policy
    accept_encoding: str
    outcome: str = MISS


VIEWING: contextvars.ContextVar[Viewing] = contextvars.ContextVar("viewing")


class Edge:
    """The ASGI application of the port."""

    def __init__(self, store: Store, cache: Cache | None = None) -> None:
        self.store, self.cache = store, cache
        self.distribution: dict[str, Any] = {}  # set once the stack is there
        self.origins = Origins(lambda: self.parsed(self.distribution))
        self._parsed: dict[str, dict[str, Any]] = {}
        self._policies: dict[str, Policy] = {}
        self._parse = cloudfront.parse_distribution_dataplane_config
        self._invalidate = cloudfront._create_invalidation
        cloudfront.parse_distribution_dataplane_config = self.parsed
        cloudfront._fetch_from_origin = self.fetch
        cloudfront._create_invalidation = self.invalidate
        remember_viewer_functions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await ministack.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await sockets.open_socket(self.distribution, self.origins.socket_api, scope, receive, send)
        elif signed.is_form(scope):
            self.store.touch("s3")
            await forms.take(scope, receive, signed.sandboxed(send))
        elif signed.is_signed(scope):
            if signed.writes(scope):
                self.store.touch(signed.service(scope))
            scope["headers"] = [*scope["headers"], (b"x-forwarded-proto", b"https")]  # as in `view`
            await ministack.app(scope, receive, signed.sandboxed(send) if signed.is_presigned(scope) else send)
        elif not self.distribution:
            await viewer.answer(send, 503, {"retry-after": "1"}, b'{"error":"Starting"}')
        else:
            await self.view(scope, receive, send)

    async def view(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One viewer request through the distribution."""
        headers = viewer.viewer_headers(scope)
        if place := viewer.proper_place(scope, headers):
            return await viewer.answer(send, 307, {"location": place}, b"")
        body = await viewer.body_of(headers, receive)
        if body is None:
            return await viewer.refuse_body(scope, receive, send)
        query = scope["query_string"].decode("latin-1")
        address = (scope.get("client") or ("127.0.0.1",))[0]
        set_request_client_ip(address)
        pin_request_origin(address, True)  # buckets refuse plain http; the loopback is as good as https
        viewing = Viewing(self.policy_of(scope["path"]), headers.get("accept-encoding", ""))
        VIEWING.set(viewing)
        status, found, content = await cloudfront.handle_viewer_request(
            self.distribution,
            scope["method"],
            scope["path"],
            scope["raw_path"].decode("latin-1"),
            query,
            headers,
            body,
            urllib.parse.parse_qs(query, keep_blank_values=True),
            address,
        )
        if found["X-Cache"].startswith("Miss"):  # and not an answer of a viewer function's own
            found["X-Cache"] = f"{'Error' if status >= 400 else viewing.outcome} from cloudfront"
        await ministack._send_response(send, status, found, content, head=scope["method"] == "HEAD")

    async def fetch(
        self,
        origin: dict[str, Any],
        method: str,
        uri: str,
        query: str,
        headers: dict[str, Any],
        body: bytes,
        *rest: Any,
    ) -> Answer:
        """What the origin answers, or the cache for it."""

        async def ask(method: str, headers: Mapping[str, Any]) -> Answer:
            return await self.origins.fetch(origin, method, uri, query, dict(headers), body, *rest)

        if self.cache is None:
            return await ask(method, headers)
        viewing = VIEWING.get()
        asked = Asked(method, uri, query, headers, viewing.accept_encoding)
        viewing.outcome, found = await self.cache.answer(viewing.policy, asked, ask)
        return found

    def invalidate(self, distribution: str, body: bytes) -> Any:
        """CreateInvalidation, which MiniStack notes down; the cache acts on it."""
        answered = self._invalidate(distribution, body)
        if self.cache is not None and answered[0] == 201:
            self.cache.clear(cloudfront._invalidations[distribution][-1]["InvalidationBatch"]["Paths"]["Items"])
        return answered

    def parsed(self, distribution: dict[str, Any]) -> dict[str, Any]:
        """The distribution's behaviours, read from its XML once per version and not once per request."""
        version = distribution["ETag"]
        if version not in self._parsed:
            self._parsed, self._policies = {version: self._parse(distribution)}, {}
        return self._parsed[version]

    def policy_of(self, path: str) -> Policy:
        """The cache policy of the behaviour that a path falls under."""
        parsed = self.parsed(self.distribution)
        name = cloudfront._match_behavior(parsed, path)["cache_policy_id"]
        if name not in self._policies:
            known = cloudfront._cache_policies.get(name) or cloudfront._MANAGED_CACHE_POLICIES[name]
            self._policies[name] = Policy.of(known["Config"])
        return self._policies[name]
