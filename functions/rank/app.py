"""Worker: brings a file's place up to date in the rankings of everybody who has it or has rated it.

A popular file's ratings would each touch all its owners, so those of ten seconds are gathered into one message.
"""

from shared import edge, jobs
from shared.entry.queue import Message, queue
from shared.library import files, ratings, top


def rank(message: Message) -> None:
    file_id = str(message.body["file_id"])
    jobs.forget(top.job_of(file_id))
    for account_id in sorted({*files.owners_of(file_id), *ratings.raters_of(file_id)}):
        top.publish(account_id, file_id)
    edge.invalidate("/api/ratings/top10*")


handler = queue(rank)
