"""Worker: makes a file watchable, in two stages: `{"file_id"}` until it can be played, then `{"file_id", "extras"}` for
what goes with it. Each is claimed, so that a second delivery does nothing twice.

Killed half-way, the next delivery goes on with what is in the bucket already. Short of time, the worker sends itself
another message. What is the file's own fault is recorded on the file and not tried again; at a message's last delivery,
whatever goes wrong is.
"""

from functools import partial

from functions.transcode.pipeline import Pipeline
from shared import log, storage
from shared.entry.queue import Message, queue
from shared.errors import NotFound
from shared.jobs import Busy, Cancelled, Lease, forget
from shared.jobs.running import OutOfTime, run
from shared.jobs.scratch import working_folder
from shared.library import files, keys, streams
from shared.library.files import File
from shared.media.errors import MediaError, Overrun
from shared.settings import settings


def transcode(message: Message) -> None:
    file_id = str(message.body["file_id"])
    file = files.find(file_id)
    if file is None:
        return  # nobody has it any more
    work, (first, extras) = partial(make, message, file), files.stream_jobs(file_id)
    if message.body.get("extras"):
        run(message, settings.extras_queue_url, extras, work, kind="extras", turn=streams.extras_turn(file))
    else:
        run(message, settings.transcode_queue_url, first, work, kind="transcode", turn=streams.first_turn(file))


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
        if message.body.get("extras"):
            pipeline.run_extras()
        else:
            pipeline.run()
    except (NotFound, Cancelled, Busy, OutOfTime):
        raise
    except (MediaError, Overrun) as error:
        if isinstance(error, Overrun) and not message.is_last:
            raise  # at last, a shortage of time or memory is taken for the file's own doing
        log.event("not playable", file_id=pipeline.file_id, reason=error.message, log=error.log)
        streams.give_up(pipeline.file_id, error.message)
    except Exception:
        if message.is_last:
            streams.give_up(pipeline.file_id, "The file could not be made into a stream")
        raise


handler = queue(transcode)
