"""The best rated files of a library, and the best rated series in it: rows in ranked order, kept up to date by writes.

A list of everybody's files would hand their ids, and so their bytes, to strangers. So each account's list ranks the
files it has or has rated, by everybody's ratings. Access patterns, all in the Library table:
    an account's best files     OWNER#<account> / RANKED#<file>     by_order  lsi1 = RANK#<category>#<score>#<file>
    an account's best series    OWNER#<account> / SERIES#<series>   by_order  lsi1 = SERIES#<category>#<score>#<source>
`publish` makes one account's rows say what is true of one file now. It may be called any number of times: by the
request that changed something, for its own caller, and by the rank worker for the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared import jobs
from shared.library import files, ratings
from shared.library.ratings import Aggregate
from shared.settings import settings
from shared.table import Delete, Item, Put, Write, retry_contended
from shared.tables import BY_ORDER, LIBRARY

ABSENT = "attribute_not_exists(pk)"
GATHER = 10  # seconds of changes to one file that the other accounts' lists learn in one go


@dataclass(frozen=True, slots=True)
class Standing:
    """One file's place in a list: what a ranked row holds. `source_id` is empty for a file of no series."""

    category: str
    source_id: str
    aggregate: Aggregate


def score(aggregate: Aggregate) -> str:
    """Sorts as average, then count: `4.80` with 125 ratings is `4800000#0000000125`."""
    exact = aggregate.total / aggregate.count if aggregate.count else 0.0
    return f"{round(exact * 1_000_000):07d}#{aggregate.count:010d}"


def ranked_key(account_id: str, file_id: str) -> tuple[str, str]:
    return f"OWNER#{account_id}", f"RANKED#{file_id}"


def series_key(account_id: str, category: str, source_id: str) -> tuple[str, str]:
    return f"OWNER#{account_id}", f"SERIES#{category}#{source_id}"


def best_files(account_id: str, category: str, most: int = 10) -> list[Item]:
    return _best(account_id, f"RANK#{category}#", most)


def best_series(account_id: str, category: str, most: int = 10) -> list[Item]:
    return _best(account_id, f"SERIES#{category}#", most)


def _best(account_id: str, prefix: str, most: int) -> list[Item]:
    return LIBRARY.query(f"OWNER#{account_id}", prefix, index=BY_ORDER, limit=most, newest_first=True).items


def publish(account_id: str, file_id: str) -> None:
    """Bring one account's ranking of one file, and of its series, up to date."""

    def attempt() -> None:
        rows = LIBRARY.get_many(
            [
                files.key(file_id),
                files.link_key(account_id, file_id),
                ratings.rating_key(file_id, account_id),
                ratings.aggregate_key(file_id),
                ranked_key(account_id, file_id),
            ]
        )
        row = rows.get(ranked_key(account_id, file_id))
        old = standing_of(row) if row else None
        seen = files.link_key(account_id, file_id) in rows or ratings.rating_key(file_id, account_id) in rows
        new = true_standing(rows.get(files.key(file_id)), rows.get(ratings.aggregate_key(file_id))) if seen else None
        if new != old:
            LIBRARY.transact(_ranked(account_id, file_id, row, new), *_series(account_id, old, new))

    retry_contended(attempt)


def job_of(file_id: str) -> str:
    return f"rank-{file_id}"


def publish_to_others(file_id: str) -> None:
    """Have the rank worker do the same for everybody else who has or has rated the file."""
    jobs.send_once(settings.rank_queue_url, job_of(file_id), {"file_id": file_id}, GATHER)


def true_standing(meta: Item | None, aggregate: Item | None) -> Standing | None:
    """What is true of a file now; None when it is not to be ranked."""
    whole = ratings.aggregate_of(aggregate)
    if meta is None or meta["owners"] == 0 or whole.count == 0:
        return None
    return Standing(meta["category"], str(meta.get("source_id") or ""), whole)


def standing_of(row: Mapping[str, Any]) -> Standing:
    return Standing(row["category"], row["source_id"], Aggregate(row["n"], row["total"]))


def _ranked(account_id: str, file_id: str, row: Item | None, new: Standing | None) -> Write:
    key = ranked_key(account_id, file_id)
    condition, values = ("#version = :seen", {"seen": row["version"]}) if row else (ABSENT, {})
    if new is None:
        return Delete(key, condition, values)
    item = {
        "pk": key[0],
        "sk": key[1],
        "file_id": file_id,
        "category": new.category,
        "source_id": new.source_id,
        "n": new.aggregate.count,
        "total": new.aggregate.total,
        "version": (row["version"] if row else 0) + 1,
        "lsi1": f"RANK#{new.category}#{score(new.aggregate)}#{file_id}",
    }
    return Put(item, condition, values)


def _series(account_id: str, old: Standing | None, new: Standing | None) -> list[Write]:
    """The series rows that a file's change moves: the one it leaves, the one it joins, or the one it stays in."""
    changes: dict[tuple[str, str], Aggregate] = {}
    episodes: dict[tuple[str, str], int] = {}
    for standing, sign in ((old, -1), (new, 1)):
        if standing is None or not standing.source_id:
            continue
        series = standing.category, standing.source_id
        was = changes.get(series, Aggregate())
        moved = standing.aggregate
        changes[series] = Aggregate(was.count + sign * moved.count, was.total + sign * moved.total)
        episodes[series] = episodes.get(series, 0) + sign
    keys = {series: series_key(account_id, *series) for series in changes}
    rows = LIBRARY.get_many(keys.values())
    return [
        _moved(keys[series], series, rows.get(keys[series]), changes[series], episodes[series]) for series in changes
    ]


def _moved(key: tuple[str, str], series: tuple[str, str], row: Item | None, change: Aggregate, episodes: int) -> Write:
    category, source_id = series
    before = row or {"n": 0, "total": 0, "episodes": 0, "version": 0}
    whole = Aggregate(before["n"] + change.count, before["total"] + change.total)
    condition, values = ("#version = :seen", {"seen": row["version"]}) if row else (ABSENT, {})
    if before["episodes"] + episodes <= 0:
        return Delete(key, condition, values)
    item = {
        "pk": key[0],
        "sk": key[1],
        "source_id": source_id,
        "n": whole.count,
        "total": whole.total,
        "episodes": before["episodes"] + episodes,
        "version": before["version"] + 1,
        "lsi1": f"SERIES#{category}#{score(whole)}#{source_id}",
    }
    return Put(item, condition, values)
