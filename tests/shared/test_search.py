"""Words and their beginnings."""

import pytest

from shared import search
from shared.tables import COMMUNITY


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'été, déjà!", ["l", "ete", "deja"]),
        ("Œuvre ŒUVRE œuvre", ["oeuvre"]),
        ("ﬁn Straße İstanbul", ["fin", "strasse", "istanbul"]),
        ("snake_case 2026", ["snake", "case", "2026"]),
        ("日本語", ["日本語"]),
        ("!!! 😂", []),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert search.words(text) == words


def test_a_word_is_found_by_its_beginnings_of_two_to_twelve_letters() -> None:
    assert search.prefixes("chat") == ["ch", "cha", "chat"]
    assert search.prefixes("a") == ["a"]
    assert search.prefixes("anticonstitutionnellement")[-1] == "anticonstitu"


@pytest.mark.usefixtures("aws_cloud")
def test_one_query_finds_all_words_in_any_order() -> None:
    for number, text in enumerate(("Le chat noir", "Un chat blanc", "Chaton noir")):
        COMMUNITY.put_many(search.postings("t", str(number), f"2026-{number}", text, {"kept": number}))

    def found(query: str) -> list[str]:
        page = search.find(COMMUNITY, "t", query, 100, None)
        return [row["thing"] for row in page.items if search.matches(row, search.words(query))]

    assert found("noir CHAT") == ["2", "0"]
    assert found("chaton") == found("noi chato") == ["2"]
    assert found("blanc noir") == found("hat") == []
    assert search.find(COMMUNITY, "t", "blanc", 100, None).items[0]["kept"] == 1
