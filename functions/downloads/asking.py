"""Asking for a download, and waiting for it as long as a request may."""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from functions.downloads import shown
from functions.downloads.models import Download, DownloadOptions
from shared.downloads import download as entity
from shared.downloads import downloads
from shared.downloads.download import Entry, Wanted
from shared.downloads.downloads import New
from shared.downloads.failure import Failure, of
from shared.errors import NotFound, ServiceError, Unauthorized
from shared.sources import addresses
from shared.web import Call, Reply
from shared.web.limits import address

WAIT = 25.0  # seconds; the gateway gives up after 30
PREFERRED = re.compile(r"\b(respond-async\b)|\bwait\s*=\s*(\d{1,9})", re.IGNORECASE)  # RFC 7240 §4.1, §4.3
PAUSES = (0.1, 0.2, 0.3, 0.5)  # seconds between two looks, the last from then on


def who(call: Call[Any, Any, Any]) -> tuple[str, str]:
    """Who asks: an account or an address; and whose it will be, "" for nobody's."""
    account = call.caller.account_id if call.caller else ""
    return account or address(call.request), account


def wanted(options: DownloadOptions) -> Wanted:
    options.check()
    return Wanted(
        format_id=options.format_id,
        extract_audio=options.extract_audio,
        include_thumbnail=options.include_thumbnail,
        include_subtitles=options.include_subtitles,
        start=options.start,
        end=options.end,
        chapter=options.chapter,
        save_to_library=options.save_to_library,
        notify=options.notify,
    )


def entries_of(urls: Sequence[str]) -> list[Entry]:
    """One for each link. Those we do not go to have failed already; raises the first one's error when none is left."""
    made, refusals = [], []
    for number, url in enumerate(urls, 1):
        try:
            addresses.allowed(url)
            made.append(Entry(number=number, url=url))
        except ServiceError as error:
            refusals.append(error)
            made.append(failed(number, url, of(error)))
    if len(refusals) == len(made):
        raise refusals[0]
    return made


def failed(number: int, url: str, failure: Failure) -> Entry:
    return Entry(
        number=number,
        url=url,
        state="failed",
        error=failure.error,
        detail=failure.detail,
        code=failure.code,
        status=failure.status,
    )


def begin(
    call: Call[Any, Any, Any], kind: entity.Kind, chosen: Wanted, entries: Sequence[Entry], source: str = ""
) -> Reply[Download]:
    """Start it, or join the same request's, and answer when it is over or the time is."""
    caller, owner = who(call)
    if (chosen.save_to_library or chosen.notify) and not owner:
        raise Unauthorized(
            "Connexion requise",
            explanation="save_to_library et notify demandent un compte.",
            headers={"www-authenticate": "Bearer"},
        )
    download = downloads.start(New(kind, caller, owner, chosen, entries, call.language, source))
    return answer(waited(download, patience(call.header("prefer"))))


def patience(preferred: str) -> float:
    """Seconds that who asks will wait (`Prefer: respond-async`, or `wait=5`): WAIT at most, and unless they say."""
    said = PREFERRED.findall(preferred)
    if any(at_once for at_once, _ in said):
        return 0.0
    return min([WAIT, *(float(seconds) for _, seconds in said)])


def waited(download: entity.Download, seconds: float | None = None) -> entity.Download:
    def look() -> entity.Download | None:
        found = entity.find(download.id)
        if found is None:
            raise NotFound
        return found if found.is_over else None

    return until(look, seconds) or download


def until(look: Callable[[], Any], seconds: float | None = None) -> Any:
    """What `look` finds, asked again and again for so many seconds, or WAIT; None when it has found nothing."""
    ends, looks = time.monotonic() + (WAIT if seconds is None else seconds), 0
    while True:
        found = look()
        pause = PAUSES[min(looks, len(PAUSES) - 1)]
        if found is not None or time.monotonic() + pause > ends:
            return found
        time.sleep(pause)
        looks += 1


def answer(download: entity.Download) -> Reply[Download]:
    """200 when it is over, 202 while it is not. Raises why it failed, but for a playlist: that is its report."""
    if not download.is_over:
        return Reply(shown.underway(download), 202)
    if download.state == "failed" and download.kind != "playlist":
        raise Failure(download.error, download.detail, download.code, download.status).raised()
    found = entity.whole(download.id)
    if found is None:
        raise NotFound
    return Reply(shown.over(found))
