"""The page's list of states is the server's."""

import re
from pathlib import Path

import pytest

from tests.site.node import exported, sources, words

LIBRARY = Path(__file__).resolve().parents[2] / "shared" / "library"
FUNCTIONS = LIBRARY.parents[1] / "functions"
UPLOADS = {"sending.js", "transfers.js"}


def written(field: str) -> set[str]:
    """The states that the server's code writes into `field`, literally."""
    found: set[str] = set()
    for path in [*LIBRARY.glob("*.py"), *FUNCTIONS.glob("*/*.py")]:
        for line in re.findall(rf'"?{field}"?\s*[:=]\s*("[^\n]*)', path.read_text()):
            found |= set(re.findall(r'"([a-z]+)"', line.split(",")[0].split("}")[0]))
    return found


@pytest.mark.parametrize(("field", "name"), [("stream_state", "STREAM"), ("hash_state", "HASH")])
def test_each_state_the_server_writes_is_in_the_pages_list(field: str, name: str) -> None:
    server = written(field)
    assert server
    assert server <= set(exported("library/states.js", name))


def test_no_other_module_of_the_library_spells_a_state() -> None:
    """An upload has states of its own, among them "failed"."""
    states = {state for name in ("STREAM", "HASH") for state in exported("library/states.js", name)}
    modules = [one for one in sources() if one.parent.name == "library" and one.name not in UPLOADS | {"states.js"}]
    assert [(one.name, state) for one in modules for state in states if f'"{state}"' in one.read_text()] == []


def test_there_are_words_for_what_a_person_is_told() -> None:
    assert {"library.preparing", "library.failed", "library.mismatch"} <= words("en").keys()
