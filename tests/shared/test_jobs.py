"""Jobs: claimed once, taken over from the dead, done once however often they are delivered."""

from collections.abc import Callable
from typing import Any

import pytest

from shared import aws, clock, jobs
from shared.jobs import Busy
from shared.settings import settings
from tests import cloud

JOB = "transcode-film-1"


def claimed(job_id: str = JOB) -> jobs.Job:
    job = jobs.claim(job_id)
    assert job
    return job


def state(job_id: str = JOB) -> dict[str, Any]:
    row = jobs.progress(job_id)
    assert row
    return row


# ---- claims


def test_a_job_is_claimed_by_one_worker_only(later: Callable[[float], None]) -> None:
    assert claimed().attempt == 1
    with pytest.raises(Busy):
        jobs.claim(JOB)
    assert claimed("another").attempt == 1
    assert state()["state"] == "running"


def test_a_job_that_is_done_is_not_done_again(later: Callable[[float], None]) -> None:
    claimed().finish()
    assert jobs.claim(JOB) is None
    assert (state()["state"], state()["percent"]) == ("done", 100)
    later(jobs.LEASE * 100)
    assert jobs.claim(JOB) is None
    jobs.forget(JOB)
    assert claimed().attempt == 1


def test_the_job_of_a_worker_that_died_is_taken_over_when_its_lease_ends(later: Callable[[float], None]) -> None:
    claimed()
    later(jobs.LEASE)
    with pytest.raises(Busy):
        jobs.claim(JOB)
    later(1)
    assert claimed().attempt == 2
    with pytest.raises(Busy):
        jobs.claim(JOB)


def test_a_worker_that_beats_keeps_its_job(later: Callable[[float], None]) -> None:
    job = claimed()
    for step in range(5):
        later(jobs.LEASE - 1)
        job.beat(step * 10.04, "remuxing", force=True)
        with pytest.raises(Busy):
            jobs.claim(JOB)
    assert (state()["percent"], state()["stage"]) == (40.2, "remuxing")


def test_a_beat_is_written_only_now_and_then(later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    moment = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    job = claimed()
    job.beat(50)
    assert state()["percent"] == 0
    moment += jobs.BEAT + 1
    job.beat(60)
    job.beat(70)
    assert state()["percent"] == 60


def test_a_job_given_up_is_free_at_once(later: Callable[[float], None]) -> None:
    claimed().give_up()
    assert claimed().attempt == 2


def test_a_worker_thought_dead_does_not_spoil_its_successors_job(later: Callable[[float], None]) -> None:
    sleeper = claimed()
    later(jobs.LEASE + 1)
    successor = claimed()
    with pytest.raises(Busy):
        sleeper.beat(99, force=True)
    sleeper.give_up()
    with pytest.raises(Busy):
        jobs.claim(JOB)
    sleeper.finish()
    assert (state()["state"], state()["attempt"]) == ("running", successor.attempt)
    successor.finish()
    assert state()["state"] == "done"


def test_a_job_nobody_wants_any_more_leaves_nothing_behind(later: Callable[[float], None]) -> None:
    job = claimed()
    jobs.forget(JOB)
    with pytest.raises(Busy):
        job.beat(50, force=True)
    job.finish()
    job.give_up()
    assert jobs.progress(JOB) is None
    assert claimed().attempt == 1


def test_finished_jobs_are_remembered_longer_than_a_queue_keeps_messages(later: Callable[[float], None]) -> None:
    claimed().finish()
    assert state()["expires"] - clock.now() > 4 * 86400


def test_a_beat_keeps_the_message_hidden(aws_cloud: None) -> None:
    url = settings.transcode_queue_url
    jobs.send(url, {"file_id": "film-1"})
    sqs = aws.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    job = jobs.claim(JOB, url, message["ReceiptHandle"])
    assert job
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


# ---- sending


def test_a_message_is_json_and_may_wait(aws_cloud: None) -> None:
    jobs.send(settings.sweep_queue_url, {"kind": "file", "thing": "é"}, delay=60)
    assert cloud.messages("sweep") == [{"kind": "file", "thing": "é"}]


def test_what_many_ask_for_is_sent_once_until_it_begins(later: Callable[[float], None]) -> None:
    def ask() -> None:
        jobs.send_once(settings.rank_queue_url, "rank-film-1", {"file_id": "film-1"}, 10)

    for _ in range(3):
        ask()
    assert cloud.messages("rank") == [{"file_id": "film-1"}]
    jobs.forget("rank-film-1")  # it has begun: what changes from here on needs another run
    ask()
    assert len(cloud.messages("rank")) == 1
    later(10 + jobs.LEASE + 1)  # the message got lost
    ask()
    assert len(cloud.messages("rank")) == 1
