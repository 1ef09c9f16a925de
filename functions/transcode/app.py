"""Worker: makes a file watchable. One SQS message `{"file_id"}`, claimed so that a second delivery does nothing twice.

Killed half-way, the next delivery goes on with what is in the bucket already. Short of time, the worker sends itself
another message. What is the file's own fault is recorded on the file and not tried again.
"""

from functools import partial

from functions.transcode.pipeline import Pipeline
from shared import log, storage
from shared.entry.queue import Message, queue
from shared.errors import NotFound
from shared.jobs import Cancelled, Lease, forget
from shared.jobs.running import run
from shared.jobs.scratch import working_folder
from shared.library import files, keys
from shared.library.files import File
from shared.media.errors import MediaError, Overrun
from shared.settings import settings


def transcode(message: Message) -> None:
    file_id = str(message.body["file_id"])
    file = files.find(file_id)
    if file is not None:  # else nobody has it any more
        work = partial(make, message, file)
        run(message, settings.transcode_queue_url, f"transcode-{file_id}", work, kind="transcode")


def make(message: Message, file: File, lease: Lease) -> None:
    try:
        with (
            working_folder() as folder,
            Pipeline(file, folder, message.deadline, lease.tell, again=lease.attempt > 1) as pipeline,
        ):
            judge(pipeline, message)
    except (NotFound, Cancelled):
        if files.find(file.file_id) is None:  # its last owner has left meanwhile
            storage.delete_below(keys.stream_prefix(file.file_id))
            storage.delete([keys.poster(file.file_id)])
            forget(lease.id)  # a new file may take the id yet


def judge(pipeline: Pipeline, message: Message) -> None:
    """Run the pipeline, and put down on the file what is the file's fault."""
    try:
        pipeline.run()
    except (MediaError, Overrun) as error:
        if isinstance(error, Overrun) and not message.is_last:
            raise  # at last, a shortage of time or memory is taken for the file's own doing
        log.event("not playable", file_id=pipeline.file_id, reason=error.message, log=error.log)
        pipeline.settle("failed", stream_error=error.message)


handler = queue(transcode)
