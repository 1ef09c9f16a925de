"""The bytes of what is published. At the edge they are read from the bucket; this is the way behind it."""

from typing import Annotated

from msgspec import Meta, Struct

from shared.community import keys
from shared.community.caching import PUBLISHED
from shared.entry.http import http
from shared.errors import NotFound
from shared.web import Call, Reply, api, dialects, get
from shared.web.objects import serve

BYTES = (206, 304, 307, 416)
ANY_TYPE = "image/webp, image/jpeg, image/gif, video/webm, video/mp4"


class PathQuery(Struct):
    path: Annotated[str, Meta(min_length=1, max_length=1024)]


class ObjectPath(Struct):
    content_id: str
    name: str


def by_query(call: Call[None, PathQuery, None]) -> Reply[bytes]:
    """A published file by its path in the bucket: a content's `storageKey`, or the key of one of its renditions."""
    return published(call, call.query.path.removeprefix("/"))


def by_path(call: Call[None, None, ObjectPath]) -> Reply[bytes]:
    """The same, at an address of its own."""
    return published(call, keys.public(call.path.content_id, call.path.name))


def published(call: Call[None, PathQuery, None] | Call[None, None, ObjectPath], key: str) -> Reply[bytes]:
    """Nothing else of the bucket has a key of this form: no library, no upload, no way up."""
    if not keys.PUBLIC.fullmatch(key):
        raise NotFound("File not found")
    return serve(call, key, PUBLISHED.control)


app = api(
    get("/media", by_query, query=PathQuery, cache=PUBLISHED, limits=(), also=(*BYTES, 404), produces=ANY_TYPE),
    get(
        "/media/{content_id}/{name}",
        by_path,
        path=ObjectPath,
        missing="File not found",
        cache=PUBLISHED,
        limits=(),
        also=BYTES,
        produces=ANY_TYPE,
    ),
    dialect=dialects.platform,
)
handler = http(app)
