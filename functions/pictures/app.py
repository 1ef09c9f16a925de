"""Worker: fetches the pictures that `thumbnail_url` names, once each, so that no reader ever waits for the web.

One message `{"file_id", "url", "attempt"}`. A picture that cannot be had is asked for again, later and later, and then
no more until somebody names another.
"""

from shared import jobs
from shared.entry.queue import Message, queue
from shared.library import files, pictures
from shared.settings import settings

AGAIN = (30, 300, 900)  # seconds until the next try, after the first, second and third; SQS delays by 900 at most


def fetch(message: Message) -> None:
    file_id, url, attempt = (message.body[name] for name in ("file_id", "url", "attempt"))
    file = files.find(str(file_id))
    if file is None or pictures.keep_external(file, str(url)) or attempt > len(AGAIN):
        return
    jobs.send(settings.pictures_queue_url, {**message.body, "attempt": attempt + 1}, AGAIN[attempt - 1])


handler = queue(fetch)
