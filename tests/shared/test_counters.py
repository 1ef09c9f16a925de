"""Counts that many write at once."""

import pytest

from shared import counters
from shared.tables import COMMUNITY

pytestmark = pytest.mark.usefixtures("aws_cloud")


def test_counts_are_added_up_over_their_shards() -> None:
    for _ in range(40):
        counters.bump(COMMUNITY, "a", views=1)
    counters.bump(COMMUNITY, "a", views=-3, uses=2)
    counters.bump(COMMUNITY, "b", views=7)
    found = counters.read_many(COMMUNITY, ["a", "b", "c"])
    assert (found["a"]["views"], found["a"]["uses"], found["b"]["views"], found["c"]["views"]) == (37, 2, 7, 0)
    used = COMMUNITY.get_many(counters.keys("a"))
    assert 1 < len(used) <= counters.SHARDS


def test_a_count_changes_in_the_transaction_of_what_it_counts() -> None:
    COMMUNITY.transact(counters.change("a", likes=1), counters.change("b", likes=2))
    assert counters.read(COMMUNITY, "a")["likes"] == 1
    counters.forget(COMMUNITY, "a")
    assert counters.read(COMMUNITY, "a") == {}
