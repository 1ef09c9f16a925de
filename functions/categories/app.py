"""Categories: what contents are sorted into. Everybody reads them, administrators make them."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from shared import paging
from shared.community import categories, community, texts, totals
from shared.community.caching import CATEGORIES
from shared.community.categories import Category
from shared.entry.http import http
from shared.paging import Paged, PageQuery
from shared.web import ADMIN, Call, Message, api, delete, dialects, get, patch, post

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Description = Annotated[str, Meta(max_length=255)]
Address = Annotated[str, Meta(max_length=512)]


class AllQuery(PageQuery):
    """All of them, where a hundred will do."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 100


class CategoryPath(Struct):
    category_id: str


class NewCategory(Struct, rename="camel"):
    name: Name
    description: Description | None = None
    icon_url: Address | None = None


class CategoryChanges(Struct, rename="camel"):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    icon_url: Address | UnsetType | None = UNSET


class ShownCategory(Struct, rename="camel"):
    id: str
    name: str
    slug: str
    description: str | None
    icon_url: str | None
    created_at: str


def every(call: Call[None, AllQuery, None]) -> Paged[ShownCategory]:
    """All categories, by name."""
    found = {one.id: one for one in categories.every()}
    page = paging.of_rows(call.query, [{"id": one} for one in found], "categories")
    return page.shown([shown(found[row["id"]]) for row in page.rows])


def one(call: Call[None, None, CategoryPath]) -> ShownCategory:
    """A category by its id or its slug."""
    return shown(categories.get(call.path.category_id))


def create(call: Call[NewCategory, None, None]) -> ShownCategory:
    """Make a category. Its slug is made of its name, and stays."""
    made = categories.create(named(call.body.name), described(call.body.description), call.body.icon_url)
    totals.count(categories=1)
    community.category_changed()
    return shown(made)


def change(call: Call[CategoryChanges, None, CategoryPath]) -> ShownCategory:
    """Change a category; null clears its description or its icon."""
    body = call.body
    said: dict[str, Any] = {"name": named(body.name)} if isinstance(body.name, str) else {}
    said |= {"description": described(body.description)} if body.description is not UNSET else {}
    said |= {"icon_url": body.icon_url} if body.icon_url is not UNSET else {}
    changed = categories.update(categories.get(call.path.category_id).id, said)
    community.category_changed()
    return shown(changed)


def remove(call: Call[None, None, CategoryPath]) -> Message:
    """Delete a category. Its contents stay, without one."""
    community.delete_category(categories.get(call.path.category_id))
    totals.count(categories=-1)
    return Message("Category deleted")


def shown(one: Category) -> ShownCategory:
    return ShownCategory(one.id, one.name, one.slug, one.description, one.icon_url, one.created_at)


def named(name: str) -> str:
    return texts.line(name, "name", 64)


def described(description: str | None) -> str | None:
    return texts.lines(description) if description else description


ONE: dict[str, Any] = {"path": CategoryPath, "missing": "Category not found"}

app = api(
    get("/categories", every, query=AllQuery, returns=Paged[ShownCategory], cache=CATEGORIES),
    post("/categories", create, body=NewCategory, returns=ShownCategory, status=201, caller=ADMIN, once=True),
    get("/categories/{category_id}", one, **ONE, returns=ShownCategory, cache=CATEGORIES),
    patch("/categories/{category_id}", change, **ONE, body=CategoryChanges, returns=ShownCategory, caller=ADMIN),
    delete("/categories/{category_id}", remove, **ONE, returns=Message, caller=ADMIN),
    dialect=dialects.platform,
)
handler = http(app)
