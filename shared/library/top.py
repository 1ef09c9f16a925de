"""The best rated of all files and series of the platform, by average, then by count.

Two ranked lists (`shared/ranked.py`) a category:
    films/<category>     its files, but in `videos` no episodes
    series/<category>    what its episodes add up to (`series`), by their `source_id`
An episode has a season or an episode number, or comes from TMDB's television side.

`publish` brings a file's place, and that of its series, up to date. The request that changed something tries once; when
other changes come between, it is left to the rank worker, which tries until it is done.
"""

from collections.abc import Callable
from functools import partial

from shared import jobs
from shared.library import files, ratings, series
from shared.library.cards import averages, card, score
from shared.library.ratings import Aggregate
from shared.ranked import Also, Entry, Place, Ranked, nothing
from shared.settings import settings
from shared.table import Contended
from shared.tables import BY_ORDER, LIBRARY

GATHER = 10  # seconds of changes to one file that the worker sees to in one go
REFILL_AGAIN = 45  # seconds after which no request is left that saw the head before it was refilled


def film_list(category: str) -> Ranked:
    return Ranked(LIBRARY, BY_ORDER, f"films/{category}")


def series_list(category: str) -> Ranked:
    return Ranked(LIBRARY, BY_ORDER, f"series/{category}")


def best_files(category: str) -> list[Entry]:
    return film_list(category).head()


def best_series(category: str) -> list[Entry]:
    return series_list(category).head()


# ---- keeping them


def publish(file_id: str, category: str, tries: int = 1) -> None:
    """Bring the place of a file, and of the series it is or was in, up to date. Safe to repeat.

    Raises Contended when the file's own change met others; a series that meets others is left to the worker.
    """
    touched: set[str] = set()
    add_up = partial(series.changes, category, touched)
    _placed(film_list(category), file_id, partial(_film, file_id), add_up, tries)
    for source_id in sorted(touched):
        _now_or_soon(publish_series, source_id, category, tries)


def publish_series(source_id: str, category: str, tries: int = 1) -> None:
    """Bring the place of a series up to date with its row. Raises Contended."""
    _placed(series_list(category), source_id, partial(series.place, source_id, category), nothing, tries)


def publish_now(file_id: str, category: str) -> None:
    """For a request: at once if nobody else is at it, else by the worker."""
    _now_or_soon(publish, file_id, category, 1)


def refill(name: str) -> None:
    """For the worker: fill a head up, and look again after a change."""
    if Ranked(LIBRARY, BY_ORDER, name).refill():
        jobs.send(settings.rank_queue_url, {"refill": name}, REFILL_AGAIN)


def job_of(publish: str, member: str, category: str) -> str:
    """A series may be called as a file is, or as one of another category: each has its own turn."""
    return f"rank-{publish}-{category}-{member}"


def _placed(ranked: Ranked, member: str, find: Callable[[], Place | None], also: Also, tries: int) -> None:
    if ranked.place(member, find, also, tries).is_low:
        jobs.send(settings.rank_queue_url, {"refill": ranked.name})


def _now_or_soon(publish: Callable[[str, str, int], None], member: str, category: str, tries: int) -> None:
    try:
        publish(member, category, tries)
    except Contended:
        message = {"publish": publish.__name__, "member": member, "category": category}
        jobs.send_once(settings.rank_queue_url, job_of(**message), message, GATHER)


def _film(file_id: str) -> Place | None:
    """Where a file stands now; None when nobody has it, or nobody has rated it."""
    rows = LIBRARY.get_many([files.key(file_id), ratings.aggregate_key(file_id)])
    whole = Aggregate.of_item(rows.get(ratings.aggregate_key(file_id)))
    item = rows.get(files.key(file_id))
    file = files.of_item(item) if item else None
    if file is None or file.owners == 0 or whole.count == 0:
        return None
    listed = not (file.is_episode and file.category == "videos")
    return Place(
        f"{score(whole)}#{file_id}" if listed else None,
        {"file_id": file_id, **card(file), **averages(whole)},
        series.share(file, whole),
    )
