"""Looks at a link, for `/api/info`: `{"url", "until"?}` in, `{"body"}` or `{"key"}` or `{"failure"}` out.

Called and waited for: it has sandboxes of its own, so that five stalled downloads keep nobody from looking.
"""

import msgspec

from shared import clock
from shared.downloads import blocked, cookies, failure, info
from shared.downloads.looking import SILENT, Asked, Seen
from shared.entry.task import task
from shared.errors import ServiceError
from shared.sources import engine

LEAST = 1.0  # seconds for a look that begins too late


def look(asked: Asked) -> Seen:
    try:
        return found(asked.url, seconds_for(asked))
    except ServiceError as error:
        return Seen(failure=failure.of(error))


def seconds_for(asked: Asked) -> float:
    """How long to look: as long as somebody waits. A function that was slow to begin has less."""
    if not asked.until:
        return engine.LONGEST_LOOK
    return max(LEAST, min(engine.LONGEST_LOOK, asked.until - clock.now()))


def found(url: str, seconds: float) -> Seen:
    if not info.begin(url):
        body = info.wait(url, seconds)
        return said(url, body) if body is not None else Seen(failure=SILENT)
    try:
        blocked.refuse(url)
        with cookies.jar() as jar:
            body = msgspec.json.encode(engine.look(url, cookies=jar, seconds=seconds))
    except Exception as error:
        told = failure.of(error)
        blocked.note(url, told)
        info.keep_failure(url, told)
        raise
    info.keep(url, body)
    return said(url, body)


def said(url: str, body: bytes) -> Seen:
    return Seen(key=info.object_key(url)) if len(body) > info.LARGEST else Seen(body=body.decode())


handler = task(look, Asked)
