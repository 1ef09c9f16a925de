"""What happens to contents that are here: changed, looked at, used, liked. How they go is `leaving`.

Each verb carries all that belongs to its moment: the transaction, the counts, the ranks, what the edge must forget.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from shared import clock, edge
from shared.community import caching, categories, contents, favorites, totals, trend
from shared.community.categories import Category
from shared.community.content import Content
from shared.errors import Forbidden, NotFound


def describe(content_id: str, account_id: str, changes: Mapping[str, Any]) -> Content:
    """Its author says something else of it. Raises NotFound, Forbidden."""
    mine(contents.get(content_id), account_id)
    after = contents.change(content_id, lambda now: replace(now, **changes, updated_at=clock.iso()))
    edge.invalidate(*caching.content_paths(after))
    return after


def mine(content: Content, account_id: str) -> Content:
    if content.author != account_id:
        raise Forbidden(explanation="it is somebody else's content")
    return content


def view(content_id: str) -> None:
    """Raises NotFound."""
    _counted(content_id, views=1)


def use(content_id: str) -> None:
    """Raises NotFound."""
    _counted(content_id, uses=1)


def _counted(content_id: str, **by: int) -> None:
    contents.get(content_id)
    contents.count(content_id, **by)
    totals.count(**by)
    trend.note(content_id)


def like(account_id: str, content_id: str) -> None:
    """Raises NotFound."""
    contents.get(content_id)
    if favorites.add(account_id, content_id):
        if contents.find(content_id) is None:  # deleted meanwhile: whoever looked for its favourites may have missed it
            favorites.remove(account_id, content_id)
            raise NotFound("Content not found")
        totals.count(favorites=1)
        trend.note(content_id)


def unlike(account_id: str, content_id: str) -> None:
    """Raises NotFound for what neither is nor was a favourite."""
    if favorites.remove(account_id, content_id):
        totals.count(favorites=-1)
        trend.note(content_id)
    else:
        contents.get(content_id)


def category_changed() -> None:
    """Contents show their category's name."""
    edge.invalidate(*caching.CATEGORY_PATHS)


def delete_category(category: Category) -> None:
    """Its contents stay, without a category. Raises NotFound."""
    categories.delete(category)
    category_changed()
