"""Where assets and films are found, and addresses that open a film to whoever has them.

An address of a film says until when it is good, and carries our signature over both: nothing of it is kept, and S3's
own presigned ones end with a function's credentials, after hours.
"""

import hmac

from shared import clock, storage
from shared.settings import settings

LASTS = 7 * 86400  # seconds that a film's address is good


def asset(asset_id: str) -> str:
    return storage.url_of(f"/api/v1/assets/{asset_id}/download")


def film(video_id: str) -> str:
    """Absolute when PUBLIC_URL is set, and good for seven days."""
    until = int(clock.now()) + LASTS
    until -= until % 3600  # the same address for an hour, so that a browser's cache knows it
    place = storage.url_of(f"/api/v1/videos/{video_id}/download")
    return f"{place}?expires={until}&signature={signature(video_id, until)}"


def opens(video_id: str, expires: int, signed: str) -> bool:
    """Whether this is our signature, and still good."""
    same = hmac.compare_digest(signed.encode(), signature(video_id, expires).encode())
    return same and expires >= clock.now()


def signature(video_id: str, expires: int) -> str:
    return hmac.new(settings.jwt_secret.encode(), f"film {video_id} {expires}".encode(), "sha256").hexdigest()
