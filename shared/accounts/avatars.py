"""Where avatars lie: among what is published, so that the edge serves them from the bucket to everybody.

They are drawn by `functions/users`.
"""

import uuid

from shared import storage

OURS = uuid.UUID("6c1b5f0e-7d0a-4f7e-9d57-0f0b6a3c2e11")  # the name space of folders of avatars


def prefix(account_id: str) -> str:
    """An account's folder; it says nothing of the account."""
    return f"media/{uuid.uuid5(OURS, account_id)}/"


def url_of(key: str) -> str:
    return f"/{key}"


def forget(account_id: str) -> None:
    storage.delete_below(prefix(account_id))
