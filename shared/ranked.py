"""A ranked list: the best of many members, which one read gives, and no partition takes every change.

    best = Ranked(LIBRARY, BY_ORDER, "films")
    best.head(10)                        one consistent GetItem: the best entries, with what a card needs
    best.place(member, find)             make a member's place what `find()` says is true now
    best.refill()                        for a worker: find what follows, after many have left the head

Any list that is sorted by a number which changes with events fits: averages, counts, a `trend` whose score grows with
the time of the event instead of decaying. `find` returns a Place, whose `order` sorts as text, the best last, or None
when the member is not to be ranked. It must read consistently: `place` calls it after it has seen the member's entry,
and writes only if that entry is still the same, so an older truth never overwrites a newer one.

Rows, in the table and with the local index that are given:
    RANKED#<list>            / HEAD           the best HEAD entries, whole. Every entry above `floor` is among them
    RANKED#<list>#<shard>    / <member>       one entry; in the index by its order, unless it has left

An entry and the head change in one transaction. Entries are spread over SHARDS partitions; the head is written only
when it changes, so most changes never touch it. One try of `place` costs 2 reads and a transaction. In a request, give
it one try, and leave it to a queue's worker when that meets another change (`Contended`): the worker's concurrency
bounds how often a hot list is written. An entry that leaves stays for an hour without its place, as a memory of its
version.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from shared import clock
from shared.table import ABSENT, Index, Item, Key, Put, Table, Write, retry_contended

HEAD = 30  # entries of the head: at most some 3 KB each, far below the 400 KB of an item
LOW = 15  # entries of the head below which it is refilled
SHARDS = 16  # partitions of a list's entries: 16,000 writes a second
LEFT_SECONDS = 3600


class Place(Struct, frozen=True):
    """`order` None keeps the entry out of the list. `card` is shown with it, `facts` are kept for `also`."""

    order: str | None
    card: dict[str, Any] = {}
    facts: dict[str, Any] = {}


class Entry(Struct, frozen=True):
    member: str
    order: str
    card: dict[str, Any]


class Top(Struct, frozen=True):
    """The head of a list, best first."""

    version: int = 0
    floor: str = ""
    entries: list[Entry] = []

    @property
    def is_low(self) -> bool:
        return bool(self.floor) and len(self.entries) < LOW

    def moved(self, member: str, place: Place | None) -> "Top":
        """The head with one member where it belongs."""
        entries = [one for one in self.entries if one.member != member]
        if place and place.order and place.order > self.floor:
            entries.append(Entry(member, place.order, place.card))
        entries.sort(key=lambda one: one.order, reverse=True)
        floor = entries[HEAD].order if len(entries) > HEAD else self.floor
        return Top(self.version + 1, floor, entries[:HEAD])


Also = Callable[[Mapping[str, Any], Mapping[str, Any]], Sequence[Write]]


def nothing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[Write]:
    return ()


class Ranked:
    def __init__(self, table: Table, by_order: Index, name: str) -> None:
        self.table, self.by_order, self.name = table, by_order, name

    @property
    def head_key(self) -> Key:
        return f"RANKED#{self.name}", "HEAD"

    def entry_key(self, member: str) -> Key:
        digest = hashlib.blake2s(member.encode(), digest_size=2).digest()
        return self.shard(int.from_bytes(digest) % SHARDS), member

    def shard(self, number: int) -> str:
        return f"RANKED#{self.name}#{number:02d}"

    def head(self, most: int = 10) -> list[Entry]:
        """The best, best first: one consistent read."""
        return _top(self.table.get(*self.head_key)).entries[:most]

    def place(self, member: str, find: Callable[[], Place | None], also: Also = nothing, tries: int = 10) -> Top:
        """Make the member's place what `find` says; the head afterwards.

        `also` says what else belongs to the change, from the facts of the entry before and after it. It is written in
        the same transaction. Raises Contended when other changes kept coming between.
        """
        return retry_contended(lambda: self._place(member, find, also), tries)

    def _place(self, member: str, find: Callable[[], Place | None], also: Also) -> Top:
        rows = self.table.get_many([self.entry_key(member), self.head_key])
        entry, top = rows.get(self.entry_key(member)), _top(rows.get(self.head_key))
        place = find()
        changes: list[Write] = []
        before = self._place_of(entry)
        if before != place:
            changes.append(self._entry(member, entry, place))
            changes += also(before.facts if before else {}, place.facts if place else {})
        new = top.moved(member, place)
        if (new.floor, new.entries) != (top.floor, top.entries):
            changes.append(self._head(top, new))
        if changes:
            self.table.transact(*changes)
        return new

    def refill(self) -> bool:
        """Write the head from the entries' own order, a query a shard; whether that changed it.

        Who saw the old head may be writing an entry at this moment, which would be missed: after a change, do it again
        when that request must have ended.
        """
        return retry_contended(self._refill)

    def _refill(self) -> bool:
        top = _top(self.table.get(*self.head_key))
        found: list[Entry] = []
        for number in range(SHARDS):
            page = self.table.query(self.shard(number), index=self.by_order, newest_first=True, limit=HEAD + 1)
            found += [Entry(row["sk"], row[self.by_order.sk], row["card"]) for row in page.items]
        found.sort(key=lambda one: one.order, reverse=True)
        new = Top(top.version + 1, found[HEAD].order if len(found) > HEAD else "", found[:HEAD])
        if (new.floor, new.entries) == (top.floor, top.entries):
            return False
        self.table.transact(self._head(top, new))
        return True

    def _place_of(self, row: Item | None) -> Place | None:
        """What an entry's row says; None also when it has left."""
        return None if row is None or "left" in row else Place(row.get(self.by_order.sk), row["card"], row["facts"])

    def _entry(self, member: str, row: Item | None, place: Place | None) -> Put:
        pk, sk = self.entry_key(member)
        version = int(row["version"]) if row else 0
        item: dict[str, Any] = {"pk": pk, "sk": sk, "version": version + 1}
        if place is None:
            item |= {"left": True, "expires": int(clock.now()) + LEFT_SECONDS}
        else:
            item |= {"card": place.card, "facts": place.facts}
            item |= {self.by_order.sk: place.order} if place.order else {}
        return Put(item, *_unchanged(version))

    def _head(self, old: Top, new: Top) -> Put:
        pk, sk = self.head_key
        return Put({"pk": pk, "sk": sk, **msgspec.to_builtins(new)}, *_unchanged(old.version))


def _unchanged(version: int) -> tuple[str, dict[str, int]]:
    return ("#version = :seen", {"seen": version}) if version else (ABSENT, {})


def _top(row: Item | None) -> Top:
    return msgspec.convert(row, Top) if row else Top()
