"""Taking one's data along: one JSON file with all that is kept about an account."""

from typing import Any

import msgspec
from msgspec import Struct

from functions.users.models import Me, me_of
from shared import clock, ids, storage
from shared.accounts import consents, keys, sessions
from shared.accounts.accounts import Account
from shared.community import belongings
from shared.downloads import belongings as downloads
from shared.library import owned
from shared.production import belongings as production

INLINE = 4_000_000  # bytes; a Lambda's answer ends at 6 MB
PREFIX = "exports/"  # objects that the bucket drops after a day


class Export(Struct, rename="camel"):
    exported_at: str
    profile: Me
    consents: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    api_keys: list[dict[str, Any]]
    library: dict[str, list[dict[str, Any]]]
    downloads: list[dict[str, Any]]
    projects: list[dict[str, Any]]
    webhooks: list[dict[str, Any]]
    contents: list[Any]
    favorites: list[Any]
    reports: list[Any]


def everything(account: Account) -> Export:
    made = keys.of_account(account.id)
    used = keys.last_uses(made)
    return Export(
        exported_at=clock.iso(),
        profile=me_of(account),
        consents=consents.history(account.id),
        sessions=[
            {"device": one.device, "address": one.address, "createdAt": one.created_at, "lastUsedAt": one.used_at}
            for one in sessions.of_account(account.id, account.era)
        ],
        api_keys=[
            {"name": one.name, "prefix": one.prefix, "createdAt": one.created_at, "lastUsedAt": used.get(one.id)}
            for one in made
        ],
        library=owned.everything_of(account.id),
        downloads=downloads.export(account.id),
        **production.export(account.id),
        **belongings.export(account.id),
    )


def stored(export: Export, account: Account, disposition: str) -> str | None:
    """Where a file that is too large for an answer is fetched, for an hour; None when it is not."""
    body = msgspec.json.encode(export)
    if len(body) + body.count(b'"') + body.count(b"\\") <= INLINE:  # Lambda wraps it in JSON once more
        return None
    key = f"{PREFIX}{account.id}/{ids.sortable()}.json"
    storage.put(key, body, "application/json", "no-store")
    return storage.presigned(key, disposition)
