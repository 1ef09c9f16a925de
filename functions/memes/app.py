"""Worker: fetches pictures of the web, and makes the renditions of animations.

One message `{"content"}`, claimed so that a second delivery does nothing twice. What is a picture's own fault is put
down on the content and not tried again.
"""

from functools import partial

from shared import storage
from shared.community import contents, finishing, keys, leaving, unfinished
from shared.community.content import Content
from shared.entry.queue import Message, queue
from shared.errors import NotFound
from shared.jobs import Lease
from shared.jobs.running import run
from shared.jobs.scratch import working_folder
from shared.settings import settings


def make(message: Message) -> None:
    content = contents.find(str(message.body["content"]))
    if content is None or not unfinished.is_wanted(content):
        return
    job_id, turn = unfinished.job_of(content.id), unfinished.turn(content)
    run(message, settings.memes_queue_url, job_id, partial(work, message, content), kind="meme", turn=turn)


def work(message: Message, content: Content, lease: Lease) -> None:
    try:
        if content.source and not content.published:
            content = finishing.fetch(content)
        if unfinished.is_wanted(content):
            with working_folder() as folder:
                path = folder / "original"
                path.write_bytes(storage.read(keys.original(content.id)) or b"")
                finishing.animate(content, path, message.is_last)
        storage.delete([keys.original(content.id)])
    except NotFound:  # it was deleted meanwhile
        leaving.take_away(content)


handler = queue(make)
