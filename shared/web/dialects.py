"""The shapes an error has on the wire: each family of documented paths has its own, and a route table names it."""

from collections.abc import Callable
from typing import Any

from shared.errors import Invalid, Malformed, ServiceError

# (error, the model the route returns, if any) → (status, body)
Dialect = Callable[[ServiceError, Any], tuple[int, dict[str, Any]]]


def library(error: ServiceError, returns: Any) -> tuple[int, dict[str, Any]]:
    """`{"error", "message"?, "details"?}`, and `"success": false` where the answers have `success` (videomi)."""
    succeeds = "success" in getattr(returns, "__struct_fields__", ())
    body: dict[str, Any] = {**({"success": False} if succeeds else {}), "error": error.message, **error.extra}
    if error.explanation:
        body["message"] = error.explanation
    if error.details:
        body["details"] = error.details
    return error.status, body


def platform(error: ServiceError, returns: Any) -> tuple[int, dict[str, Any]]:
    """`{"error", "details"?, "code"}`: accounts, community, studio, forum, billing, privacy."""
    body: dict[str, Any] = {"error": error.message, **error.extra, "code": error.code}
    details = error.details or ({"message": error.explanation} if error.explanation else None)
    if details:
        body["details"] = details
    return error.status, body


def production(error: ServiceError, returns: Any) -> tuple[int, dict[str, Any]]:
    """`{"error": {"code", "message", "details"}}`; a body that does not validate is 422 (iafactory)."""
    status = 422 if isinstance(error, Invalid) and not isinstance(error, Malformed) else error.status
    return status, {"error": {"code": error.code, "message": error.message, "details": error.details}}


def downloads(error: ServiceError, returns: Any) -> tuple[int, dict[str, Any]]:
    """`{"error", "code", "detail": {…}}`: the real client reads `detail.error` (redstream)."""
    detail = error.explanation or error.message
    nested = {"error": error.message, "detail": detail, "code": error.code}
    return error.status, {"error": error.message, **error.extra, "code": error.code, "detail": nested}
