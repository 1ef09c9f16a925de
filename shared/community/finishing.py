"""What the worker does for contents: fetches pictures of the web, and makes the renditions of animations.

What is a picture's own fault is put down on its content.
"""

from pathlib import Path

from msgspec.structs import replace

from shared import net
from shared.community import likeness, making
from shared.community.arriving import LARGE
from shared.community.content import Content
from shared.community.unfinished import failed, settle
from shared.errors import ServiceError
from shared.media.errors import MediaError, Overrun

ACCEPTED = ("image/", "video/", "application/")


def fetch(content: Content) -> Content:
    """Fetch the picture of the web that a content is to be. What is the picture's fault is put down on it."""
    try:
        body = net.fetch(content.source, field="storageKey", most=LARGE, accept=ACCEPTED).body
        looked = making.look(body, "storageKey")
        duplicate = likeness.refuse_banned(looked.still.fingerprint, content.author)
        made = making.publish(content, looked, body)
    except ServiceError as error:
        if error.status >= 500:
            raise
        return failed(content, error.explanation or error.message)
    return settle(replace(made, duplicate_of=duplicate, error=""))


def animate(content: Content, path: Path, is_last: bool) -> Content:
    """Make the renditions of an animation. At the last delivery a shortage counts as the file's own fault."""
    try:
        return settle(replace(making.finish(content, path), error=""))
    except (MediaError, Overrun) as error:
        if isinstance(error, Overrun) and not is_last:
            raise
        return failed(content, error.message)
