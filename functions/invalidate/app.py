"""Worker: tells CloudFront which cached paths are out of date. A batch of messages is one invalidation."""

import hashlib
from typing import Any

import msgspec

from shared import aws, log
from shared.settings import settings

MOST = 1000  # paths an invalidation; CloudFront allows 3,000 in progress


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """SQS entry. The whole batch fails or succeeds: it is one call. The reference makes a repeat harmless."""
    records = event.get("Records", ())
    paths = sorted({path for record in records for path in msgspec.json.decode(record["body"])["paths"]})
    failed: list[dict[str, str]] = []
    for start in range(0, len(paths), MOST):
        chunk = paths[start : start + MOST]
        try:
            clear(chunk)
        except Exception as error:
            log.failure("invalidation failed", error, paths=len(chunk))
            failed = [{"itemIdentifier": record["messageId"]} for record in records]
    return {"batchItemFailures": failed}


def clear(paths: list[str]) -> None:
    minute = hashlib.sha256("\n".join(paths).encode()).hexdigest()
    reference = f"{minute[:32]}-{aws_time()}"
    aws.client("cloudfront").create_invalidation(
        DistributionId=settings.distribution_id,
        InvalidationBatch={"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": reference},
    )
    log.event("invalidated", paths=len(paths))


def aws_time() -> int:
    from shared import clock

    return clock.now_ms()
