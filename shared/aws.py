"""AWS clients: made on first use, one per service, kept while the function is warm.

They are boto3's own clients, made from the botocore session underneath boto3: importing boto3's resource layer costs a
cold start about 100 ms and we use none of it.
"""

import threading
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session

CONFIG = Config(
    connect_timeout=2,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 4},
    max_pool_connections=20,
    # Presigned part URLs must not demand a checksum header that browsers do not send.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
# Who calls a function waits for what it does, and does not call it twice.
LAMBDA = CONFIG.merge(Config(read_timeout=27, retries={"mode": "standard", "total_max_attempts": 1}))
S3 = CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "path"}))

_clients: dict[str, Any] = {}
_lock = threading.RLock()
_session: Session | None = None


def client(service: str, endpoint: str = "") -> Any:
    """The client of `service` ("dynamodb", "s3", "sqs", …), at an address of its own if it has one."""
    found = _clients.get(service)
    return found if found is not None else _make(service, endpoint)


def _make(service: str, endpoint: str) -> Any:
    global _session
    with _lock:  # a client is thread-safe, making one is not
        if service not in _clients:
            _session = _session or get_session()
            config = {"s3": S3, "lambda": LAMBDA}.get(service, CONFIG)
            _clients[service] = _session.create_client(service, config=config, endpoint_url=endpoint or None)
        return _clients[service]


def forget() -> None:
    """Drop all clients; the next call makes new ones (tests, credentials that changed)."""
    global _session
    with _lock:
        _clients.clear()
        _session = None
