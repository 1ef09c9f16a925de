"""So many jobs of one owner at once: through a worker's manners, as a queue would deliver them."""

from collections.abc import Callable
from typing import Any

import pytest

from shared import jobs
from shared.entry.queue import queue
from shared.jobs import Lease, Message, Turn, lease, turns
from shared.jobs.running import run
from shared.settings import settings
from tests import cloud

Later = Callable[[float], None]


def turn_of(owner: str, order: str = "") -> Turn:
    return Turn("test", owner, 2, settings.rank_queue_url, order)


def deliver(body: dict[str, Any], work: Callable[[Lease], Any]) -> None:
    def handle(message: Message) -> None:
        turn = turn_of(message.body["owner"], message.body["job"])
        run(message, settings.rank_queue_url, message.body["job"], work, turn=turn)

    assert queue(handle)(cloud.sqs_event(body), None) == {"batchItemFailures": []}


def body(name: str, owner: str = "ada") -> dict[str, Any]:
    return {"job": name, "owner": owner}


def nest(*bodies: dict[str, Any], inside: Callable[[], None]) -> None:
    """All of these at work at once, and then something else."""
    first, *others = bodies

    def work(_: Lease) -> None:
        if others:
            nest(*others, inside=inside)
        else:
            inside()

    deliver(first, work)


def state(name: str) -> tuple[str, str]:
    job = jobs.find(name)
    assert job
    return job.state, job.stage


def never(_: Lease) -> None:
    pytest.fail("began")


def test_a_third_of_one_owner_waits_and_somebody_elses_does_not(later: Later) -> None:
    done: list[str] = []

    def inside() -> None:
        deliver(body("a3"), never)
        assert state("a3") == ("queued", "waiting")
        assert cloud.messages("rank") == []
        deliver(body("b1", "bob"), lambda _: done.append("b1"))

    nest(body("a1"), body("a2"), inside=inside)
    assert done == ["b1"]
    assert cloud.messages("rank") == [body("a3")]  # by whoever left first; once
    deliver(body("a3"), lambda held: done.append(f"a3 {held.attempt}"))
    assert done[1:] == ["a3 1"]
    assert state("a3")[0] == "done"


def test_those_who_wait_come_in_the_order_they_asked_one_for_each_place(later: Later) -> None:
    def inside() -> None:
        for name in ("a5", "a3", "a4", "a3"):  # the last is a second message for the same job
            deliver(body(name), never)

    nest(body("a1"), body("a2"), inside=inside)
    woken = [one["job"] for one in cloud.messages("rank")]
    assert woken[0] == "a3"
    assert sorted(woken) == woken
    assert len(woken) <= 3  # a place each, and one more for the message that had not begun
    for name in woken:
        deliver(body(name), lambda _: None)
    assert {one["job"] for one in cloud.messages("rank")} | set(woken) == {"a3", "a4", "a5"}


def test_a_thousand_who_wait_are_a_row_each_and_no_message(later: Later) -> None:
    def inside() -> None:
        for number in range(30):
            deliver(body(f"a{number:03d}"), never)
        assert cloud.messages("rank") == []

    nest(body("x1"), body("x2"), inside=inside)
    ran: list[str] = []
    while sent := cloud.messages("rank"):
        assert len(sent) <= 4
        for one in sent:
            deliver(one, lambda held: ran.append(held.id))
    assert sorted(ran) == [f"a{number:03d}" for number in range(30)]


def test_a_place_of_a_worker_that_died_is_free_when_its_lease_has_run_out(later: Later) -> None:
    for name in ("a1", "a2"):
        assert jobs.claim(name)
        assert turns.take(turn_of("ada"), name)
    deliver(body("a3"), never)
    later(lease.LEASE + 1)
    turns.wake(turn_of("ada"))
    assert cloud.messages("rank") == [body("a3")]
    deliver(body("a3"), lambda _: None)
    assert state("a3")[0] == "done"


def test_one_that_goes_on_after_its_death_has_its_own_place_again(later: Later) -> None:
    for name in ("a1", "a2"):
        assert jobs.claim(name)
        assert turns.take(turn_of("ada"), name)
    later(lease.LEASE + 1)
    done: list[str] = []
    deliver(body("a1"), lambda held: done.append(held.id))
    assert done == ["a1"]


def test_a_place_that_becomes_free_while_one_sits_down_is_offered_at_once(
    later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between finding all places taken and standing in line, the others leave: nobody would wake it."""
    monkeypatch.setattr(turns, "take", lambda turn, job_id: False)
    deliver(body("a3"), never)
    assert cloud.messages("rank") == [body("a3")]


def test_who_is_not_wanted_any_more_does_not_keep_the_next_waiting(later: Later) -> None:
    def inside() -> None:
        for name in ("a3", "a4", "a5"):
            deliver(body(name), never)
        jobs.cancel("a3")
        jobs.forget("a4")

    nest(body("a1"), body("a2"), inside=inside)
    assert cloud.messages("rank") == [body("a5")]


def test_a_message_for_a_job_that_is_over_gives_its_place_on(later: Later) -> None:
    def inside() -> None:
        for name in ("a3", "a4"):
            deliver(body(name), never)

    nest(body("a1"), body("a2"), inside=inside)
    jobs.cancel("a3")
    for one in cloud.messages("rank"):
        if one["job"] == "a3":
            deliver(one, never)
    later(1)
    turns.wake(turn_of("ada"))
    deliver(body("a4"), lambda _: None)
    assert state("a4")[0] == "done"


def test_work_that_fails_leaves_its_place(later: Later) -> None:
    def broken(_: Lease) -> None:
        raise OSError("no line")

    def handle(message: Message) -> None:
        run(message, settings.rank_queue_url, "a1", broken, turn=turn_of("ada"))

    assert queue(handle)(cloud.sqs_event(body("a1")), None)["batchItemFailures"]
    assert all(turns.take(turn_of("ada"), name) for name in ("b1", "b2"))
