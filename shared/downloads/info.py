"""What a link holds, remembered for ten minutes, and looked at once however many ask at the same time.

INFO#<sha256 of the link> / INFO     in the Traffic table: `body`, or `key` of an object where it is over 100 KB
"""

import hashlib
import time

from shared import clock, storage
from shared.downloads.failure import Failure
from shared.table import ConditionFailed, Item, Put
from shared.tables import TRAFFIC

KEEP = 600  # seconds
LARGEST = 100_000  # bytes of an answer on a row
LOOKING = 27  # seconds that a look may take; then another one may begin
SOON = 5  # seconds in which a failure is told to those who waited for the same look
PAUSE = 0.25  # seconds between two looks whether somebody else's is over


def known(url: str) -> bytes | None:
    """The answer that is remembered, if it is: one read, and one of the bucket where it is long."""
    return _answer(_row(url))


def _row(url: str) -> Item:
    row = TRAFFIC.get(*_key(url))
    return row if row and row["until"] > clock.now() else {}


def _answer(row: Item) -> bytes | None:
    if "key" in row:
        return storage.read(row["key"])
    return bytes(row["body"]) if "body" in row else None


def begin(url: str) -> bool:
    """Whether it is ours to look. Otherwise somebody is at it: `wait`."""
    pk, sk = _key(url)
    now = clock.now()
    row = {"pk": pk, "sk": sk, "until": 0, "looking": now + LOOKING, "expires": int(now) + KEEP}
    free = "attribute_not_exists(pk) OR (#until <= :now AND #looking <= :now)"
    try:
        TRAFFIC.write(Put(row, free, {"now": now}))
    except ConditionFailed:
        return False
    return True


def wait(url: str, seconds: float) -> bytes | None:
    """What somebody else finds; None when nothing has come of it in time. Raises what they met."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        row = _row(url)
        if "failure" in row:
            raise Failure(**row["failure"]).raised()
        if (found := _answer(row)) is not None:
            return found
        time.sleep(PAUSE)
    return None


def keep(url: str, body: bytes) -> None:
    """Remember an answer. In the bucket it goes after a day, at the latest."""
    pk, sk = _key(url)
    now = clock.now()
    row: Item = {"pk": pk, "sk": sk, "until": now + KEEP, "looking": 0, "expires": int(now) + KEEP}
    if len(body) > LARGEST:
        row["key"] = object_key(url)
        storage.put(row["key"], body, "application/json", "no-store")
    else:
        row["body"] = body
    TRAFFIC.put_many([row])


def keep_failure(url: str, failure: Failure) -> None:
    pk, sk = _key(url)
    now = clock.now()
    told = {"error": failure.error, "detail": failure.detail, "code": failure.code, "status": failure.status}
    TRAFFIC.put_many(
        [{"pk": pk, "sk": sk, "until": now + SOON, "looking": 0, "failure": told, "expires": int(now) + KEEP}]
    )


def object_key(url: str) -> str:
    return f"downloads/info/{_key(url)[0].partition('#')[2]}.json"


def _key(url: str) -> tuple[str, str]:
    return f"INFO#{hashlib.sha256(url.encode()).hexdigest()}", "INFO"
