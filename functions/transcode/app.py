"""Worker: makes a file watchable. One SQS message `{"file_id"}`, claimed so that a second delivery does nothing twice.

Killed half-way, the next delivery goes on with what is in the bucket already. Short of time, the worker sends itself
another message. What is the file's own fault is recorded on the file and not tried again.
"""

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from functions.transcode.pipeline import OutOfTime, Pipeline
from shared import jobs, log, storage
from shared.entry.queue import Message, queue
from shared.errors import NotFound
from shared.jobs import Job
from shared.library import files
from shared.media.errors import MediaError, Overrun
from shared.settings import settings

BEAT = 5.0  # seconds between two signs of life
ATTEMPTS = (
    3  # deliveries after which a shortage of time or memory is taken for the file's own doing (the queue's limit)
)
FOLDER = "transcode-"


def transcode(message: Message) -> None:
    file_id = str(message.body["file_id"])
    row = files.find(file_id)
    job = jobs.claim(f"transcode-{file_id}", settings.transcode_queue_url, message.receipt) if row else None
    if row is None or job is None:
        return  # nobody has it any more, or it is done
    try:
        with (
            working_folder() as folder,
            Pipeline(row, folder, message.deadline, again=job.attempt > 1) as pipeline,
            beating(job, pipeline),
        ):
            judge(pipeline, message)
    except OutOfTime:
        job.give_up()
        jobs.send(settings.transcode_queue_url, {"file_id": file_id})
        return
    except NotFound:  # its last owner has left meanwhile
        storage.delete_below(storage.stream_prefix(file_id))
        storage.delete([storage.poster_key(row["category"], file_id)])
    except Exception:
        job.give_up()
        raise
    job.finish()


def judge(pipeline: Pipeline, message: Message) -> None:
    """Run the pipeline, and put down on the file what is the file's fault."""
    try:
        pipeline.run()
    except (MediaError, Overrun) as error:
        if isinstance(error, Overrun) and message.deliveries < ATTEMPTS:
            raise
        log.event("not playable", file_id=pipeline.file_id, reason=error.message, log=error.log)
        pipeline.settle("failed", stream_error=error.message)


@contextmanager
def beating(job: Job, pipeline: Pipeline) -> Iterator[None]:
    """Keep the job ours while the block runs, and tell how far it is."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            try:
                job.beat(pipeline.percent, pipeline.stage, force=True)
            except Exception as error:  # one sign of life missed is no reason to stop; the lease allows for many
                log.failure("beat failed", error, job=job.id)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder for one job. Those of workers that were killed go first: Lambda keeps /tmp from one call to the next."""
    for left in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        pid = left.name.split("-")[1]
        if not (pid.isdigit() and int(pid) != os.getpid() and is_running(int(pid))):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


handler = queue(transcode)
