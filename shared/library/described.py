"""What people, and the outside film and music databases, say about a file; and how a file is shown to clients."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared import storage
from shared.errors import Invalid

Line = Annotated[str, Meta(max_length=500)]
Prose = Annotated[str, Meta(max_length=10_000)]
# `$` alone would let a final line feed through.
Url = Annotated[str, Meta(pattern=r"^(https?://[^\s\x00-\x1f]+|/[^\s\x00-\x1f]*)$(?!\n)", max_length=2048)]
Lines = Annotated[list[Line], Meta(max_length=100)]
Urls = Annotated[list[Url], Meta(max_length=50)]
# Only what this platform stored as a picture: anything else in the bucket is somebody's file.
ThumbnailPath = Annotated[str, Meta(pattern=r"^thumbnails/[A-Za-z0-9_-]+/[A-Za-z0-9_.-]+$(?!\n)", max_length=300)]


class Description(Struct):
    """Every field optional; null clears one (videomi: Métadonnées)."""

    title: Line | UnsetType | None = UNSET
    description: Prose | UnsetType | None = UNSET
    episode_description: Prose | UnsetType | None = UNSET
    thumbnail_url: Url | UnsetType | None = UNSET
    backdrop_url: Url | UnsetType | None = UNSET
    thumbnail_r2_path: ThumbnailPath | UnsetType | None = UNSET
    source_api: Annotated[str, Meta(max_length=40)] | UnsetType | None = UNSET
    source_id: Annotated[str, Meta(max_length=200)] | UnsetType | None = UNSET
    genres: Lines | UnsetType | None = UNSET
    subgenres: Lines | UnsetType | None = UNSET
    season: Annotated[int, Meta(ge=0, le=100_000)] | UnsetType | None = UNSET
    episode: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType | None = UNSET
    artists: Lines | UnsetType | None = UNSET
    albums: Lines | UnsetType | None = UNSET
    album_thumbnails: Urls | UnsetType | None = UNSET
    year: Annotated[int, Meta(ge=0, le=9999)] | UnsetType | None = UNSET

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not UNSET}


class Basic(Description):
    """`basicMetadata` of an upload: the description, and what the client measured."""

    duration: Annotated[float, Meta(ge=0, le=1e9)] | UnsetType | None = UNSET  # seconds


def basic_of(text: str) -> Basic:
    """`basicMetadata` sent as JSON in a form field."""
    try:
        return msgspec.json.decode(text or "{}", type=Basic)
    except msgspec.MsgspecError as error:
        raise Invalid("Invalid basicMetadata", field="basicMetadata", constraint=str(error)) from None


class Entry(Struct):
    """A file in a list. Durations in seconds, sizes in bytes and pixels; `thumbhash` is base64."""

    file_id: str
    filename: str
    category: str
    size: int
    mime_type: str
    created_at: str
    title: str | None
    description: str | None
    thumbnail_url: str | None
    artists: list[str]
    albums: list[str]
    genres: list[str]
    season: int | None
    episode: int | None
    url: str
    duration: float | None
    width: int | None
    height: int | None
    thumbhash: str | None
    stream_state: str
    stream_url: str | None
    file_created_at: str | None


class Details(Entry):
    """Everything known of one file."""

    thumbnail_r2_path: str | None
    backdrop_url: str | None
    source_api: str | None
    source_id: str | None
    episode_description: str | None
    subgenres: list[str]
    album_thumbnails: list[str]
    year: int | None
    hash_state: str
    stream_error: str | None
    sprite_url: str | None


LISTS = frozenset({"artists", "albums", "genres", "subgenres", "album_thumbnails"})


def entry(row: Mapping[str, Any]) -> Entry:
    return Entry(**_shown(row, Entry))


def details(row: Mapping[str, Any]) -> Details:
    return Details(**_shown(row, Details))


def _shown(row: Mapping[str, Any], model: type[Struct]) -> dict[str, Any]:
    values = {name: row.get(name, [] if name in LISTS else None) for name in model.__struct_fields__}
    where = f"api/files/{row['category']}/{row['file_id']}"
    stream = f"api/stream/{row['file_id']}"
    values["url"] = storage.url_of(where)
    if not values["thumbnail_url"] and (row.get("thumbnail_r2_path") or row.get("poster")):
        # Thumbnails are cached for a week as immutable, so a new one needs a new address.
        values["thumbnail_url"] = f"{storage.url_of(where + '/thumbnail')}?v={row.get('thumbnail_version', 0)}"
    values["stream_url"] = storage.url_of(f"{stream}/master.m3u8") if row.get("stream_ready") else None
    if "sprite_url" in values:
        values["sprite_url"] = storage.url_of(f"{stream}/{row['sprite']}") if row.get("sprite") else None
    return values
