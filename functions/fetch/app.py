"""Worker: brings one entry of a download: a video or a sound of the web, with what goes with it. One message
`{"download", "entry", "caller"}`; five run at once. Its manners are `shared.downloads.doing`'s.
"""

from functions.fetch import bringing
from shared.downloads.doing import do
from shared.downloads.failure import Failure
from shared.entry.queue import Message, queue
from shared.settings import settings


def fetch(message: Message) -> Failure | None:
    return do(message, "fetch", settings.fetch_queue_url, bringing.bring)


handler = queue(fetch)
