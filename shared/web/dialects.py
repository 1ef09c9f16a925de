"""The shapes an error has on the wire, one for each family of documented paths."""

from collections.abc import Callable
from typing import Any

from shared.errors import Invalid, Malformed, ServiceError

Dialect = Callable[[ServiceError], tuple[int, dict[str, Any]]]


def library(error: ServiceError) -> tuple[int, dict[str, Any]]:
    """`{"error", "message"?, "details"?}` (videomi); the frame adds `"success": false` where it belongs."""
    body: dict[str, Any] = {"error": error.message, **error.extra}
    if error.explanation:
        body["message"] = error.explanation
    if error.details:
        body["details"] = error.details
    return error.status, body


def platform(error: ServiceError) -> tuple[int, dict[str, Any]]:
    """`{"error", "details"?, "code"}`: accounts, community, studio, forum, billing, privacy."""
    body: dict[str, Any] = {"error": error.message, **error.extra, "code": error.code}
    details = error.details or ({"message": error.explanation} if error.explanation else None)
    if details:
        body["details"] = details
    return error.status, body


def production(error: ServiceError) -> tuple[int, dict[str, Any]]:
    """`{"error": {"code", "message", "details"}}`; a body that does not validate is 422 (iafactory)."""
    status = 422 if isinstance(error, Invalid) and not isinstance(error, Malformed) else error.status
    return status, {"error": {"code": error.code, "message": error.message, "details": error.details}}


def downloads(error: ServiceError) -> tuple[int, dict[str, Any]]:
    """`{"error", "code", "detail": {…}}`: the real client reads `detail.error` (redstream)."""
    detail = error.explanation or error.message
    nested = {"error": error.message, "detail": detail, "code": error.code}
    return error.status, {"error": error.message, **error.extra, "code": error.code, "detail": nested}


def of_path(path: str) -> Dialect:
    """The dialect of a path nobody serves."""
    for prefix, dialect in PREFIXES:
        if path.startswith(prefix):
            return dialect
    return platform


PREFIXES: tuple[tuple[str, Dialect], ...] = (
    ("/api/v1", production),
    *((prefix, downloads) for prefix in ("/api/info", "/api/download", "/api/convert", "/ws/download")),
    *(
        (prefix, library)
        for prefix in (
            "/api/auth/google",
            "/api/auth/electron-init",
            "/oauth-callback",
            "/api/config",
            "/api/upload",
            "/api/files",
            "/api/media",
            "/api/stream",
            "/api/stats",
            "/api/watch-progress",
            "/api/ratings",
            "/health",
        )
    ),
)
