"""From a stranger's bytes to objects of ours: what a picture or an animation becomes, and where it is put.

A still is made anew within the request. An animation is checked there, gets its first picture and, if it is small, its
own form anew; what takes longer is the worker's (`finish`). This is the one place that decodes for the community.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from shared import storage
from shared.community import keys
from shared.community.caching import PUBLISHED
from shared.community.content import Content, Rendition
from shared.errors import Invalid
from shared.jobs.scratch import working_folder
from shared.media import animation
from shared.media.animation import GIF, WEBM, Animation
from shared.media.errors import MediaError, Overrun
from shared.media.redrawn import THUMBNAIL, Redrawn, redrawn
from shared.media.sniff import HEAD, Kind, sniff

STILLS = ("image/png", "image/jpeg", "image/webp")
TAKEN = (*STILLS, GIF, WEBM)
AT_ONCE = 30_000_000  # pixels of all frames together that are made anew within the request: a second or two
UNSUPPORTED = "UNSUPPORTED_FILE"  # a code of ours
AT_ONCE_SECONDS = 8.0
EXTENSIONS = {GIF: "gif", WEBM: "webm"}


class Looked(Struct):
    """What was found in the bytes, and drawn of them."""

    kind: Kind
    still: Redrawn
    moving: Animation | None


def look(body: bytes, field: str) -> Looked:
    """Decode, within bounds. Raises Invalid, naming `field`, for what we do not take."""
    kind = sniff(body[:HEAD])
    if kind is None or kind.mime not in TAKEN:
        raise Invalid(f"Invalid {field}", field=field, constraint="a PNG, JPEG, WebP, GIF or WebM", code=UNSUPPORTED)
    try:
        if kind.mime in STILLS:
            return Looked(kind, redrawn(body), None)
        with _on_disk(body) as path:
            moving = animation.look(path, kind)
            picture = body if kind.mime == GIF else animation.first_picture(path, kind.mime)
            return Looked(kind, redrawn(picture), moving)
    except MediaError as error:
        raise Invalid(f"Invalid {field}", field=field, constraint=error.message, code=UNSUPPORTED) from None


def publish(content: Content, looked: Looked, body: bytes) -> Content:
    """Put what was made into the bucket; the content with what it has by now."""
    still = looked.still
    main = _put(content, "image.webp" if looked.moving is None else "still.webp", "image/webp", still.webp, still)
    main = replace(main, kind="main" if looked.moving is None else "still")
    thumbnail = _put(content, "thumbnail.jpg", "image/jpeg", still.thumbnail, still)
    thumbnail = replace(thumbnail, kind="thumbnail", **_fitted(still.width, still.height))
    content = replace(
        content,
        published=True,
        placeholder=still.placeholder,
        likeness=still.fingerprint,
        thumbnail_key=thumbnail.key,
        width=still.width,
        height=still.height,
        state="ready" if looked.moving is None else "processing",
        duration=looked.moving.duration if looked.moving else None,
        renditions=[main, thumbnail],
    )
    content = _led_by(content, main)
    if looked.moving is None:
        return content
    storage.put(keys.original(content.id), body, looked.kind.mime, "private, no-store")
    content = replace(content, width=looked.moving.width, height=looked.moving.height)
    if looked.moving.mime == WEBM or looked.moving.frames * looked.moving.width * looked.moving.height <= AT_ONCE:
        with _on_disk(body) as path, suppress(Overrun):  # the worker has more time for it
            content = _led_by(content, _anew(content, path, looked.moving, AT_ONCE_SECONDS))
    return content


def finish(content: Content, path: Path) -> Content:
    """For the worker: all renditions of an animation whose original is at `path`. Raises MediaError, Overrun."""
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    if kind is None or kind.mime not in EXTENSIONS:
        raise MediaError
    moving = animation.look(path, kind)
    if content.mime_type != moving.mime:
        content = _led_by(content, _anew(content, path, moving))
    made = path.with_name("made.mp4")
    animation.as_mp4(path, moving.mime, made)
    video = _put(content, "video.mp4", "video/mp4", made.read_bytes(), moving)
    return replace(_with(content, replace(video, kind="video")), state="ready")


def _anew(content: Content, path: Path, moving: Animation, seconds: float = animation.TIME) -> Rendition:
    """The animation in its own form."""
    extension = EXTENSIONS[moving.mime]
    made = path.with_name(f"anew.{extension}")
    (animation.as_gif if moving.mime == GIF else animation.as_webm)(path, made, seconds)
    return _put(content, f"image.{extension}", moving.mime, made.read_bytes(), moving)


def _put(content: Content, name: str, mime: str, body: bytes, size: Redrawn | Animation) -> Rendition:
    key = keys.public(content.id, name)
    storage.put(key, body, mime, PUBLISHED.control)
    return Rendition("main", key, mime, size.width, size.height, len(body))


def _led_by(content: Content, main: Rendition) -> Content:
    """With this as what `url` names."""
    content = replace(content, storage_key=main.key, mime_type=main.mime_type, file_size=main.file_size)
    return _with(content, main)


def _with(content: Content, rendition: Rendition) -> Content:
    others = [one for one in content.renditions if one.key != rendition.key]
    return replace(content, renditions=[rendition, *others])


def _fitted(width: int, height: int) -> dict[str, int]:
    shrink = min(1.0, THUMBNAIL / max(width, height))
    return {"width": max(1, round(width * shrink)), "height": max(1, round(height * shrink))}


@contextmanager
def _on_disk(body: bytes) -> Iterator[Path]:
    with working_folder() as folder:
        path = folder / "original"
        path.write_bytes(body)
        yield path
