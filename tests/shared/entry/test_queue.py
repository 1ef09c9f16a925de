"""The entry of workers: every message of a batch on its own, each delivered at least once."""

import json
from collections.abc import Callable

import pytest

from shared import jobs
from shared.entry.queue import Message, batch, queue
from shared.errors import NotFound
from shared.jobs import Busy
from tests import cloud


def test_each_message_of_a_batch_fails_alone(aws_cloud: None, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[int] = []

    def handle(message: Message) -> None:
        seen.append(message.body["n"])
        if message.body["n"] == 1:
            raise RuntimeError("no luck")
        if message.body["n"] == 2:
            raise Busy("somebody else")
        if message.body["n"] == 3:
            raise NotFound

    event = cloud.sqs_event(*({"n": n} for n in range(5)))
    answer = queue(handle)(event, None)
    assert seen == [0, 1, 2, 3, 4]
    failed = ["message-1", "message-2", "message-3"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = {line["message_id"]: line for line in lines if "status" in line}
    assert {name: line["status"] for name, line in told.items()} == {
        "message-0": 200,
        "message-1": 500,
        "message-2": 500,
        "message-3": 404,
        "message-4": 200,
    }
    stacks = [line["stack"] for line in lines if "stack" in line]
    assert "no luck" in stacks[0]
    assert len(stacks) == 2  # a refusal has none


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "7", '"film-1"', '{"a":NaN}', "\x00"])
def test_a_message_that_is_none_is_let_go_and_told_of(body: str, capsys: pytest.CaptureFixture[str]) -> None:
    event = {"Records": [{"messageId": "m", "body": body, "receiptHandle": "r"}]}
    assert queue(lambda message: None)(event, None) == {"batchItemFailures": []}
    assert "malformed message" in capsys.readouterr().err


def test_a_message_tells_how_often_it_came_and_how_to_hide_it() -> None:
    got: list[Message] = []
    event = cloud.sqs_event({"file_id": "f"}, receipt="handle")
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "3"
    queue(got.append)(event, None)
    assert (got[0].id, got[0].body, got[0].receipt, got[0].deliveries) == ("message-0", {"file_id": "f"}, "handle", 3)


def test_a_message_delivered_twice_is_worked_on_once(later: Callable[[float], None]) -> None:
    done: list[int] = []

    def handle(message: Message) -> None:
        if job := jobs.claim("thing"):
            done.append(message.deliveries)
            job.finish()

    work = queue(handle)
    for _ in range(2):
        assert work(cloud.sqs_event({"id": "thing"}), None) == {"batchItemFailures": []}
    assert done == [1]


def test_a_worker_killed_half_way_is_followed_by_one_that_finishes(later: Callable[[float], None]) -> None:
    attempts: list[int] = []

    def handle(message: Message) -> None:
        job = jobs.claim("thing")
        assert job
        attempts.append(job.attempt)
        if job.attempt == 1:
            raise SystemExit  # the platform ends the process: nothing of ours runs any more
        job.finish()

    work = queue(handle)
    with pytest.raises(SystemExit):
        work(cloud.sqs_event({"id": "thing"}), None)
    assert work(cloud.sqs_event({"id": "thing"}), None) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    later(jobs.LEASE + 1)
    assert work(cloud.sqs_event({"id": "thing"}), None) == {"batchItemFailures": []}
    assert attempts == [1, 2]


def test_a_worker_answers_a_warmer_and_an_empty_batch() -> None:
    def never(message: Message) -> None:
        raise AssertionError

    assert queue(never)({"warm": True}, None) == {"warm": True}
    assert queue(never)({"Records": []}, None) == {"batchItemFailures": []}


def test_a_batch_fails_or_succeeds_together(capsys: pytest.CaptureFixture[str]) -> None:
    sizes: list[int] = []

    def handle(messages: list[Message]) -> None:
        sizes.append(sum(message.body["n"] for message in messages))
        if sizes[-1] > 5:
            raise RuntimeError("too much")

    work = batch(handle)
    assert work(cloud.sqs_event({"n": 1}, {"n": 2}), None) == {"batchItemFailures": []}
    failed = work(cloud.sqs_event({"n": 3}, {"n": 4}), None)["batchItemFailures"]
    assert [one["itemIdentifier"] for one in failed] == ["message-0", "message-1"]
    assert sizes == [3, 7]
    assert [json.loads(line).get("status") for line in capsys.readouterr().err.splitlines()] == [200, None, 500]
