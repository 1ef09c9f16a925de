"""Counts that many write at once: exact, never lost, never read and written back.

    COUNT#<thing>#<shard> / COUNT      one of SHARDS rows, chosen at random for each change, with an attribute a count

A change is one update of one row, alone or in the transaction of what it counts; reading adds the rows up, one
BatchGetItem for 100 of them, so for 12 things. A transaction that meets another on its shard is tried again with
another one: make its actions anew (`retry_contended`).
"""

import random
from collections import Counter
from collections.abc import Iterable

from shared.table import Item, Key, Table, Update

SHARDS = 8  # rows of a thing: some 8,000 changes a second


def keys(thing: str) -> list[Key]:
    return [(f"COUNT#{thing}#{shard}", "COUNT") for shard in range(SHARDS)]


def change(thing: str, **by: int) -> Update:
    """The write that changes counts of a thing: `change("content/1", views=1)`."""
    return Update(random.choice(keys(thing)), add=by)  # noqa: S311


def bump(table: Table, thing: str, **by: int) -> None:
    table.write(change(thing, **by))


def read_many(table: Table, things: Iterable[str]) -> dict[str, Counter[str]]:
    """All counts of each thing, read consistently; one that was never changed is 0."""
    wanted = {thing: keys(thing) for thing in things}
    rows = table.get_many(key for shards in wanted.values() for key in shards)
    return {thing: added_up(rows, thing) for thing in wanted}


def added_up(rows: dict[Key, Item], thing: str) -> Counter[str]:
    """The counts of a thing, of rows that were read together with others."""
    total: Counter[str] = Counter()
    for key in keys(thing):
        total.update({name: n for name, n in rows.get(key, {}).items() if name not in ("pk", "sk")})
    return total


def read(table: Table, thing: str) -> Counter[str]:
    return read_many(table, [thing])[thing]


def forget(table: Table, thing: str) -> None:
    table.delete_many(keys(thing))
