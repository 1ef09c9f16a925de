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
    take_away(content)
    fans = favorites.forget(content_id)
    totals.count(contents=-1, **({"favorites": -fans} if fans else {}))
    edge.invalidate(*caching.content_paths(content), caching.media_path(content_id))


def delete_for_good(content_id: str) -> None:
    """As `delete`, and no row is kept. Raises NotFound for what is gone already."""
    if contents.find(content_id):
        delete(content_id)
    found = contents.any_state(content_id)
    purge(content_id) if found else contents.get(content_id)


def look_after(content_id: str) -> None:
    """For the sweep: forget what was deleted long enough ago, and ask again for what nobody has finished."""
    content = contents.any_state(content_id)
    if content is None:
        return
    if content.deleted_at:
        if datetime.fromisoformat(content.deleted_at).timestamp() + contents.KEPT <= clock.now() + 1:
            purge(content_id)
    elif content.state == "processing":
        contents.queue(content)


def purge(content_id: str) -> None:
    """Forget a deleted content; one that is not deleted stays."""
    content = contents.any_state(content_id)
    if content and content.deleted_at:
        take_away(content)
        favorites.forget(content_id)
        contents.forget(content)


def ban(content_id: str) -> None:
    """Take a content away, and refuse what looks like it from now on. Raises NotFound."""
    likeness.ban(contents.get(content_id))
    delete(content_id)


def take_away(content: Content) -> None:
    """The bytes of a content, from everywhere."""
    storage.delete_below(keys.public_prefix(content.id))
    storage.delete([keys.original(content.id)])
