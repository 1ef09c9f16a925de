"""Clearing the edge's cache after a write.

CloudFront is told by a worker: the distribution points at the API and the API at its functions, so a function that knew
the distribution would close a circle in the template.
"""

from urllib.parse import quote

from shared import jobs
from shared.settings import settings


def invalidate(*paths: str) -> None:
    """Drop cached answers. A path may end in `*` (CloudFront: Invalidation paths)."""
    if settings.invalidate_queue_url and paths:
        jobs.send(settings.invalidate_queue_url, {"paths": sorted({spelled(path) for path in paths})})


def spelled(path: str) -> str:
    """Percent-encoded as the edge's viewer functions do, however a client did: that spelling is in the cache's key."""
    return quote(path, safe="/*!'()")


def of_file(category: str, file_id: str) -> list[str]:
    """What depends on a file's description."""
    return [f"/api/files/{category}/{file_id}/info", f"/api/files/{category}/{file_id}/thumbnail"]


def of_library(account_id: str) -> str:
    return f"/api/upload/user/{account_id}*"


def of_bytes(category: str, file_id: str) -> list[str]:
    """A file's bytes and its stream."""
    return [f"/api/files/{category}/{file_id}*", f"/api/stream/{file_id}/*"]


TOP_10 = "/api/ratings/top10*"


def of_ratings(file_id: str) -> list[str]:
    return [f"/api/ratings/{file_id}*", TOP_10]
