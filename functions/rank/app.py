"""Worker: brings files' places in the top lists up to date, where the request that changed one met another change.

The changes to one file in ten seconds are one message, and few of these workers run at once: so often, and no oftener,
is the head of a list written that all the world rates.
"""

from shared import edge, jobs
from shared.entry.queue import Message, queue
from shared.library import caching, top


def rank(message: Message) -> None:
    """`{"refill"}` names a list; `{"publish", "member", "category"}` a file or a series."""
    body = message.body
    if "refill" in body:
        top.refill(str(body["refill"]))
    else:
        name, member, category = (str(body[field]) for field in ("publish", "member", "category"))
        jobs.forget(top.job_of(name, member, category))
        publish = top.publish_series if name == "publish_series" else top.publish
        publish(member, category, tries=10)
    edge.invalidate(caching.TOP10_PATH)


handler = queue(rank)
