"""A content as clients are shown it, in lists and alone."""

from collections.abc import Sequence

from msgspec import UNSET, Struct, UnsetType

from shared import counters
from shared.accounts.people import Face, faces
from shared.community import categories, contents, favorites, keys, tags
from shared.community.content import Content, State, Type
from shared.table import Key
from shared.tables import COMMUNITY


class Named(Struct, frozen=True):
    id: str
    name: str
    slug: str


class ShownRendition(Struct, frozen=True, rename="camel"):
    kind: str
    url: str | None
    mime_type: str
    width: int
    height: int
    file_size: int


class ShownContent(Struct, kw_only=True, rename="camel"):
    """Sizes in bytes and pixels, `duration` in seconds; `placeholder` is a ThumbHash in base64. While `state` is
    `processing` some renditions are still to come; `isFavorite` only where the caller is known.
    """

    id: str
    slug: str
    type: Type
    title: str
    description: str
    storage_key: str
    url: str | None
    thumbnail_url: str | None
    mime_type: str
    file_size: int
    width: int
    height: int
    duration: float | None
    placeholder: str | None
    renditions: list[ShownRendition]
    state: State
    error: str | None
    views: int
    usage_count: int
    favorites_count: int
    is_favorite: bool | UnsetType = UNSET
    category: Named | None
    tags: list[Named]
    author: Face
    sensitive: bool
    duplicate_of: str | None
    created_at: str
    updated_at: str


def each(found: Sequence[Content], account_id: str = "") -> list[ShownContent]:
    """Contents as `account_id` (or anybody) sees them: a BatchGetItem for a hundred rows, and one for the authors."""
    wanted = [place for one in found for place in counters.keys(contents.counts_of(one.id))]
    wanted += [categories.key(one.category) for one in found if one.category]
    mine: list[Key] = favorites.keys_of(account_id, [one.id for one in found]) if account_id else []
    rows = COMMUNITY.get_many([*wanted, *mine])
    authors = faces(one.author for one in found)
    shown = []
    for one in found:
        counted = counters.added_up(rows, contents.counts_of(one.id))
        category = rows.get(categories.key(one.category)) if one.category else None
        shown.append(
            ShownContent(
                id=one.id,
                slug=one.slug,
                type=one.type,
                title=one.title,
                description=one.description,
                storage_key=one.storage_key,
                url=keys.url(one.storage_key),
                thumbnail_url=keys.url(one.thumbnail_key),
                mime_type=one.mime_type,
                file_size=one.file_size,
                width=one.width,
                height=one.height,
                duration=one.duration,
                placeholder=one.placeholder or None,
                renditions=[
                    ShownRendition(it.kind, keys.url(it.key), it.mime_type, it.width, it.height, it.file_size)
                    for it in one.renditions
                ],
                state=one.state,
                error=one.error or None,
                views=counted["views"],
                usage_count=counted["uses"],
                favorites_count=counted["favorites"],
                is_favorite=favorites.key(account_id, one.id) in rows if account_id else UNSET,
                category=Named(category["sk"], category["name"], category["slug"]) if category else None,
                tags=[Named(tags.id_of(name), name, tags.slug_of(name)) for name in one.tags],
                author=authors[one.author],
                sensitive=one.sensitive,
                duplicate_of=one.duplicate_of or None,
                created_at=one.created_at,
                updated_at=one.updated_at,
            )
        )
    return shown


def one(content: Content, account_id: str = "") -> ShownContent:
    return each([content], account_id)[0]
