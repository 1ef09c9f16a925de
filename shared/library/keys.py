"""Where the library's objects are in the media bucket, and their addresses.

    api/files/<category>/<file id>         an original
    api/stream/<file id>/<name>            playlists, segments, subtitles, sprites
    thumbnails/<category>/<file id>.jpg    the picture somebody chose
    derived/posters/<file id>.jpg          the picture made from the film
    derived/external/<file id>.jpg         a copy of the picture that `thumbnail_url` names
What the edge serves has its URL path as its key. A file id holds no slash, so none spells another file's object.
"""

from shared import storage


def original(category: str, file_id: str) -> str:
    return f"api/files/{category}/{file_id}"


def stream_prefix(file_id: str) -> str:
    return f"api/stream/{file_id}/"


def thumbnail(category: str, file_id: str) -> str:
    return f"thumbnails/{category}/{file_id}.jpg"


def poster(file_id: str) -> str:
    return f"derived/posters/{file_id}.jpg"


def external(file_id: str) -> str:
    return f"derived/external/{file_id}.jpg"


def file_url(category: str, file_id: str) -> str:
    return storage.url_of(original(category, file_id))


def thumbnail_url(category: str, file_id: str, version: int) -> str:
    """Thumbnails are cached for a week as immutable, so a new one needs a new address."""
    return f"{file_url(category, file_id)}/thumbnail?v={version}"


def stream_url(file_id: str, name: str = "master.m3u8") -> str:
    return storage.url_of(stream_prefix(file_id) + name)
