"""What people, and the outside film and music databases, say about a file (videomi: Métadonnées).

`About` is what stands on a file's row; `Description` is what a client sends to change it; `Basic` is what it may send
with an upload.
"""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.errors import Invalid
from shared.words import read_json

Line = Annotated[str, Meta(max_length=500)]
Prose = Annotated[str, Meta(max_length=10_000)]
# `$` alone would let a final line feed through.
Url = Annotated[
    str,
    Meta(
        pattern=r"^(https?://[^\s\x00-\x1f]+|/[^\s\x00-\x1f]*)$(?!\n)",
        max_length=2048,
        description="an http(s) address, or a path of this site",
        extra_json_schema={"format": "uri-reference"},
    ),
]
Lines = Annotated[list[Line], Meta(max_length=100)]
Urls = Annotated[list[Url], Meta(max_length=50)]
# Only what this platform stored as a picture: anything else in the bucket is somebody's file.
ThumbnailPath = Annotated[
    str,
    Meta(
        pattern=r"^thumbnails/[a-z]+/(?!.*\.\.)[^/\x00-\x1f]+$(?!\n)",
        max_length=250,  # of up to four bytes; S3's keys end at 1,024, and ours need 230
        description="a thumbnail_r2_path that this platform answered",
    ),
]


class About(Struct, frozen=True, kw_only=True):
    title: str | None = None
    description: str | None = None
    episode_description: str | None = None
    thumbnail_url: str | None = None
    backdrop_url: str | None = None
    thumbnail_r2_path: str | None = None
    source_api: str | None = None
    source_id: str | None = None
    genres: list[str] | None = None
    subgenres: list[str] | None = None
    season: int | None = None
    episode: int | None = None
    artists: list[str] | None = None
    albums: list[str] | None = None
    album_thumbnails: list[str] | None = None
    year: int | None = None


class Description(Struct, kw_only=True):
    """Every field optional; null clears one."""

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
        """The fields that were sent, by name; None clears one."""
        sent = {name: getattr(self, name) for name in About.__struct_fields__}
        return {name: value for name, value in sent.items() if value is not UNSET}


class Basic(Description, kw_only=True):
    """`basicMetadata` of an upload: the description, what the client measured, and single names beside the lists."""

    duration: Annotated[float, Meta(ge=0, le=1e9)] | UnsetType | None = UNSET  # seconds
    artist: Line | Lines | UnsetType | None = UNSET
    album: Line | Lines | UnsetType | None = UNSET
    genre: Line | Lines | UnsetType | None = UNSET

    def changes(self) -> dict[str, Any]:
        """As for a description, with `duration`. A list that was sent goes before the single name beside it."""
        sent = super().changes()
        for single, plural in (("artist", "artists"), ("album", "albums"), ("genre", "genres")):
            value = getattr(self, single)
            if value and not sent.get(plural):
                sent[plural] = [value] if isinstance(value, str) else value
        return sent if self.duration is UNSET else {**sent, "duration": self.duration}


def basic_of(text: str) -> Basic:
    """`basicMetadata` sent as JSON in a form field. Raises Invalid."""
    try:
        found: Basic = read_json(text or "{}", Basic)
    except Invalid as error:
        inner = error.details.get("field", "body")
        field = "basicMetadata" if inner == "body" else f"basicMetadata.{inner}"
        raise Invalid("Invalid basicMetadata", field=field, constraint=error.explanation or "JSON") from None
    return found
