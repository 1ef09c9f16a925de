"""Where avatars lie, and where a client finds them. They are drawn by `functions/users`."""

from urllib.parse import urlencode

from shared import storage

PREFIX = "avatars/"


def prefix(account_id: str) -> str:
    return f"{PREFIX}{account_id}/"


def url_of(key: str) -> str:
    """The address of an object that everybody may see."""
    return f"/media?{urlencode({'path': key})}"


def forget(account_id: str) -> None:
    storage.delete_below(prefix(account_id))
