"""French and English: both complete, every key used, nothing visible said outside the dictionaries."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.site.node import SITE, run, sources, words

LANGUAGES = ("en", "fr")
# Keys made of a state or a name: what may stand in the gap.
MADE = {
    "area.": ["library", "downloads", "community"],
    "category.": ["all", "videos", "musics", "images", "documents", "archives", "executables", "others"],
    "error.": [
        *("401", "403", "404", "413", "INVALID_CREDENTIALS", "USERNAME_TAKEN", "EMAIL_TAKEN"),
        *("INVALID_TWO_FACTOR_CODE", "LAST_ADMIN", "BANNED_CONTENT", "UNSUPPORTED_FILE"),
        *("INVALID_URL", "URL_NOT_ALLOWED", "FORMAT_UNAVAILABLE", "VIDEO_UNAVAILABLE", "AGE_RESTRICTED", "GEO_BLOCKED"),
        *("PRIVATE", "NETWORK_ERROR", "SOURCE_TIMEOUT", "SOURCE_BLOCKED", "TOO_LARGE", "JS_RUNTIME_MISSING"),
    ],
    "unit.": ["bytes", "KiB", "MiB", "GiB", "TiB"],
    "uploads.": ["waiting", "checking", "sending", "paused", "finishing", "arrived", "failed", "cancelled"],
    "library.": ["continue", "top"],
    "library.field.": ["title", "description", "year", "genres", "imageUrl"],
    "memes.sort.": ["trend", "recent", "liked"],
    "report.": ["inappropriate", "spam", "copyright", "other"],
    "reports.": ["review", "dismiss", "resolve", "remove", "ban"],
    "reports.status.": ["pending", "reviewed", "resolved", "dismissed"],
    "reports.action.": ["delete", "ban"],
    "downloads.preset.": ["best", "1080p", "720p", "audio"],
    "downloads.status.": ["queued", "downloading", "processing", "converting", "completed", "failed", "cancelled"],
    "people.role.": ["user", "moderator", "admin"],
    "keys.scope.": ["both", "read"],
    "front.": [
        f"{name}{end}"
        for name in ("send", "play", "resume", "share", "fetch", "laugh", "safe", "yours", "build")
        for end in ("", ".words")
    ],
}
NOT_KEYS = ("bobine.",)  # what is kept in localStorage


@cache
def spoken(language: str) -> dict[str, Any]:
    return words(language)


def used() -> set[str]:
    """Keys that a module names, whole or with a gap. A key has a dot, or is one of the few words that have none."""
    found: set[str] = set()
    for path in sources():
        text = path.read_text()
        found |= {
            key for key in re.findall(r'"([a-zA-Z][\w.]*)"', text) if "." in key and not key.endswith((".js", ".css"))
        }
        found |= set(re.findall(r'\bt\("([\w.]+)"', text))
        for gap in re.findall(r"\bt\(`([\w.]+)\$\{", text):
            found |= {gap + name for name in MADE[gap]}
    return {key for key in found if not key.startswith(NOT_KEYS)}


def test_both_languages_have_the_same_keys() -> None:
    assert sorted(spoken("en")) == sorted(spoken("fr"))


def test_every_key_used_is_there_and_every_key_there_is_used() -> None:
    assert used() == set(spoken("en"))


@pytest.mark.parametrize("key", sorted(words("en")))
def test_both_languages_fill_the_same_gaps(key: str) -> None:
    gaps = [set(re.findall(r"\{(\w+)\}", str(spoken(language)[key]))) for language in LANGUAGES]
    assert gaps[0] == gaps[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plural_has_the_forms_its_language_needs(language: str) -> None:
    plurals = [entry for entry in spoken(language).values() if isinstance(entry, dict)]
    assert plurals
    assert all({"one", "other"} <= entry.keys() for entry in plurals)


def test_numbers_and_sizes_are_written_as_the_language_writes_them() -> None:
    script = """
      const words = await load("shell/words.js"), amounts = await load("shell/amounts.js");
      const { t } = words, shown = {};
      await words.learn("shell");
      await words.learn("library");
      for (const language of ["en", "fr"]) {
        await words.speak(language);
        shown[language] = [
          ...[0, 1, 1234].map(count => t("library.count", { count })),
          amounts.bytes(1536), amounts.gibibytes(0.0213), amounts.left(75), amounts.clock(3675),
          document.documentElement.lang,
        ].map(text => text.replace(/\\s/g, " "));
      }
      tell(shown);
    """
    assert run(script) == {
        "en": ["0 files", "1 file", "1,234 files", "1.5 KiB", "0.021 GiB", "1 min left", "1:01:15", "en"],
        "fr": ["0 fichier", "1 fichier", "1 234 fichiers", "1,5 Kio", "0,021 Gio", "encore 1 min", "1:01:15", "fr"],
    }


NOT_SAID = {"Bobine", "English", "Français", "Apple", "Arrow", "Escape", "Enter"}
NOT_SAID |= {"Content-Type", "Idempotency-Key", "Retry-After", "Files", "AbortError", "KiB", "MiB", "GiB", "TiB"}
# A class, the names of events, what a dictionary is asked for, what the stage's select and file endings are made of.
NOT_WORDS = re.compile(
    r"""(class: |\bon\(\w+(\(".*?"\))?, |Listener\(|(matches|find|all|closest\?\.|querySelector(All)?)\()"""
    r"""("[^"\n]*"|`[^`]*`)"""
)


def strings(text: str) -> list[str]:
    """The literals of a module that a person may see: no comments, no classes, selectors or events, no gaps."""
    code = re.sub(r"^\s*//.*$|(?<=[\s;,{(])// .*$", "", text, flags=re.MULTILINE)
    code = re.sub(r"\$\{[^{}]*\}", "", NOT_WORDS.sub("", code))
    return [one[1:-1].strip() for one in re.findall(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`', code)]


def reads_as_words(literal: str) -> bool:
    """A word that begins with a capital, or two words side by side; no address, selector or pattern."""
    if literal in NOT_SAID or re.search(r"[#\[\]=:/<>()_]|^\.|^M\d", literal):
        return False
    return bool(re.search(r"^[A-ZÀ-Ý][a-zà-ÿ’']+|[A-Za-zÀ-ÿ]{2,} [A-Za-zÀ-ÿ]{2,}", literal))


def spoken_modules() -> list[Path]:
    """All but the icons' paths and the endings of file names."""
    return [path for path in sources() if path not in (SITE / "design/icons.js", SITE / "library/categories.js")]


@pytest.mark.parametrize("path", spoken_modules(), ids=lambda path: path.relative_to(SITE).as_posix())
def test_no_module_says_anything_itself(path: Path) -> None:
    assert [one for one in strings(path.read_text()) if reads_as_words(one)] == []


def test_words_outside_the_dictionaries_would_be_found() -> None:
    code = """make("p", { class: "a b" }, "Nothing here"); // "A comment"
      say(error, `It is ${bad} again`); on(x, "play pause")"""
    assert [one for one in strings(code) if reads_as_words(one)] == ["Nothing here", "It is  again"]
