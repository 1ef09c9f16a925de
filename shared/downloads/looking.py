"""Asking the function that looks at links: a worker of its own, whatever the downloads are doing."""

import msgspec

from shared import aws, clock, storage
from shared.downloads.failure import Failure
from shared.errors import Unavailable
from shared.settings import settings

WAIT = 25.0  # seconds from the question on, however long the function takes to begin; the gateway gives up after 30


class Asked(msgspec.Struct):
    """What it is asked: a link, and until when somebody waits (seconds since the epoch; 0: as long as a look takes)."""

    url: str
    until: float = 0


class Seen(msgspec.Struct, omit_defaults=True):
    """What it answers: the body, where it lies, or why there is none."""

    body: str = ""
    key: str = ""
    failure: Failure | None = None


SILENT = Failure("Source silencieuse", "La source n'a pas répondu en 25 secondes.", "SOURCE_TIMEOUT", 504)


def ask(url: str) -> bytes:
    """What a link holds, as JSON. Raises what the source, or the way to it, said."""
    from botocore.exceptions import ReadTimeoutError

    payload = msgspec.json.encode(Asked(url, clock.now() + WAIT))
    try:
        answer = aws.client("lambda").invoke(FunctionName=settings.look_function, Payload=payload)
    except ReadTimeoutError:
        raise SILENT.raised() from None
    text = answer["Payload"].read()
    if answer.get("FunctionError"):
        raise SILENT.raised() if b"timed out" in text else Unavailable()
    seen = msgspec.json.decode(text, type=Seen)
    if seen.failure:
        raise seen.failure.raised()
    body = storage.read(seen.key) if seen.key else seen.body.encode()
    if body is None:
        raise Unavailable()
    return body
