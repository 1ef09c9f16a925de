"""Identifiers, and the clock they are made by."""

import uuid

import pytest

from shared import clock, ids


def test_sortable_ids_sort_as_the_time_does(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for moment in (0.0, 1.0, 1.5, 1e6, 1.8e9, 1.8e9 + 0.002, 2.5e11):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        made.append(ids.sortable())
    assert made == sorted(made)
    assert {len(one) for one in made} == {26}
    assert set("".join(made)) <= set(ids.CROCKFORD)


def test_ids_made_in_the_same_millisecond_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1.8e9)
    assert len({ids.sortable() for _ in range(1000)}) == 1000
    assert uuid.UUID(ids.account_id()).version == 4


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_769_256_000, "2026-01-24T12:00:00.000Z"),
        (1_769_256_000.1239, "2026-01-24T12:00:00.123Z"),
        (1_769_256_000.9999, "2026-01-24T12:00:00.999Z"),
    ],
)
def test_a_moment_is_written_in_utc_with_milliseconds(seconds: float, written: str) -> None:
    assert clock.iso(seconds) == written


def test_now_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1_769_256_000.5)
    assert clock.now_ms() == 1_769_256_000_500
    assert clock.iso() == "2026-01-24T12:00:00.500Z"
