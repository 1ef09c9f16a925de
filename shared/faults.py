"""What became of an error that nobody expected: our own fault, or AWS out of reach or throttling."""

from shared.errors import ServiceError, Unavailable

BUSY = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "SlowDown",
    }
)


def as_ours(error: BaseException) -> ServiceError:
    """The error to tell: itself if it is one of ours; Unavailable (503) where trying again makes sense, else a 500."""
    if isinstance(error, ServiceError):
        return error
    return Unavailable() if is_outage(error) else ServiceError()


def is_outage(error: BaseException) -> bool:
    from botocore import exceptions as aws

    unreachable = (aws.HTTPClientError, aws.EndpointConnectionError, aws.ConnectionError)
    if isinstance(error, aws.ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        return "Throttl" in code or code in BUSY
    return isinstance(error, unreachable)
