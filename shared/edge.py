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
        # Percent-encoded as in a request: one path CloudFront cannot read would refuse the whole batch.
        encoded = {quote(path, safe="/*~@:+,;=!$&'()") for path in paths}
        jobs.send(settings.invalidate_queue_url, {"paths": sorted(encoded)})
