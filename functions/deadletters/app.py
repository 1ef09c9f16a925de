"""Worker: reads the dead letters. Where workers were killed, nobody could say that they failed: it is said here.

A letter is never taken from its queue: SQS moves it on to the kept letters, where operators find it.
"""

from contextlib import suppress

from shared import jobs
from shared.community import unfinished
from shared.downloads import ending, upkeep
from shared.entry.queue import Message, passing
from shared.errors import NotFound
from shared.library import streams
from shared.production import assets


def take_note(message: Message) -> None:
    """`{"file_id"}` is about a file's stream, `{"content"}` about a content's renditions, `{"download", "entry"}` about
    a download, `{"asset"}` about a picture, a voice or music; whatever names its `job` is about that job alone."""
    body = message.body
    if "file_id" in body:
        streams.buried(str(body["file_id"]), bool(body.get("extras")))
    elif "content" in body:
        unfinished.buried(str(body["content"]))
    elif "download" in body:
        if over := upkeep.buried(str(body["download"]), int(body["entry"])):
            ending.over(over)
    elif "asset" in body:
        assets.buried(str(body["asset"]))
    elif "job" in body:
        with suppress(NotFound):
            jobs.abandon(str(body["job"]), "GIVEN_UP", "It takes more time or memory than there is")


handler = passing(take_note)
