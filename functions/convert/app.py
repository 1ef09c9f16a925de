"""Worker: what is done to files that are here: another format (`{"download", "entry", "caller"}`), all of them in one
zip (`{"archive"}`)."""

from functools import partial

from functions.convert import archive
from shared import storage
from shared.downloads.doing import Doing, do
from shared.downloads.failure import Failure
from shared.entry.queue import Message, queue
from shared.errors import NotFound
from shared.jobs.running import run
from shared.settings import settings
from shared.sources import convert as converting
from shared.sources.errors import VideoUnavailable
from shared.sources.order import Progress

MARGIN = 60.0  # seconds for the result to go into the bucket


def work(message: Message) -> Failure | None:
    if "archive" in message.body:
        packing = partial(archive.pack, str(message.body["archive"]))
        run(message, settings.convert_queue_url, str(message.body["job"]), packing, kind="archive")
        return None
    return do(message, "convert", settings.convert_queue_url, convert)


def convert(doing: Doing) -> str:
    """A file in the wanted format. Raises SourceError."""
    doing.watch.tell("converting", 0.0)
    source = doing.folder / "source" / doing.entry.url
    source.parent.mkdir()
    made = doing.folder / "made"
    made.mkdir()
    try:
        storage.save(doing.entry.key, source)
    except NotFound:
        raise VideoUnavailable("Les fichiers de ce téléchargement ont expiré.") from None

    def tell(progress: Progress) -> None:
        doing.watch.tell("converting", progress.percent or 0.0, progress.speed, progress.eta)

    path = converting.convert(source, doing.download.wanted.output_format, made, tell, deadline=doing.deadline - MARGIN)
    doing.watch.tell("converting", 99.0)
    doing.store(path, "media", 0)
    return path.stem


handler = queue(work)
