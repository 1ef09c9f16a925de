"""Ratings: one per account and file, changeable; the average is maintained, never summed up on reading.

Access patterns, all in the Library table:
    an account's rating of a file     FILE#<id> / RATING#<account>
    a file's count and sum            FILE#<id> / RATINGS
Both change in one transaction. It refuses when the account's own rating is not the one it started from, so the same
person in two tabs counts once; the aggregate is added to, so different people never wait for each other's numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared import clock
from shared.library import files
from shared.table import ABSENT, Key, Put, Update, retry_contended
from shared.tables import LIBRARY


@dataclass(frozen=True, slots=True)
class Aggregate:
    count: int = 0
    total: int = 0

    @property
    def average(self) -> float:
        """Mean to one decimal, halves up; 0 without a rating."""
        return int(self.total * 10 / self.count + 0.5) / 10 if self.count else 0.0

    @classmethod
    def of_item(cls, row: Mapping[str, Any] | None) -> "Aggregate":
        return cls(int(row["n"]), int(row["total"])) if row else cls()


def rating_key(file_id: str, account_id: str) -> Key:
    return f"FILE#{file_id}", f"RATING#{account_id}"


def aggregate_key(file_id: str) -> Key:
    return f"FILE#{file_id}", "RATINGS"


def read(file_id: str, account_id: str) -> tuple[int | None, Aggregate]:
    """An account's own rating, and everybody's: one BatchGetItem."""
    rows = LIBRARY.get_many([rating_key(file_id, account_id), aggregate_key(file_id)])
    own, whole = rows.get(rating_key(file_id, account_id)), rows.get(aggregate_key(file_id))
    return (int(own["rating"]) if own else None), Aggregate.of_item(whole)


def rate(file_id: str, account_id: str, rating: int) -> Aggregate:
    """Set an account's rating (1 to 5); returns the aggregate with it. Raises NotFound for a file nobody has."""

    def attempt() -> Aggregate:
        old, before = read(file_id, account_id)
        after = Aggregate(before.count + (old is None), before.total + rating - (old or 0))
        pk, sk = rating_key(file_id, account_id)
        row = {"pk": pk, "sk": sk, "account_id": account_id, "rating": rating, "rated_at": clock.iso()}
        own = Put(row, ABSENT) if old is None else Put(row, "#rating = :old", {"old": old})
        LIBRARY.transact(
            own,
            Update(aggregate_key(file_id), add={"n": after.count - before.count, "total": after.total - before.total}),
            files.is_open(file_id),
        )
        return after

    return retry_contended(attempt)
