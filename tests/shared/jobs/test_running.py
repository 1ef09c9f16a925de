"""A worker's manners, through the entry that Lambda calls: what becomes of a job when its work ends, well or badly."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared import jobs
from shared.entry.entry import Entry
from shared.entry.queue import queue
from shared.errors import Conflict
from shared.jobs import Busy, Cancelled, Lease, Message, lease
from shared.jobs.message import LASTS, MARGIN, deadline_of
from shared.jobs.running import OutOfTime, run
from shared.jobs.scratch import working_folder
from shared.settings import settings
from tests import cloud
from tests.test_house import modules
from tests.transport import folder_of, resources

Later = Callable[[float], None]
DONE: dict[str, Any] = {"batchItemFailures": []}
FAILED = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


def worker(work: Callable[[Lease], Any]) -> Entry:
    """A worker of its own on the rank queue."""
    return queue(lambda message: run(message, settings.rank_queue_url, message.body["job"], work))


def delivery(job_id: str = "job-1", count: int = 1) -> dict[str, Any]:
    event = cloud.sqs_event({"job": job_id})
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(count)
    return event


def job(job_id: str = "job-1") -> jobs.Job:
    found = jobs.find(job_id)
    assert found
    return found


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beats come quickly."""
    monkeypatch.setattr(lease, "BEAT", 0.01)


def until_told(held: Lease) -> None:
    """Work on until a beat has learned something."""
    for _ in range(500):
        held.tell(50, "working")
        time.sleep(0.01)


# ---- well


def test_work_has_a_result_and_is_done_once(later: Later) -> None:
    seen: list[int] = []

    def work(held: Lease) -> dict[str, int]:
        seen.append(held.attempt)
        return {"frames": 3}

    for _ in range(2):
        assert worker(work)(delivery(), None) == DONE
    assert seen == [1]
    assert (job().state, job().result, job().percent) == ("done", {"frames": 3}, 100)


def test_two_deliveries_at_once_are_one_piece_of_work(later: Later) -> None:
    """The second comes while the first is at it: it asks again later, in a message of its own."""
    seen: list[int] = []

    def work(held: Lease) -> None:
        seen.append(held.attempt)
        if len(seen) == 1:
            assert worker(work)(delivery(count=3), None) == DONE
            assert cloud.messages("rank") == [{"job": "job-1"}]

    assert worker(work)(delivery(), None) == DONE
    assert seen == [1]
    assert job().state == "done"


@pytest.mark.usefixtures("fast")
def test_signs_of_life_tell_how_far_it_is(aws_cloud: None) -> None:
    def work(held: Lease) -> None:
        held.tell(42, "360p")
        time.sleep(0.2)
        assert (job().percent, job().stage) == (42, "360p")

    assert worker(work)(delivery(), None) == DONE


@pytest.mark.usefixtures("fast")
def test_a_beat_that_cannot_be_written_is_no_reason_to_stop(
    aws_cloud: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missed: list[int] = []
    beat = Lease.beat

    def broken(self: Lease, *arguments: Any, **more: Any) -> None:
        if len(missed) < 3:
            missed.append(1)
            raise OSError("no line")
        beat(self, *arguments, **more)

    monkeypatch.setattr(Lease, "beat", broken)

    def work(held: Lease) -> None:
        held.tell(42)
        time.sleep(0.3)
        assert job().percent == 42

    assert worker(work)(delivery(), None) == DONE
    assert capsys.readouterr().err.count("beat failed") == 3


# ---- cancelled, taken over


@pytest.mark.usefixtures("fast")
def test_work_that_is_cancelled_stops_and_its_message_is_gone(aws_cloud: None) -> None:
    stopped: list[str] = []

    def work(held: Lease) -> None:
        jobs.cancel(held.id)
        try:
            until_told(held)
        except Cancelled:
            stopped.append("cleaned up")
            raise

    assert worker(work)(delivery(), None) == DONE
    assert stopped == ["cleaned up"]
    assert job().state == "cancelled"
    assert cloud.messages("rank") == []


def test_work_that_somebody_else_has_taken_over_stops_and_leaves_it_there(
    later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "BEAT", 1.0)  # none comes before the successor
    taken: list[Lease] = []

    def work(held: Lease) -> None:
        later(jobs.LEASE + 1)
        successor = jobs.claim(held.id)
        assert successor
        taken.append(successor)
        until_told(held)

    assert worker(work)(delivery(), None) == DONE
    assert cloud.messages("rank") == [{"job": "job-1"}], "in case the other one dies"
    assert (job().state, job().attempt) == ("running", 2)
    taken[0].finish("the successor's")
    assert job().result == "the successor's"


def test_a_job_cancelled_before_its_message_comes_is_no_work(later: Later) -> None:
    jobs.queue(settings.rank_queue_url, "test", {}, job_id="job-1")
    jobs.cancel("job-1")
    assert worker(lambda held: pytest.fail("began"))(delivery(), None) == DONE


# ---- out of time


def test_short_of_time_it_goes_on_in_another_call(later: Later) -> None:
    attempts: list[int] = []

    def work(held: Lease) -> str:
        attempts.append(held.attempt)
        if held.attempt < 3:
            raise OutOfTime
        return "made"

    for _ in range(3):
        assert worker(work)(delivery(count=3), None) == DONE
    assert attempts == [1, 2, 3]
    assert cloud.messages("rank") == [{"job": "job-1"}] * 2
    assert (job().state, job().result) == ("done", "made")


def test_the_deadline_is_a_margin_before_the_end() -> None:
    class Context:
        def __init__(self, seconds: float) -> None:
            self.get_remaining_time_in_millis = lambda: seconds * 1000

    def left(context: Any) -> float:
        return deadline_of(context) - time.monotonic()

    assert left(Context(900)) == pytest.approx(900 - MARGIN, abs=0.1)
    assert left(Context(30)) == pytest.approx(15, abs=0.1), "half of what is too short for a margin"
    assert left(None) == pytest.approx(LASTS - MARGIN, abs=0.1)


# ---- failing


def test_what_fails_is_tried_again_and_at_the_last_delivery_told(later: Later) -> None:
    def work(held: Lease) -> None:
        raise RuntimeError("a secret path /var/task")

    for count in (1, 2):
        assert worker(work)(delivery(count=count), None) == FAILED
        assert job().state == "running"
    assert worker(work)(delivery(count=3), None) == FAILED, "it goes to the dead-letter queue"
    assert (job().state, job().code, job().error) == ("failed", "INTERNAL_ERROR", "Internal Server Error")
    assert job().attempt == 3


def test_a_refusal_is_told_in_its_own_words(later: Later) -> None:
    def work(held: Lease) -> None:
        raise Conflict("The film is being edited", code="BEING_EDITED")

    assert worker(work)(delivery(count=3), None) == FAILED
    assert (job().code, job().error) == ("BEING_EDITED", "The film is being edited")


def test_a_message_put_back_from_the_dead_letters_is_worked_on(later: Later) -> None:
    def work(held: Lease) -> str:
        if held.attempt == 1:
            raise RuntimeError
        return "made"

    assert worker(work)(delivery(count=3), None) == FAILED
    assert worker(work)(delivery(count=1), None) == DONE
    assert (job().state, job().result, job().code) == ("done", "made", "")


def test_what_the_work_itself_puts_down_as_failed_stays_so(later: Later) -> None:
    def work(held: Lease) -> None:
        held.fail("NOT_A_FILM", "The file is not a film")

    assert worker(work)(delivery(), None) == DONE
    assert (job().state, job().code) == ("failed", "NOT_A_FILM")
    assert worker(lambda held: pytest.fail("again"))(delivery(), None) == DONE


def test_a_worker_killed_half_way_is_followed_and_comes_back_to_nothing(later: Later) -> None:
    held_by: list[Lease] = []

    def work(held: Lease) -> str:
        held_by.append(held)
        if held.attempt == 1:
            raise SystemExit  # the platform ends the process: nothing of ours runs any more
        return "made"

    with pytest.raises(SystemExit):
        worker(work)(delivery(), None)
    later(jobs.LEASE + 1)
    assert worker(work)(delivery(count=2), None) == DONE
    with pytest.raises(Busy):  # frozen, not dead: it wakes up in the same process
        held_by[0].beat(99, force=True)
    held_by[0].finish("the sleeper's")
    assert (job().state, job().result, job().attempt) == ("done", "made", 2)


def test_queues_of_such_workers_give_as_many_tries_as_they_count_on() -> None:
    counted = 0
    running = {path.parts[-2] for path, tree in modules("functions") if "shared.jobs.running" in _imports(tree)}
    for function in resources("AWS::Serverless::Function").values():
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] == "SQS" and folder_of(function) in running:
                target = event["Properties"]["Queue"]["Fn::GetAtt"]
                name = target.split(".")[0] if isinstance(target, str) else target[0]
                redrive = resources("AWS::SQS::Queue")[name]["Properties"]["RedrivePolicy"]
                assert redrive["maxReceiveCount"] == jobs.TRIES, name
                counted += 1
    assert counted


def _imports(tree: Any) -> set[str]:
    import ast

    return {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_a_message_knows_when_it_is_the_last() -> None:
    assert [Message("m", {}, "", count, 0.0).is_last for count in (1, 2, 3, 4)] == [False, False, True, True]


# ---- a folder to work in


def test_folders_of_workers_that_were_killed_are_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("job-999999999-x", "job-1-x", f"job-{os.getpid()}-x", "other-999999999-x"):
        (tmp_path / name).mkdir()
    with working_folder() as folder:
        assert folder.exists()
        left = sorted(path.name for path in tmp_path.iterdir() if path != folder)
        assert left == ["job-1-x", "other-999999999-x"], "another's who lives, and what is none of ours"
    assert not folder.exists()
