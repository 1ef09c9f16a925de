"""How contents go: out of every list at once, and after a month for good; and how they are kept out.

All may be repeated.
"""

from datetime import datetime

from shared import clock, edge, storage
from shared.community import caching, contents, favorites, keys, likeness, totals
from shared.community.content import Content


def delete(content_id: str) -> None:
    """Out of every list, favourite and count at once, and its bytes from the bucket. Raises NotFound."""
    content = contents.delete(content_id)
    totals.count(contents=-1)
    edge.invalidate(*caching.content_paths(content), caching.media_path(content_id))
    clear(content)
    contents.cleared(content)


def clear(content: Content) -> None:
    """What goes after the row of a deleted content: its bytes, and being a favourite."""
    take_away(content)
    for gone in favorites.forget(content.id):
        totals.count(favorites=-gone)


def delete_for_good(content_id: str) -> None:
    """As `delete`, and no row is kept. Raises NotFound for what is gone already."""
    if contents.find(content_id):
        delete(content_id)
    found = contents.any_state(content_id)
    purge(content_id) if found else contents.get(content_id)


def look_after(content: Content) -> None:
    """For the sweep: come to the end of a deletion, and forget what was deleted long enough ago."""
    clear(content)
    if datetime.fromisoformat(content.deleted_at).timestamp() + contents.KEPT <= clock.now() + 1:
        contents.forget(content)


def purge(content_id: str) -> None:
    """Forget a deleted content; one that is not deleted stays."""
    content = contents.any_state(content_id)
    if content and content.deleted_at:
        clear(content)
        contents.forget(content)


def ban(content_id: str) -> None:
    """Take a content away, and refuse what looks like it from now on. Raises NotFound."""
    likeness.ban(contents.get(content_id))
    delete(content_id)


def take_away(content: Content) -> None:
    """The bytes of a content, from everywhere."""
    storage.delete_below(keys.public_prefix(content.id))
    storage.delete([keys.original(content.id)])
