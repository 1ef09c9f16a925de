"""Where people stopped watching: saved as they watch, listed for "continue watching"."""

from typing import Annotated

from msgspec import Meta, Struct

from shared.cache import LIVE
from shared.entry.http import http
from shared.errors import Forbidden, Invalid
from shared.library import ids, progress
from shared.library.progress import Progress
from shared.web import REQUIRED, Call, api, get, post
from shared.web.dialects import library

Seconds = Annotated[float, Meta(ge=0, le=1e9)]


class FilePath(Struct):
    file_id: str


class UserPath(Struct):
    user_id: str


class NewProgress(Struct):
    """`current_time` and `duration` in seconds."""

    current_time: Seconds
    duration: Annotated[float, Meta(gt=0, le=1e9)]
    user_id: Annotated[str, Meta(min_length=1, max_length=256)]


class MyProgress(Struct):
    """`progress_percent` to one decimal; `last_watched` in milliseconds since the epoch."""

    user_id: str
    file_id: str
    current_time: float
    duration: float
    progress_percent: float
    last_watched: int


class Progressions(Struct):
    progressions: list[Progress]


class Done(Struct):
    success: bool


def my_progress(call: Call[None, None, FilePath]) -> MyProgress | None:
    """Where the caller stopped, or null."""
    found = progress.find(call.account, call.path.file_id)
    if found is None:
        return None
    return MyProgress(
        call.account, found.file_id, found.current_time, found.duration, found.progress_percent, found.last_watched
    )


def save(call: Call[NewProgress, None, FilePath]) -> Done:
    """Remember where the caller is."""
    if not ids.is_file_id(call.path.file_id):
        raise Invalid(field="fileId", constraint=ids.WANTED)
    account_id = call.acting_as(call.body.user_id)
    progress.save(account_id, call.path.file_id, call.body.current_time, call.body.duration)
    return Done(True)


def recent(call: Call[None, None, UserPath]) -> Progressions:
    """The last 20 films the caller began and has not finished (5 % < progress < 95 %), latest first."""
    if call.path.user_id != call.account:
        raise Forbidden(explanation="userId is not the caller's")
    return Progressions(progress.unfinished(call.account))


app = api(
    get(
        "/api/watch-progress/user/{user_id}",
        recent,
        path=UserPath,
        returns=Progressions,
        caller=REQUIRED,
        cache=LIVE,
    ),
    get(
        "/api/watch-progress/{file_id}",
        my_progress,
        path=FilePath,
        returns=MyProgress | None,
        caller=REQUIRED,
        cache=LIVE,
    ),
    post("/api/watch-progress/{file_id}", save, path=FilePath, body=NewProgress, returns=Done, caller=REQUIRED),
    dialect=library,
)
handler = http(app)
