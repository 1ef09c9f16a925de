"""Pictures of the web, for files: fetched through the guarded fetcher, and always written anew by us."""

from shared import clock, net, storage
from shared.errors import Invalid, ServiceError
from shared.library import caching, files, keys, library
from shared.library.files import File
from shared.media.errors import MediaError
from shared.media.picture import reencoded

LARGEST = 15 << 20  # bytes
ACCEPTED = ("image/", "application/octet-stream")


def fetched(url: str, field: str) -> bytes:
    """A picture of the web as a JPEG of ours. `field` is what the user called its address. Raises Invalid, TooLarge."""
    found = net.fetch(url, field=field, most=LARGEST, accept=ACCEPTED)
    try:
        return reencoded(found.body)
    except MediaError as error:
        raise Invalid(f"Invalid {field}", field=field, constraint=str(error)) from None


def keep_external(file: File, url: str) -> bool:
    """Make a copy of the picture that the file's `thumbnail_url` names, unless there is one, or it names another by
    now; whether nothing is left to do.
    """
    if file.thumbnail_url != url or file.external_from == url:
        return True
    try:
        body = fetched(url, "thumbnail_url")
    except ServiceError:
        return False  # somebody else's server: nobody's error here
    storage.put(keys.external(file.file_id), body, "image/jpeg", caching.THUMBNAIL.control)
    changed = files.update(file.file_id, {"external_from": url, "thumbnail_version": clock.now_ms()})
    library.changed(changed)
    return True
