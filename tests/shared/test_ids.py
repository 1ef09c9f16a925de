"""Identifiers, and the clock they are made by."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize("text", ["a", "film-1", "A_b.c-9", "0", "a.b.c", "x" * 128, str(uuid.UUID(int=7)), "a" * 64])
def test_a_file_id_is_what_is_safe_in_a_key_a_path_and_a_name(text: str) -> None:
    assert ids.is_file_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        ".a",
        "-a",
        "_a",
        "a..b",
        "a/b",
        "a\\b",
        "a b",
        "a\n",
        "\na",
        "a\x00",
        "é",
        "٣",
        "x" * 129,
        "a%2f",
        "a?b",
    ],
)
def test_what_is_not_safe_is_no_file_id(text: str) -> None:
    assert not ids.is_file_id(text)


@settings(max_examples=100, derandomize=True)
@given(st.text(max_size=200))
def test_no_file_id_holds_a_separator_or_leaves_its_folder(text: str) -> None:
    if ids.is_file_id(text):
        assert text.isascii()
        assert text.isprintable()
        assert not set(text) & set("/\\%?#&=:;'\"<> ")
        assert ".." not in text


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
