"""Finding texts by words and their beginnings, accents and case folded, in any order.

An inverted index of word prefixes, one row a posting, newest last:

    TERM#<scope>#<prefix> / <order>#<thing>      with all the words of the text, and what the domain filters by

One query answers any number of words: it reads the postings of the longest, and compares the others with the words that
each posting carries. Postings are written before the text they lead to and removed after it, so one that leads nowhere
can be left behind by a crash, and no text is ever without its own. Readers look at the thing itself anyway.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from shared.table import Item, Page, Table

SHORTEST, LONGEST = 2, 12  # letters of a prefix
MOST_WORDS = 64  # of a text
WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Without case, accents, ligatures: "Œuvre Été" is "oeuvre ete"."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae")).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The different words of a text, folded, in order."""
    return list(dict.fromkeys(WORD.findall(folded(text))))[:MOST_WORDS]


def prefixes(word: str) -> list[str]:
    """What leads to a word: its beginnings, or a word of one letter itself."""
    return [word[:length] for length in range(min(SHORTEST, len(word)), min(len(word), LONGEST) + 1)]


def terms(text: str) -> set[str]:
    """All prefixes of a text's words."""
    return {prefix for word in words(text) for prefix in prefixes(word)}


def key(scope: str, prefix: str) -> str:
    return f"TERM#{scope}#{prefix}"


def postings(scope: str, thing: str, order: str, text: str, facts: Mapping[str, Any]) -> list[Item]:
    """The rows of a text. `order` sorts as text, the newest last; `facts` are what readers filter by."""
    common = {"sk": f"{order}#{thing}", "thing": thing, "words": " ".join(words(text)), **facts}
    return [{"pk": key(scope, prefix), **common} for prefix in sorted(terms(text))]


def find(table: Table, scope: str, query: str, limit: int, cursor: str | None) -> Page:
    """Postings of the query's longest word, the newest first: one query. `matches` tells which have the others too."""
    driver = max(words(query), key=len)[:LONGEST]
    return table.query(key(scope, driver), limit=limit, newest_first=True, cursor=cursor)


def matches(row: Item, wanted: list[str]) -> bool:
    """Whether each wanted word begins some word of a posting's text."""
    has = str(row["words"]).split()
    return all(any(word.startswith(one) for word in has) for one in wanted)
