"""Leases: a job is claimed once, taken over from the dead, done once however often it is delivered."""

from collections.abc import Callable

import pytest

from shared import aws, jobs
from shared.jobs import Busy, Cancelled
from shared.settings import settings
from tests.transport import resources

JOB = "transcode-film-1"


def claimed(job_id: str = JOB) -> jobs.Lease:
    lease = jobs.claim(job_id)
    assert lease
    return lease


def job(job_id: str = JOB) -> jobs.Job:
    found = jobs.find(job_id)
    assert found
    return found


# ---- claims


def test_a_job_is_claimed_by_one_worker_only(later: Callable[[float], None]) -> None:
    assert claimed().attempt == 1
    with pytest.raises(Busy):
        jobs.claim(JOB)
    assert claimed("another").attempt == 1
    assert job().state == "running"


def test_a_job_that_is_done_is_not_done_again(later: Callable[[float], None]) -> None:
    claimed().finish()
    assert jobs.claim(JOB) is None
    assert (job().state, job().percent) == ("done", 100)
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
    lease = claimed()
    for step in range(5):
        later(jobs.LEASE - 1)
        lease.beat(step * 10.04, "remuxing", force=True)
        with pytest.raises(Busy):
            jobs.claim(JOB)
    assert (job().percent, job().stage) == (40.2, "remuxing")


def test_a_beat_is_written_only_now_and_then(later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    moment = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    lease = claimed()
    lease.beat(50)
    assert job().percent == 0
    moment += jobs.BEAT + 1
    lease.beat(60)
    lease.beat(70)
    assert job().percent == 60


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
    assert (job().state, job().attempt) == ("running", successor.attempt)
    successor.finish()
    assert job().state == "done"


def test_a_job_nobody_wants_any_more_leaves_nothing_behind(later: Callable[[float], None]) -> None:
    lease = claimed()
    jobs.forget(JOB)
    with pytest.raises(Cancelled):
        lease.beat(50, force=True)
    lease.finish()
    lease.give_up()
    assert jobs.find(JOB) is None
    assert claimed().attempt == 1


def test_finished_jobs_are_remembered_longer_than_any_queue_keeps_messages(later: Callable[[float], None]) -> None:
    kept = [one["Properties"].get("MessageRetentionPeriod", 4 * 86400) for one in resources("AWS::SQS::Queue").values()]
    claimed().finish()
    later(max(kept))
    assert jobs.claim(JOB) is None
    later(jobs.KEEP - max(kept) + 1)
    assert jobs.find(JOB) is None, "whether or not DynamoDB has come round to deleting it"
    assert claimed()


def test_a_beat_keeps_the_message_hidden(aws_cloud: None) -> None:
    url = settings.transcode_queue_url
    jobs.send(url, {"file_id": "film-1"})
    sqs = aws.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    lease = jobs.claim(JOB, url, message["ReceiptHandle"])
    assert lease
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


# ---- cancelled


def test_a_worker_learns_at_its_next_beat_that_its_job_is_cancelled(later: Callable[[float], None]) -> None:
    lease = claimed()
    assert jobs.cancel(JOB).state == "cancelled"
    lease.tell(50, "encoding")  # nothing is asked before the beat
    for _ in range(2):
        with pytest.raises(Cancelled):
            lease.beat(60, force=True)
    with pytest.raises(Cancelled):
        lease.tell(70)


def test_what_a_cancelled_worker_still_says_changes_nothing(later: Callable[[float], None]) -> None:
    lease = claimed()
    jobs.cancel(JOB)
    lease.finish({"file": "made after all"})
    lease.fail("TOO_LATE", "It failed after all")
    lease.give_up()
    assert (job().state, job().result, job().code) == ("cancelled", None, "")
    assert jobs.claim(JOB) is None


# ---- how it ends


def test_a_job_ends_with_a_result(later: Callable[[float], None]) -> None:
    claimed().finish({"files": ["a.mp4", "b.mp4"], "seconds": 4.5})
    assert (job().state, job().result) == ("done", {"files": ["a.mp4", "b.mp4"], "seconds": 4.5})


def test_a_job_fails_with_a_code_and_words_and_is_not_tried_again(later: Callable[[float], None]) -> None:
    claimed().fail("TOO_LARGE", "The film is too large")
    assert (job().state, job().code, job().error) == ("failed", "TOO_LARGE", "The film is too large")
    assert jobs.claim(JOB) is None


def test_a_failure_that_was_ours_may_be_tried_again_by_another_message(later: Callable[[float], None]) -> None:
    claimed().fail("INTERNAL_ERROR", "Internal Server Error", again=True)
    assert job().state == "failed"
    lease = claimed()
    assert (job().state, job().code, job().error, lease.attempt) == ("running", "", "", 2)
    lease.finish()
    assert jobs.claim(JOB) is None
