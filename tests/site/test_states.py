"""The page's list of states is the server's."""

from typing import Any, get_args

import pytest

from shared.library.files import HashState, StreamState
from tests.site.node import exported, sources, words

UPLOADS = {"sending.js", "transfers.js"}


@pytest.mark.parametrize(("name", "states"), [("STREAM", StreamState), ("HASH", HashState)])
def test_the_pages_list_of_states_is_the_servers(name: str, states: Any) -> None:
    assert sorted(exported("library/states.js", name)) == sorted(get_args(states))


def test_no_other_module_of_the_library_spells_a_state() -> None:
    """An upload has states of its own, among them "failed"."""
    states = {state for name in ("STREAM", "HASH") for state in exported("library/states.js", name)}
    modules = [one for one in sources() if one.parent.name == "library" and one.name not in UPLOADS | {"states.js"}]
    assert [(one.name, state) for one in modules for state in states if f'"{state}"' in one.read_text()] == []


def test_there_are_words_for_what_a_person_is_told() -> None:
    assert {"library.preparing", "library.failed", "library.mismatch"} <= words("en").keys()
