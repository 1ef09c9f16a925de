"""Which family a path belongs to that nobody serves: its 404 has that family's shape."""

from shared.web.dialects import Dialect, downloads, library, platform, production

PRODUCTION = ("/api/v1",)
DOWNLOADS = ("/api/info", "/api/download", "/api/convert", "/ws/download")
LIBRARY = (
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


def dialect_of(path: str) -> Dialect:
    families = ((PRODUCTION, production), (DOWNLOADS, downloads), (LIBRARY, library))
    return next((dialect for prefixes, dialect in families if path.startswith(prefixes)), platform)
