"""Who hears that a download is over: who listens, at once; its owner by mail, if that was asked for."""

from typing import Any, cast

from shared.accounts import letters
from shared.accounts.letters import Language
from shared.downloads.download import Download, Whole, whole
from shared.downloads.progress import channel
from shared.realtime import Teller

ROOM = 100_000  # bytes of file names in one message, of the 128 KB that it may have


def over(download: Download) -> None:
    """Tell that it is over, if it is."""
    if not download.is_over:
        return
    found = whole(download.id) if download.state == "completed" else None
    Teller(channel(download.id)).close(last_word(download, found))
    if download.wanted.notify and download.owner and download.state != "cancelled":
        letters.ask("download_over", cast(Language, download.language), account_id=download.owner, about=download.id)


def last_word(download: Download, found: Whole | None) -> dict[str, Any]:
    """The last message of a download's channel (redstream: WebSocket)."""
    if download.state == "completed":
        return {"status": "completed", "files": fitting(found.named("media") if found else [])}
    if download.state == "cancelled":
        return {"status": "cancelled"}
    return {"error": download.error, "detail": download.detail, "code": download.code, "status": "failed"}


def fitting(names: list[str]) -> list[str]:
    """As many as one message holds; the others are at `GET /api/download/{id}`."""
    left, kept = ROOM, []
    for name in names:
        left -= 6 * len(name) + 4
        if left < 0:
            break
        kept.append(name)
    return kept
