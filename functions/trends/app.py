"""Worker: keeps the lists in order. By message, a content is put where its counts say; every hour, contents that were
deleted long enough ago are forgotten, and what nobody has finished is asked for again.
"""

from typing import Any

from shared import log
from shared.community import contents, leaving, trend, unfinished
from shared.entry.queue import Message, queue
from shared.entry.schedule import schedule


def rank(message: Message) -> None:
    """`{"content"}`."""
    trend.rank(str(message.body["content"]))


def sweep() -> dict[str, Any]:
    """All that is due."""
    done = 0
    for place, content_id in contents.due():
        try:
            content = contents.any_state(content_id)
            if content is not None:
                (leaving if content.deleted_at else unfinished).look_after(content)
        except Exception as error:  # one that fails must not keep the others waiting; it stays due
            log.failure("sweep failed", error, content=content_id)
            continue
        contents.done(place)
        done += 1
    return {"done": done}


handler = queue(rank) | schedule(sweep)
