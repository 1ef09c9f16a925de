"""Worker: tells CloudFront which cached paths are out of date. A batch of messages is one invalidation."""

import hashlib

from shared import aws, clock
from shared.entry.queue import Message, batch
from shared.settings import settings

MOST = 1000  # paths an invalidation; CloudFront allows 3,000 in progress


def invalidate(messages: list[Message]) -> None:
    paths = sorted({str(path) for message in messages for path in message.body["paths"]})
    for start in range(0, len(paths), MOST):
        clear(paths[start : start + MOST])


def clear(paths: list[str]) -> None:
    digest = hashlib.sha256("\n".join(paths).encode()).hexdigest()
    batch = {
        "Paths": {"Quantity": len(paths), "Items": paths},
        "CallerReference": f"{digest[:32]}-{clock.now_ms()}",  # each its own: the same paths may change again
    }
    aws.client("cloudfront").create_invalidation(DistributionId=settings.distribution_id, InvalidationBatch=batch)


handler = batch(invalidate)
