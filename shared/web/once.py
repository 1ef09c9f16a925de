"""`Idempotency-Key`: a request that is sent again, because its answer got lost, is answered as it was the first time.

For routes with `once=True` (IETF draft "The Idempotency-Key HTTP Header Field"). A key is its caller's own, and
stands for one method, path and body for a day; a repeat that comes while the first is still at work is 409. Answers
of our own faults are not kept, so that trying again can help. One row a key in the Traffic table: ONCE#<caller> /
<digest>.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from shared import clock, log
from shared.errors import Conflict, Invalid
from shared.settings import settings
from shared.table import ConditionFailed, Delete, Item, Put
from shared.tables import TRAFFIC

HEADER = "idempotency-key"
KEEP = 86400  # seconds an answer is remembered
LEASE = 60  # seconds after which a first try that never answered is taken for dead
LARGEST = 256 << 10  # bytes of an answer that is kept; a row ends at 400 KB
REPLAYED = {"idempotency-replayed": "true"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request under one key. `claimed_at` (milliseconds) tells this attempt from a later one that took over."""

    key: tuple[str, str]
    fingerprint: str
    claimed_at: int


def attempt_of(request: Request, who: str, raw: bytes) -> Attempt | None:
    """None without the header. Raises Invalid for one that no row could be named after."""
    sent = request.headers.get(HEADER)
    if sent is None:
        return None
    if not 1 <= len(sent) <= 255 or not sent.isprintable():
        raise Invalid(field="Idempotency-Key", constraint="1 to 255 printable characters")
    name = hashlib.sha256(f"{request.method} {request.url.path} {sent}".encode()).hexdigest()
    meant = f"{request.url.query}\n{request.headers.get('content-type', '')}\n".encode() + raw
    # A body may hold a password: its plain digest, kept for a day, would be a fast one to guess at.
    fingerprint = hmac.new(settings.jwt_secret.encode(), meant, "sha256").hexdigest()
    return Attempt((f"ONCE#{who}", name), fingerprint, clock.now_ms())


def earlier(attempt: Attempt) -> Response | None:
    """The answer of an earlier attempt, or None when this one is the first and now has the key.

    Raises Conflict while the first is at work, Invalid when the key stands for another request.
    """
    now = int(clock.now())
    pk, sk = attempt.key
    row = {"fingerprint": attempt.fingerprint, "claimed_at": attempt.claimed_at, "ends": now + LEASE}
    try:
        TRAFFIC.write(
            Put(
                {"pk": pk, "sk": sk, "state": "running", **row, "expires": now + KEEP},
                "attribute_not_exists(pk) OR #ends < :now",
                {"now": now},
            )
        )
    except ConditionFailed as error:
        return _answer_of(error.old or {}, attempt)
    return None


def _answer_of(row: Item, attempt: Attempt) -> Response:
    if row.get("fingerprint") != attempt.fingerprint:
        raise Invalid(field="Idempotency-Key", constraint="not used for another request before")
    if row["state"] != "done":
        raise Conflict(
            "Request in progress", explanation="the first request with this Idempotency-Key is still at work"
        )
    return Response(row["body"], row["status"], {**row["headers"], **REPLAYED})


def keep(attempt: Attempt, response: Response) -> None:
    """Remember an answer; cookies and counters are the first one's own.

    What was asked for is done by now: a store that is out of reach is told to the log, and not to a client who would
    take it for a failure and ask again.
    """
    body = bytes(response.body)
    if response.status_code >= 500 or len(body) > LARGEST:
        return let_go(attempt)
    own = ("set-cookie", "x-ratelimit-", "content-length")
    headers = {name: value for name, value in response.headers.items() if not name.startswith(own)}
    ends = int(clock.now()) + KEEP
    row: dict[str, Any] = {"state": "done", "status": response.status_code, "headers": headers, "body": body}
    row |= {"fingerprint": attempt.fingerprint, "claimed_at": attempt.claimed_at, "ends": ends, "expires": ends}
    try:
        _write(attempt, Put({"pk": attempt.key[0], "sk": attempt.key[1], **row}, *_mine(attempt)))
    except Exception as error:
        log.failure("answer not kept", error)


def let_go(attempt: Attempt) -> None:
    """The attempt came to nothing: the next one is the first."""
    _write(attempt, Delete(attempt.key, *_mine(attempt)))


def _mine(attempt: Attempt) -> tuple[str, dict[str, int]]:
    return "#claimed_at = :mine", {"mine": attempt.claimed_at}


def _write(attempt: Attempt, action: Put | Delete) -> None:
    try:
        TRAFFIC.write(action)
    except ConditionFailed:
        return  # taken for dead, and another attempt has the key
