"""Ranked lists: the head is exact whatever comes when, and one read."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import clock, ranked
from shared.ranked import HEAD, LOW, Place, Ranked, Top
from shared.table import Contended, Update, Write
from shared.tables import BY_ORDER, LIBRARY


@pytest.fixture
def best(aws_cloud: None) -> Ranked:
    return Ranked(LIBRARY, BY_ORDER, "toys")


def place(score: int, member: str, **facts: Any) -> Place:
    return Place(f"{score:05d}#{member}", {"score": score}, facts)


def at(score: int, member: str, **facts: Any) -> Callable[[], Place]:
    return lambda: place(score, member, **facts)


def members(best: Ranked, most: int = HEAD) -> list[str]:
    return [entry.member for entry in best.head(most)]


def test_the_best_come_first_and_move_and_leave(best: Ranked) -> None:
    for score, name in ((3, "c"), (5, "a"), (4, "b")):
        best.place(name, at(score, name))
    assert [(entry.member, entry.card) for entry in best.head(2)] == [("a", {"score": 5}), ("b", {"score": 4})]
    best.place("c", lambda: place(9, "c"))
    best.place("a", lambda: None)
    best.place("never there", lambda: None)
    assert members(best) == ["c", "b"]


def test_an_entry_without_an_order_is_kept_out_of_the_list(best: Ranked) -> None:
    best.place("a", lambda: place(5, "a"))
    best.place("a", lambda: Place(None, {}, {"n": 1}))
    assert members(best) == []


def test_what_belongs_to_a_change_is_written_with_it_and_once(best: Ranked) -> None:
    def add_up(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Write]:
        return [Update(("SUM", "SUM"), add={"n": after.get("n", 0) - before.get("n", 0)})]

    for n in (5, 5, 2, 7):
        best.place("a", at(n, "a", n=n), add_up)
        best.place("b", lambda: place(1, "b", n=1), add_up)
    assert (LIBRARY.get("SUM", "SUM") or {})["n"] == 8
    best.place("a", lambda: None, add_up)
    assert (LIBRARY.get("SUM", "SUM") or {})["n"] == 1


def test_what_was_true_before_never_overwrites_what_is_true_now(best: Ranked) -> None:
    def overtaken() -> Iterator[Place]:
        """While the first was looking, another has seen a newer truth and written it."""
        best.place("a", at(random.randrange(100), "a"))  # noqa: S311
        best.place("a", at(9, "a"))
        yield place(1, "a")
        yield place(9, "a")

    truths = overtaken()
    best.place("a", lambda: next(truths))
    assert best.head()[0].card == {"score": 9}
    again = overtaken()
    with pytest.raises(Contended):
        best.place("a", lambda: next(again), tries=1)


def test_a_member_that_left_is_not_brought_back_by_who_looked_before(best: Ranked) -> None:
    def while_it_leaves() -> Iterator[Place | None]:
        best.place("a", lambda: place(5, "a"))
        best.place("a", lambda: None)
        yield place(5, "a")
        yield None

    truths = while_it_leaves()
    best.place("a", lambda: next(truths))
    assert members(best) == []
    row = LIBRARY.get(*best.entry_key("a")) or {}
    assert clock.now() < row["expires"] < clock.now() + 2 * 3600  # remembered for a while only


def test_a_long_list_is_refilled_when_its_head_empties(best: Ranked) -> None:
    count = HEAD + 10
    for n in range(count):
        best.place(f"m{n:03d}", at(n, f"m{n:03d}"))
    in_order = [f"m{n:03d}" for n in reversed(range(count))]
    assert members(best) == in_order[:HEAD]
    top = Top()
    for name in in_order[: HEAD - LOW + 1]:
        assert not top.is_low
        top = best.place(name, lambda: None)
    assert top.is_low
    assert members(best) == in_order[HEAD - LOW + 1 : HEAD]
    assert best.refill()
    assert members(best) == in_order[HEAD - LOW + 1 :]
    assert not best.refill()  # nothing left to find


def test_a_demoted_entry_makes_room_for_those_behind_it(best: Ranked) -> None:
    for n in range(HEAD + 2):
        best.place(f"m{n:03d}", at(n + 10, f"m{n:03d}"))
    best.place("m031", lambda: place(1, "m031"))
    assert "m031" not in members(best)
    assert len(members(best)) == HEAD - 1  # who is next is not known without looking
    best.refill()
    assert members(best)[-1] == "m001"


@settings(max_examples=60, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 9)), max_size=150))
def test_the_head_holds_every_entry_above_its_floor(moves: list[tuple[int, int | None]]) -> None:
    top, truth = Top(), dict[str, str]()
    for member, score in moves:
        name = f"m{member:02d}"
        now = None if score is None else place(score, name)
        top = top.moved(name, now)
        truth.pop(name, None)
        if now and now.order:
            truth[name] = now.order
    above = sorted((order for order in truth.values() if order > top.floor), reverse=True)
    assert [entry.order for entry in top.entries] == above
    assert len(top.entries) <= HEAD


def test_entries_are_spread_over_many_partitions(best: Ranked) -> None:
    used = {best.entry_key(f"{random.Random(n).random()}")[0] for n in range(500)}  # noqa: S311
    assert len(used) == ranked.SHARDS
