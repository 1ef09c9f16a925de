"""Pages of long lists."""

from typing import Any

import pytest

from shared import paging
from shared.errors import Invalid
from shared.paging import PageQuery
from shared.table import Item, Page


class List:
    """A list of so many rows, which counts what is read of it."""

    def __init__(self, length: int) -> None:
        self.length, self.read = length, 0

    def __call__(self, limit: int, cursor: str | None) -> Page:
        start = int(cursor) + 1 if cursor else 0
        rows: list[Item] = [{"n": number} for number in range(start, min(start + limit, self.length))]
        self.read += len(rows)
        end = start + len(rows)
        return Page(rows, str(end - 1) if end < self.length else None)


def cursor_of(row: Item) -> str:
    return str(row["n"])


def numbers(page: paging.Page) -> list[int]:
    return [row["n"] for row in page.rows]


def page(rows: List, keep: Any = paging.everything, **query: Any) -> paging.Page:
    return paging.page(PageQuery(**query), rows, cursor_of, keep)


def test_an_offset_and_a_cursor_lead_to_the_same() -> None:
    first = page(List(25))
    assert (numbers(first), first.total, first.offset) == (list(range(10)), 25, 0)
    second = page(List(25), cursor=first.next_cursor)
    assert numbers(second) == numbers(page(List(25), offset=10)) == list(range(10, 20))
    assert (second.total, second.offset) == (25, 10)
    third = page(List(25), cursor=second.next_cursor)
    assert (numbers(third), third.next_cursor) == (list(range(20, 25)), None)


def test_every_row_comes_once_whatever_is_filtered() -> None:
    def keep(row: Item) -> bool:
        return bool(row["n"] % 7 == 0)

    found, cursor = [], None
    while True:
        one = page(List(3000), keep, limit=9, cursor=cursor)
        found += numbers(one)
        if (cursor := one.next_cursor) is None:
            break
        assert one.total == 429
    assert found == list(range(0, 3000, 7))


@pytest.mark.parametrize(("length", "total"), [(0, 0), (999, 999), (1000, 1000), (1001, 1000), (50_000, 1000)])
def test_a_total_is_exact_up_to_a_thousand(length: int, total: int) -> None:
    assert page(List(length)).total == total


def test_a_page_costs_no_more_in_a_longer_list() -> None:
    for query in ({"limit": 10}, {"limit": 10, "offset": 500}):
        few, many = List(2000), List(1_000_000)
        page(few, **query)
        page(many, **query)
        assert few.read == many.read <= paging.COUNTED + 1
    cursor = page(List(1_000_000)).next_cursor
    rows = List(1_000_000)
    page(rows, cursor=cursor)
    assert rows.read == 11


def test_a_filter_that_fits_nothing_is_given_up_and_can_be_gone_on_with() -> None:
    rows = List(1_000_000)
    one = page(rows, lambda row: row["n"] == 20_000)
    assert (one.rows, rows.read <= paging.LOOKED + paging.COUNTED) == ([], True)
    for _ in range(10):
        one = page(rows, lambda row: row["n"] == 20_000, cursor=one.next_cursor)
        if one.rows:
            break
    assert numbers(one) == [20_000]


@pytest.mark.parametrize("cursor", ["", "x", "W10", "bnVsbA", "é", "WyJhIiwxZTksMV0", "W" * 2000])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        page(List(5), cursor=cursor)
    assert refused.value.details["field"] == "cursor"


def test_a_list_at_hand_is_paged_the_same() -> None:
    rows: list[Item] = [{"n": number} for number in range(25)]
    first = paging.of_rows(PageQuery(), rows)
    second = paging.of_rows(PageQuery(cursor=first.next_cursor), rows)
    assert numbers(second) == numbers(paging.of_rows(PageQuery(offset=10), rows)) == list(range(10, 20))
    last = paging.of_rows(PageQuery(offset=20), rows)
    assert (numbers(last), last.total, last.next_cursor) == (list(range(20, 25)), 25, None)
    assert paging.of_rows(PageQuery(offset=99), rows).rows == []
