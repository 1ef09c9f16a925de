"""Making a file watchable, as far as the library knows of it: what is asked of the worker, whose turn it is, and what
is said of a file that no worker can do.

Two stages, each a job on a queue of its own. The first ends when the file can be played; what goes with it (subtitles,
seek previews, lower renditions, the rest of a long encoding) waits behind every file that cannot be played yet.
"""

from shared import clock, edge, jobs, storage
from shared.errors import NotFound
from shared.jobs import Turn, turns
from shared.library import caching, due, files, keys, library
from shared.library.files import File
from shared.settings import settings
from shared.tables import LIBRARY

AT_ONCE, EXTRAS_AT_ONCE = 2, 1  # files of one account that are worked on at a time, in either stage
LATE = 15 * 60  # seconds between two looks at a file that cannot be played yet
MASTER = "master.m3u8"
END = "#EXT-X-ENDLIST"
OUT_OF_REACH = "The file takes more time or memory to be made into a stream than there is"


def ask(file_id: str) -> None:
    """Have a file made watchable."""
    jobs.send(settings.transcode_queue_url, {"file_id": file_id})


def ask_for_extras(file_id: str) -> None:
    """Have made what goes with it, and what is left of its best rendition."""
    jobs.send(settings.extras_queue_url, {"file_id": file_id, "extras": True})


def first_turn(file: File) -> Turn:
    """Whoever uploaded the file has its turn."""
    return Turn("transcode", file.uploaded_by, AT_ONCE, settings.transcode_queue_url, file.created_at)


def extras_turn(file: File) -> Turn:
    return Turn("extras", file.uploaded_by, EXTRAS_AT_ONCE, settings.extras_queue_url, file.created_at)


def look_after(file_id: str) -> None:
    """For the sweep: a file that should be ready by now is asked for again, unless it waits for its turn."""
    file = files.find(file_id)
    if file is None or file.stream_state != "pending":
        return
    job_id = files.stream_jobs(file_id)[file.stream_ready]
    job = jobs.find(job_id)
    if job is not None and job.stage == jobs.WAITING:
        turns.wake(extras_turn(file) if file.stream_ready else first_turn(file))
    elif file.stream_ready:
        ask_for_extras(file_id)
    else:
        ask(file_id)
    LIBRARY.write(due.at(clock.now() + LATE, "stream", file_id))


def give_up(file_id: str, reason: str = OUT_OF_REACH) -> None:
    """No worker can do it: a file that is still pending has failed; as far as it can be played, it is ready."""
    file = files.find(file_id)
    if file is None or file.stream_state != "pending":
        return
    if file.stream_ready:
        end_playlists(file_id)
    if files.given_up(file, {"stream_state": "ready" if file.stream_ready else "failed", "stream_error": reason}):
        library.changed(file)


def end_playlists(file_id: str) -> None:
    """What has been made is all there will be: players stop asking for more."""
    prefix = keys.stream_prefix(file_id)
    for name in [one for one in storage.names(prefix) if one.endswith(".m3u8") and one != MASTER]:
        text = (storage.read(prefix + name) or b"").decode()
        if text and END not in text:
            storage.put(
                prefix + name, f"{text}{END}\n".encode(), "application/vnd.apple.mpegurl", caching.PLAYLIST.control
            )
            edge.invalidate(f"/{prefix}{name}")


def buried(file_id: str, extras: bool) -> None:
    """A message for this file is among the dead letters: unless a worker still holds the job, it is given up."""
    try:
        job = jobs.abandon(files.stream_jobs(file_id)[extras], "GIVEN_UP", OUT_OF_REACH)
    except NotFound:
        job = None
    if job is None or job.state != "running":
        give_up(file_id)
