"""Categories: some tens, made by administrators, read all at once.

Access patterns, all in the Community table:
    all of them, or one by id     CATEGORIES / <id>
    one by its slug               SLUG#category/<slug> / SLUG
A slug survives renaming. A deleted category's contents have none from then on: whoever shows them finds no row.
"""

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from shared import clock, search
from shared.community import slugs
from shared.errors import NotFound
from shared.table import ABSENT, PRESENT, ConditionFailed, Delete, Item, Key, Put, Update
from shared.tables import COMMUNITY

PK = "CATEGORIES"
KIND = "category"
MOST = 1000


class Category(Struct, frozen=True, kw_only=True):
    id: str
    slug: str
    name: str
    description: str | None = None
    icon_url: str | None = None
    created_at: str = ""


def key(category_id: str) -> Key:
    return PK, category_id


def of_item(row: Item) -> Category:
    return msgspec.convert(row, Category)


def every() -> list[Category]:
    """All of them, by name."""
    found = [of_item(row) for row in COMMUNITY.query(PK, limit=MOST).items]
    return sorted(found, key=lambda one: (search.folded(one.name), one.id))


def find(id_or_slug: str) -> Category | None:
    is_id = slugs.UUID.fullmatch(id_or_slug)
    known = id_or_slug.lower() if is_id else slugs.owner(KIND, id_or_slug)
    row = COMMUNITY.get(*key(known)) if known else None
    return of_item(row) if row else None


def get(id_or_slug: str) -> Category:
    """Raises NotFound."""
    found = find(id_or_slug)
    if found is None:
        raise NotFound("Category not found")
    return found


def create(name: str, description: str | None, icon_url: str | None) -> Category:
    """A new category, under a slug of its own."""
    slug = slugs.made(name, KIND)
    for _ in range(5):
        made = Category(
            id=str(uuid.uuid4()),
            slug=slug,
            name=name,
            description=description,
            icon_url=icon_url,
            created_at=clock.iso(),
        )
        row = {"pk": PK, "sk": made.id, **msgspec.structs.asdict(made)}
        try:
            COMMUNITY.transact(Put(row, ABSENT), slugs.claim(KIND, slug, made.id))
        except slugs.Taken:
            slug = f"{slugs.made(name, KIND)}-{slugs.suffix()}"
            continue
        return made
    raise slugs.Taken


def update(category_id: str, changes: Mapping[str, Any]) -> Category:
    """Change some fields. Raises NotFound."""
    if not changes:
        return get(category_id)
    missing = NotFound("Category not found")
    return of_item(COMMUNITY.write(Update(key(category_id), set=changes, condition=PRESENT, refusal=missing)))


def delete(category: Category) -> None:
    """Raises NotFound when somebody else has."""
    try:
        COMMUNITY.transact(Delete(key(category.id), PRESENT), slugs.release(KIND, category.slug))
    except ConditionFailed:
        raise NotFound("Category not found") from None
