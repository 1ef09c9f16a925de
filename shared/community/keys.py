"""Where the community's objects are in the media bucket, and their addresses.

media/<content>/<name>            what is published: everybody may have it, at its own path
incoming/<account>/<id>.<ext>     what an account has sent and not made a content of; it expires after a day
originals/<content>               an animation as it came, until its renditions are made
"""

import re
import secrets

from shared import storage

PUBLIC = re.compile(r"media/[0-9a-f-]{36}/[a-z0-9-]+\.[a-z0-9]+")


def public(content_id: str, name: str) -> str:
    return f"media/{content_id}/{name}"


def public_prefix(content_id: str) -> str:
    return f"media/{content_id}/"


def incoming_prefix(account_id: str) -> str:
    return f"incoming/{account_id}/"


def incoming(account_id: str, extension: str) -> str:
    return f"{incoming_prefix(account_id)}{secrets.token_hex(16)}.{extension}"


def original(content_id: str) -> str:
    return f"originals/{content_id}"


def url(key: str) -> str | None:
    return storage.url_of(key) if key else None
