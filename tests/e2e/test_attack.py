"""The parts of `scripts/attack` that take seconds, against the running platform: nothing is let in, nothing fails."""

from collections.abc import Callable, Iterator

import pytest

from scripts.adversary import outward, ownership, tokens, wire
from scripts.adversary.attack import timed
from scripts.adversary.target import Tally, Target
from tests.e2e.conftest import Running

pytestmark = pytest.mark.xdist_group("e2e")
ATTACKS: dict[str, Callable[[Target, Tally], None]] = {
    "outward": lambda target, tally: outward.attack(target, tally, every=4),
    "tokens": tokens.attack,
    "ownership": ownership.attack,
    "wire": wire.attack,
}


@pytest.fixture(scope="module")
def target(bobine: Running) -> Iterator[Target]:
    # From addresses of its own: the 2,000 questions of a minute would have the other tests refused with it.
    target = Target(bobine.url, bobine.data, addresses=("127.0.0.2", "127.0.0.3"))
    yield target
    target.close()


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_is_let_in_and_nothing_fails(target: Target, name: str) -> None:
    tally = timed(target, name, ATTACKS[name])
    assert tally.tried > 0
    assert (tally.let_in, tally.faults) == ([], [])
