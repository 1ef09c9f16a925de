"""Contents that are still to be finished: whose turn it is, who looks after them, and what is put down of them.

An account has AT_ONCE of them worked on at a time; its others wait in turn.
"""

from contextlib import suppress

from msgspec.structs import replace

from shared import clock, jobs
from shared.community import contents
from shared.community.content import Content
from shared.errors import NotFound
from shared.jobs import Turn, turns
from shared.settings import settings
from shared.tables import COMMUNITY

AT_ONCE = 2  # contents of one account
LATE = 15 * 60  # seconds between two looks at a content that is not finished
GIVEN_UP = "It takes more time or memory than there is"
UNREACHED = "It could not be fetched"


def turn(content: Content) -> Turn:
    return Turn("meme", content.author, AT_ONCE, settings.memes_queue_url, content.created_at)


def job_of(content_id: str) -> str:
    return f"meme-{content_id}"


def is_wanted(content: Content) -> bool:
    """Whether there is something to do: what was given up is, when somebody sends its letter again."""
    return content.state == "processing" or content.error in (GIVEN_UP, UNREACHED)


def look_after(content: Content) -> None:
    """For the sweep: what should be finished by now is asked for again, unless it waits for its turn."""
    if content.state != "processing":
        return
    job = jobs.find(job_of(content.id))
    if job is not None and job.stage == jobs.WAITING:
        turns.wake(turn(content))
    else:
        contents.queue(content)
    COMMUNITY.write(contents.due_at(clock.now() + LATE, content.id))


def buried(content_id: str) -> None:
    """Its message is among the dead letters: unless a worker still holds the job, the content has failed."""
    content = contents.find(content_id)
    if content is None or content.state != "processing":
        return
    why = UNREACHED if content.source and not content.published else GIVEN_UP
    try:
        job = jobs.abandon(job_of(content_id), "GIVEN_UP", why)
    except NotFound:
        job = None
    if job is None or job.state != "running":
        with suppress(NotFound):
            failed(content, why)


def failed(content: Content, why: str) -> Content:
    return settle(replace(content, state="failed", error=why))


MADE = (
    "published",
    "state",
    "error",
    "storage_key",
    "mime_type",
    "file_size",
    "width",
    "height",
    "duration",
    "placeholder",
    "thumbnail_key",
    "renditions",
    "likeness",
    "duplicate_of",
)


def settle(made: Content) -> Content:
    """Write what was made onto the content as it is by now."""
    fields = {name: getattr(made, name) for name in MADE}
    return contents.change(made.id, lambda now: replace(now, **fields, updated_at=clock.iso()))
