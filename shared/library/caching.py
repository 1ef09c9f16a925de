"""How long the library's answers are kept (videomi: Headers de cache), and which cached ones a change makes old."""

from shared.cache import Cache

METADATA_CONTROL = "public, max-age=300, s-maxage=600, stale-while-revalidate=3600"
RATINGS_CONTROL = "max-age=0, s-maxage=600, must-revalidate"  # the document has none: the edge's 10 minutes only

USER_FILES = Cache("UserFiles", METADATA_CONTROL, edge=300, fresh_for_callers=True)
FILE_INFO = Cache("FileInfo", METADATA_CONTROL, edge=900, fresh_for_callers=True)
THUMBNAIL = Cache("Thumbnail", "public, max-age=604800, s-maxage=2592000, immutable", edge=604_800)
MEDIA = Cache("Media", "public, max-age=31536000, immutable", edge=31_536_000)
PLAYLIST = Cache("Playlist", "public, max-age=3600", edge=3600)
RATINGS = Cache("Ratings", RATINGS_CONTROL, edge=600, per_caller=True)
TOP10 = Cache("Top10", RATINGS_CONTROL, edge=600, per_caller=True)

# ---- paths for `edge.invalidate`

TOP10_PATH = "/api/ratings/top10*"


def listing_path(account_id: str) -> str:
    return f"/api/upload/user/{account_id}*"


def description_paths(category: str, file_id: str) -> list[str]:
    """What depends on a file's description."""
    return [f"/api/files/{category}/{file_id}/info", f"/api/files/{category}/{file_id}/thumbnail*"]


def byte_paths(category: str, file_id: str) -> list[str]:
    """A file's bytes, with all that stands below them, and its stream."""
    return [f"/api/files/{category}/{file_id}*", f"/api/stream/{file_id}/*"]


def rating_paths(file_id: str) -> list[str]:
    return [f"/api/ratings/{file_id}*", TOP10_PATH]
