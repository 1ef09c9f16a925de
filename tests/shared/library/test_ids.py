"""File ids: what clients may choose."""

import unicodedata
import uuid
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.openapi import apis
from shared.errors import Invalid
from shared.library import ids


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "film-1",
        "A_b.c-9",
        ".a",
        "-a",
        "Mon film (1999).mp4",
        "été",
        "e\u0301te\u0301",
        "映画 第1話",
        "हिन्दी",
        "٣",
        "x" * 200,
        "é" * 100,
        "Capture 10\u202f30\u202fPM.png",
        str(uuid.UUID(int=7)),
    ],
)
def test_letters_and_digits_of_any_script_make_a_file_id(text: str) -> None:
    assert ids.is_file_id(text)
    assert ids.new(text) == text  # as it was sent


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a..b",
        "a/b",
        "a\\b",
        " a",
        "a ",
        "a\n",
        "\na",
        "a\tb",
        "a\x00",
        "x" * 201,
        "é" * 101,
        "a%2f",
        "a?b",
        *["a#b", "a&b", "a'b", 'a"b', "a<b", "a+b", "a*b", "a:b", "\ud800", "a\u202eb", "a\u200bb", "a\u2028b", "🎬"],
    ],
)
def test_anything_else_does_not(text: str) -> None:
    assert not ids.is_file_id(text)
    with pytest.raises(Invalid) as caught:
        ids.new(text)
    assert caught.value.details["field"] == "fileId"


@settings(max_examples=200, derandomize=True)
@given(st.text(alphabet=st.characters() | st.sampled_from("ab_-.() ")))
def test_no_file_id_holds_a_separator_or_leaves_its_folder(text: str) -> None:
    if ids.is_file_id(text):
        assert not set(text) & set("/\\%?#&=+*:;'\"<>")
        assert all(unicodedata.category(one)[0] in "LMNPZ" for one in text)
        assert ".." not in text
        assert unquote(quote(text, safe="")) == text


def test_no_word_of_an_address_is_an_id() -> None:
    """Wherever one route has a file id and another a word at the same place, that word is taken."""
    paths = {tuple(route.path.split("/")) for app in apis().values() for route in app.table}
    words = {
        word
        for path in paths
        for other in paths
        for place, word in enumerate(other)
        if "{file_id}" in path[place : place + 1] and not word.startswith("{") and path[:place] == other[:place]
    }
    assert {"top10", "user"} <= words
    named = {path[-1] for path in paths if "{file_id}" in path[:-1] and not path[-1].startswith("{")}
    assert words | named <= ids.RESERVED
