"""A file as clients are shown it, in lists and alone."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from shared.library import keys, moments
from shared.library.categories import Category
from shared.library.files import File, HashState, StreamState
from shared.library.links import Listed
from shared.settings import settings

Texts = list[str] | str | None  # JSON text, or null when empty, with LISTS_AS_TEXT


class Shown(Struct, kw_only=True):
    """Durations in seconds, sizes in bytes and pixels; `created_at` in ISO 8601, `uploaded_at` and `file_created_at` in
    Unix seconds; `thumbhash` is base64.
    """

    file_id: str
    filename: str
    category: Category
    size: int
    mime_type: str
    created_at: str
    uploaded_at: int
    file_created_at: int | None
    title: str | None
    description: str | None
    episode_description: str | None
    thumbnail_url: str | None
    thumbnail_r2_path: str | None
    backdrop_url: str | None
    source_api: str | None
    source_id: str | None
    genres: Texts
    subgenres: Texts
    artists: Texts
    albums: Texts
    album_thumbnails: Texts
    season: int | None
    episode: int | None
    year: int | None
    url: str
    duration: float | None
    width: int | None
    height: int | None
    thumbhash: str | None
    stream_state: StreamState
    stream_url: str | None
    stream_error: str | None
    sprite_url: str | None
    hash_state: HashState


def entry(listed: Listed) -> Shown:
    """In an owner's list: under the owner's own name for it, and since when the owner has it."""
    return _shown(listed.file, listed.link.filename, listed.link.created_at)


def details(file: File) -> Shown:
    return _shown(file, file.filename, file.created_at)


def _shown(file: File, filename: str, created_at: str) -> Shown:
    return Shown(
        file_id=file.file_id,
        filename=filename,
        category=file.category,
        size=file.size,
        mime_type=file.mime_type,
        created_at=created_at,
        uploaded_at=moments.of_iso(created_at),
        file_created_at=file.file_created_at,
        title=file.title,
        description=file.description,
        episode_description=file.episode_description,
        thumbnail_url=_thumbnail_url(file),
        thumbnail_r2_path=file.thumbnail_r2_path,
        backdrop_url=file.backdrop_url,
        source_api=file.source_api,
        source_id=file.source_id,
        genres=_texts(file.genres),
        subgenres=_texts(file.subgenres),
        artists=_texts(file.artists),
        albums=_texts(file.albums),
        album_thumbnails=_texts(file.album_thumbnails),
        season=file.season,
        episode=file.episode,
        year=file.year,
        url=keys.file_url(file.category, file.file_id),
        duration=file.duration,
        width=file.width,
        height=file.height,
        thumbhash=file.thumbhash,
        stream_state=file.stream_state,
        stream_url=keys.stream_url(file.file_id) if file.stream_ready else None,
        stream_error=file.stream_error,
        sprite_url=keys.stream_url(file.file_id, file.sprite) if file.sprite else None,
        hash_state=file.hash_state,
    )


def _thumbnail_url(file: File) -> str | None:
    if file.thumbnail_url or not (file.thumbnail_r2_path or file.poster):
        return file.thumbnail_url
    return keys.thumbnail_url(file.category, file.file_id, file.thumbnail_version)


def _texts(values: Sequence[str] | None) -> Texts:
    if settings.lists_as_text:
        return msgspec.json.encode(values).decode() if values else None
    return list(values or ())
