"""Looks at a link, for `/api/info`: `{"url"}` in, `{"body"}` or `{"key"}` or `{"failure"}` out.

Called and waited for: it has sandboxes of its own, so that five stalled downloads keep nobody from looking.
"""

import msgspec

from shared.downloads import blocked, cookies, failure, info
from shared.downloads.looking import SILENT, Seen
from shared.entry.task import task
from shared.errors import ServiceError
from shared.sources import engine

PATIENCE = 26.0  # seconds for somebody else's look at the same link


class Asked(msgspec.Struct):
    url: str


def look(asked: Asked) -> Seen:
    try:
        return found(asked.url)
    except ServiceError as error:
        return Seen(failure=failure.of(error))


def found(url: str) -> Seen:
    if not info.begin(url):
        body = info.wait(url, PATIENCE)
        return said(url, body) if body is not None else Seen(failure=SILENT)
    try:
        blocked.refuse(url)
        with cookies.jar() as jar:
            body = msgspec.json.encode(engine.look(url, cookies=jar))
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
