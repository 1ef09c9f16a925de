"""What a connection that listens to a download is told first."""

from typing import Any

from msgspec import Struct

from shared.downloads.download import find, whole
from shared.downloads.ending import last_word
from shared.downloads.progress import said


class Standing(Struct, frozen=True):
    """`owner` is an account's id, "" for nobody's. `message` is the newest; `finished`: none comes after it."""

    owner: str
    finished: bool
    message: dict[str, Any]


def standing(download_id: str) -> Standing | None:
    """How a download stands; None when there is none (any more)."""
    download = find(download_id)
    if download is None:
        return None
    if not download.is_over:
        return Standing(download.owner, False, download.told or said(download.percent, None, None))
    found = whole(download_id) if download.state == "completed" else None
    return Standing(download.owner, True, last_word(download, found))
