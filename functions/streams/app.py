"""HLS: playlists, segments, subtitles and sprites of a file, where the edge does not read them from S3 itself."""

from msgspec import Struct

from shared.entry.http import http
from shared.errors import NotFound
from shared.library import keys
from shared.library.caching import MEDIA, PLAYLIST
from shared.library.ids import is_file_id
from shared.web import Call, Reply, api, get
from shared.web.dialects import library
from shared.web.objects import serve

KINDS = {
    "m3u8": "application/vnd.apple.mpegurl",
    "m4s": "video/mp4",
    "mp4": "video/mp4",
    "vtt": "text/vtt; charset=utf-8",
    "jpg": "image/jpeg",
}


class StreamPath(Struct):
    file_id: str
    name: str


def stream(call: Call[None, None, StreamPath]) -> Reply[bytes]:
    """A playlist, a segment, or what goes with them."""
    file_id, name = call.path.file_id, call.path.name
    kind = KINDS.get(name.rpartition(".")[2])
    if kind is None or not is_file_id(file_id) or not is_file_id(name):
        raise NotFound("File not found")
    rule = PLAYLIST if name.endswith(".m3u8") else MEDIA
    return serve(call, keys.stream_prefix(file_id) + name, rule.control, kind)


app = api(
    get(
        "/api/stream/{file_id}/{name}",
        stream,
        path=StreamPath,
        missing="File not found",
        cache=MEDIA,
        limits=(),
        also=(206, 304, 307, 416),
        produces="application/vnd.apple.mpegurl, video/mp4, text/vtt, image/jpeg",
    ),
    dialect=library,
)
handler = http(app)
