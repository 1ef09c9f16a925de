"""What contents take and answer."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared.community.content import Type
from shared.community.lists import Sensitive, Sort
from shared.errors import Invalid
from shared.paging import Limit, PageQuery
from shared.web import FormFile

Title = Annotated[str, Meta(min_length=1, max_length=255)]
Description = Annotated[str, Meta(max_length=2000)]
Id = Annotated[str, Meta(max_length=64)]
Name = Annotated[str, Meta(max_length=255)]
Tags = Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(max_length=50)]


class ListQuery(PageQuery, rename="camel"):
    """`tag` is a name, `category` a slug or an id, `author` a username, `query` words of the title."""

    sort: Sort = "recent"
    tag: Name | None = None
    category: Name | None = None
    author: Name | None = None
    query: Name | None = None
    favorites_only: bool = False
    user_id: Name | None = None
    sensitive: Sensitive = "exclude"
    type: Type | None = None


class PlainQuery(PageQuery):
    sensitive: Sensitive = "exclude"


class FeedQuery(Struct, rename="camel"):
    """As explore is asked."""

    limit: Limit = 20
    sort: Sort = "recent"
    tag: Name | None = None
    category: Name | None = None
    author: Name | None = None
    query: Name | None = None
    user_id: Name | None = None
    sensitive: Sensitive = "exclude"
    type: Type | None = None


class OEmbedQuery(Struct):
    url: Annotated[str, Meta(min_length=1, max_length=2048)]
    maxwidth: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    maxheight: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    format: Annotated[str, Meta(max_length=16)] = "json"


class ContentPath(Struct):
    content_id: str


class NamePath(Struct):
    id_or_slug: str


class FileQuery(Struct, rename="camel"):
    file_name: Annotated[str, Meta(min_length=1, max_length=255)]


class BucketForm(Struct, rename="camel"):
    """POST a form of `fields`, and then the file as `file`, to `url`; then a content of `storageKey`."""

    url: str
    fields: dict[str, str]
    storage_key: str
    expires_in: int


class ContentToMake(Struct, rename="camel"):
    """`mimeType` and `fileSize` are as its sender believes: what counts is in the bytes."""

    type: Type
    title: Title
    storage_key: Annotated[str, Meta(min_length=1, max_length=512)]
    mime_type: Annotated[str, Meta(max_length=128)] | None = None
    file_size: Annotated[float, Meta(ge=0)] | None = None
    category_id: Id | None = None
    tags: Tags | None = None
    description: Description = ""
    sensitive: bool = False


class ContentForm(Struct, rename={"category_id": "categoryId"}):
    """`tags` may be a repeated field, one with commas, or a JSON array."""

    file: FormFile
    type: Type
    title: Title
    category_id: Id = ""
    tags: list[str] = []
    description: Description = ""
    sensitive: bool = False


class ContentChanges(Struct, rename="camel"):
    title: Title | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    category_id: Id | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET


class ContentCounts(Struct, rename="camel"):
    id: str
    views: int
    usage_count: int


class OEmbed(Struct):
    """oEmbed 1.0, §2.3.4: a `photo` has `url`, a `video` has `html`."""

    version: str
    type: str
    title: str
    author_name: str
    author_url: str
    provider_name: str
    provider_url: str
    cache_age: int
    thumbnail_url: str | None
    thumbnail_width: int | None
    thumbnail_height: int | None
    width: int
    height: int
    url: str | UnsetType = UNSET
    html: str | UnsetType = UNSET


def tags_of(sent: list[str]) -> list[str]:
    """The tags of a form. Raises Invalid."""
    if len(sent) != 1:
        return sent
    if not sent[0].strip().startswith("["):
        return sent[0].split(",")
    try:
        return msgspec.json.decode(sent[0], type=list[str])
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise Invalid("Invalid tags", field="tags", constraint="names, a JSON array or a comma list") from None
