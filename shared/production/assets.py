"""What happens to an asset: ordered, made, failed, listed, deleted."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from shared import aws, clock, ids, storage
from shared.errors import NotFound
from shared.production.asset import (
    PREFIX,
    Asset,
    Kind,
    State,
    batch_key,
    from_item,
    key,
    made_key,
    object_key,
    row_in_project,
    to_item,
)
from shared.settings import settings
from shared.table import ABSENT, ConditionFailed, Item, Put, Update
from shared.tables import LSI1, STUDIO

CACHE = "private, max-age=31536000, immutable"  # its bytes never change
MOST_OF_PROJECT = 2000
OPEN = "#state IN (:pending, :processing)"
OPEN_VALUES = {"pending": "pending", "processing": "processing"}


def new(owner: str, project: str, kind: Kind, request: Mapping[str, Any], **more: Any) -> Asset:
    """One that is to be made; not written yet."""
    now = clock.now()
    asset_id = f"{PREFIX[kind]}-{ids.sortable().lower()}"
    return Asset(
        id=asset_id, owner=owner, project=project, kind=kind, request=dict(request), created=now, updated=now, **more
    )


def order(assets: Sequence[Asset]) -> None:
    """Write what is to be made."""
    rows: list[Item] = []
    for asset in assets:
        rows += [to_item(asset), row_in_project(asset)]
        if asset.batch:
            pk, sk = batch_key(asset.batch, asset.id)
            rows.append({"pk": pk, "sk": sk})
    STUDIO.put_many(rows)


def find(owner: str, asset_id: str) -> Asset:
    """Raises NotFound: somebody else's is not there."""
    asset = known(asset_id)
    if asset is None or asset.owner != owner:
        raise NotFound("Asset not found")
    return asset


def known(asset_id: str) -> Asset | None:
    row = STUDIO.get(*key(asset_id))
    return from_item(row) if row else None


def find_many(owner: str, asset_ids: Sequence[str]) -> dict[str, Asset]:
    """Those of `asset_ids` that are there and this account's."""
    rows = STUDIO.get_many(key(one) for one in asset_ids)
    found = [from_item(row) for row in rows.values()]
    return {one.id: one for one in found if one.owner == owner}


def of_project(project: str, kind: Kind | None = None, state: State | None = None) -> list[Asset]:
    """In the order they were asked for, the newest first."""
    prefix = f"ASSET#{kind}#" if kind else "ASSET#"
    page = STUDIO.query(f"PROJECT#{project}", prefix, index=LSI1, newest_first=True, limit=MOST_OF_PROJECT)
    names = [row["sk"].partition("#")[2] for row in page.items]
    rows = STUDIO.get_many(key(one) for one in names)
    found = sorted((from_item(row) for row in rows.values()), key=lambda one: one.created, reverse=True)
    return [one for one in found if state is None or one.state == state]


def made_of(digest: str) -> Asset | None:
    """What was made of the same before, and is still there."""
    row = STUDIO.get(*made_key(digest))
    found = known(row["asset"]) if row else None
    return found if found is not None and found.state == "completed" else None


def begin(asset: Asset) -> Asset:
    """Its maker is at it. Raises ConditionFailed when it is over, or gone."""
    changes = {"state": "processing", "updated": clock.now()}
    return from_item(STUDIO.write(Update(key(asset.id), changes, condition=OPEN, values=OPEN_VALUES)))


def store(asset: Asset, mime: str, data: bytes | Path) -> tuple[str, int, str]:
    """Its bytes into the bucket; where they are, how many, their SHA-256."""
    place = object_key(asset.id, mime)
    if isinstance(data, bytes):
        storage.put(place, data, mime, CACHE)
        return place, len(data), hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with data.open("rb") as file:
        aws.client("s3").put_object(
            Bucket=settings.media_bucket, Key=place, Body=file, ContentType=mime, CacheControl=CACHE
        )
    return place, data.stat().st_size, digest


def complete(asset: Asset, **facts: Any) -> Asset:
    """It is made: `facts` are fields of it. The first that is made of the same stands for all to come."""
    done = replace(asset, state="completed", code="", error="", updated=clock.now(), **facts)
    with suppress(ConditionFailed):
        STUDIO.write(Put(to_item(done), "attribute_exists(pk) AND #state <> :completed", {"completed": "completed"}))
    if done.made_of:
        pk, sk = made_key(done.made_of)
        with suppress(ConditionFailed):
            STUDIO.write(Put({"pk": pk, "sk": sk, "asset": done.id}, ABSENT))
    return done


def fail(asset: Asset, code: str, error: str) -> Asset:
    changes = {"state": "failed", "code": code, "error": error, "updated": clock.now()}
    with suppress(ConditionFailed):
        return from_item(STUDIO.write(Update(key(asset.id), changes, condition=OPEN, values=OPEN_VALUES)))
    return asset


def buried(asset_id: str) -> None:
    """Its message has used up its deliveries, and nobody could say so."""
    asset = known(asset_id)
    if asset is not None and not asset.is_over:
        fail(asset, "GIVEN_UP", "It takes more time or memory than there is")


def delete(asset: Asset) -> None:
    """Its bytes and its rows. May be repeated."""
    if asset.key:
        storage.delete([asset.key])
    rows = [key(asset.id), (f"PROJECT#{asset.project}", f"ASSET#{asset.id}")]
    if asset.batch:
        rows.append(batch_key(asset.batch, asset.id))
    if asset.made_of:
        row = STUDIO.get(*made_key(asset.made_of))
        rows += [made_key(asset.made_of)] if row and row["asset"] == asset.id else []
    STUDIO.delete_many(rows)
