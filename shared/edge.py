"""Clearing the edge's cache after a write.

CloudFront is told by a worker: the distribution points at the API and the API at its functions, so a function that knew
the distribution would close a circle in the template. Which paths depend on what, each domain knows for itself.
"""

from urllib.parse import quote

from shared import jobs
from shared.settings import settings


def invalidate(*paths: str) -> None:
    """Drop cached answers. A path may end in `*` (CloudFront: Invalidation paths)."""
    if settings.invalidate_queue_url and paths:
        jobs.send(settings.invalidate_queue_url, {"paths": sorted({spelled(path) for path in paths})})


def spelled(path: str) -> str:
    """Percent-encoded as the edge's viewer functions do, however a client did: that spelling is in the cache's key.

    One path that CloudFront cannot read would refuse the whole batch, and it reads `*` at the end only: a client's own
    `*` ends the path, which clears more and never less.
    """
    head, star, _ = path.partition("*")
    return quote(head, safe="/!'()") + star
