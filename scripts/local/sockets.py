"""WebSocket upgrades through the distribution: its viewer function names the stage, MiniStack plays the API behind it.

A WebSocket API knows no path after its stage, so what a client puts there must have become a query string by then.
"""

import urllib.parse
import uuid
from typing import Any

from ministack.services import apigateway, cloudfront

from scripts.local.signed import Receive, Scope, Send
from scripts.local.viewer import viewer_headers

STAGE = "ws"
LARGEST_MESSAGE = 128 * 1024  # bytes; API Gateway's limit


async def open_socket(distribution: dict[str, Any], api: str, scope: Scope, receive: Receive, send: Send) -> None:
    """One connection, for as long as it lives. What leads nowhere is refused (403)."""
    request, origin = await rewritten(distribution, scope) if distribution else ({}, {})
    if request.get("uri") != f"/{STAGE}" or not origin["domain_name"].startswith(f"{api}."):
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = {name: value["value"] for name, value in request["headers"].items()}
    headers |= {name.lower(): value for name, value in origin["custom_headers"]}
    if cookies := [f"{name}={one['value']}" for name, field in request["cookies"].items() for one in values(field)]:
        headers["cookie"] = "; ".join(cookies)  # a viewer function has them apart from the headers
    query = [(name, one["value"]) for name, value in request["querystring"].items() for one in values(value)]
    sent = {
        "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
        "query_string": urllib.parse.urlencode(query).encode(),
    }
    await apigateway.handle_websocket({**scope, **sent}, receive, send, api, path_override=f"/{STAGE}")


def hang_up() -> None:
    """Close every connection, as the platform is about to stop; each function hears of its own."""
    for connection in apigateway._ws_connections.values():
        connection["close_event"].set()


async def rewritten(distribution: dict[str, Any], scope: Scope) -> tuple[dict[str, Any], dict[str, Any]]:
    """The request as the viewer function leaves it, and the origin it goes to; an empty request is no request."""
    parsed = cloudfront.parse_distribution_dataplane_config(distribution)
    behaviour = cloudfront._match_behavior(parsed, scope["path"])
    origin: dict[str, Any] = parsed["origins"][behaviour["target_origin_id"]]
    query = urllib.parse.parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    event = cloudfront._build_function_event(
        "viewer-request",
        distribution["Id"],
        distribution["DomainName"],
        str(uuid.uuid4()),
        "GET",
        scope["raw_path"].decode("latin-1"),
        query,
        viewer_headers(scope),
        (scope.get("client") or ("127.0.0.1",))[0],
    )
    try:
        request = await cloudfront._run_function(behaviour["functions"]["viewer-request"], event)
    except (KeyError, cloudfront.CloudFrontFunctionError):
        return {}, origin
    return (request if isinstance(request, dict) and "statusCode" not in request else {}), origin


def values(field: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = field.get("multiValue") or [field]
    return found
