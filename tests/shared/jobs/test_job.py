"""Jobs: queued, found, reminded of, cancelled, forgotten."""

from collections.abc import Callable

import pytest

from shared import aws, jobs
from shared.errors import NotFound
from shared.jobs import Busy
from shared.jobs.job import LATE
from shared.settings import settings
from tests import cloud

Later = Callable[[float], None]


def queued(job_id: str = "", owner: str = "id-of-ada", delay: int = 0) -> jobs.Job:
    body = {"url": "https://a.test/film"}
    return jobs.queue(settings.rank_queue_url, "download", body, owner=owner, job_id=job_id, delay=delay)


def sent() -> list[str]:
    return [body["job"] for body in cloud.messages("rank")]


# ---- queued


def test_a_queued_job_is_a_row_and_a_message(later: Later) -> None:
    job = queued()

    assert (job.kind, job.owner, job.state, job.percent, job.attempt) == ("download", "id-of-ada", "queued", 0, 0)
    assert jobs.find(job.id) == job
    assert cloud.messages("rank") == [{"url": "https://a.test/film", "job": job.id}]


def test_ids_of_jobs_are_not_to_be_guessed(later: Later) -> None:
    assert len({queued().id for _ in range(3)}) == 3


def test_a_job_goes_its_way(later: Later) -> None:
    job = queued()
    lease = jobs.claim(job.id)
    assert lease
    lease.beat(40, "downloading", force=True)
    running = jobs.find(job.id)
    assert running
    assert (running.state, running.percent, running.stage, running.attempt) == ("running", 40, "downloading", 1)
    assert (running.kind, running.owner, running.created) == ("download", "id-of-ada", job.created)
    later(5)
    lease.finish({"file": "film.mp4"})
    done = jobs.find(job.id)
    assert done
    assert (done.state, done.result, done.is_over, done.updated - done.created) == (
        "done",
        {"file": "film.mp4"},
        True,
        5,
    )


def test_asking_for_the_same_job_twice_queues_it_once(later: Later) -> None:
    assert queued("download-1") == queued("download-1")
    assert sent() == ["download-1"]


@pytest.mark.parametrize("end", ["running", "done", "failed", "cancelled"])
def test_asking_for_a_job_that_has_begun_answers_it_as_it_is(later: Later, end: str) -> None:
    queued("download-1")
    lease = jobs.claim("download-1")
    assert lease
    if end == "done":
        lease.finish()
    elif end == "failed":
        lease.fail("NO", "No")
    elif end == "cancelled":
        jobs.cancel("download-1")
    later(LATE + 1)

    assert queued("download-1").state == end
    assert sent() == ["download-1"]


def test_a_job_forgotten_is_done_anew(later: Later) -> None:
    queued("download-1")
    lease = jobs.claim("download-1")
    assert lease
    lease.finish("the first")
    jobs.forget("download-1")
    assert jobs.find("download-1") is None

    again = queued("download-1")
    assert (again.state, again.result) == ("queued", None)
    assert sent() == ["download-1"] * 2


def test_a_row_that_has_run_out_is_no_job_whether_or_not_it_is_deleted(later: Later) -> None:
    queued("download-1", owner="id-of-bob")
    later(jobs.KEEP + 1)

    assert jobs.find("download-1") is None
    for verb in (jobs.cancel, jobs.remind):
        with pytest.raises(NotFound):
            verb("download-1")
    with pytest.raises(NotFound):
        jobs.abandon("download-1", "GONE", "Gone")
    assert (queued("download-1").state, queued("download-1").owner) == ("queued", "id-of-ada")


# ---- messages that get lost


def test_a_message_that_got_lost_is_sent_again_once_it_is_late(later: Later) -> None:
    queued("download-1")
    assert sent() == ["download-1"]
    later(LATE)
    assert jobs.remind("download-1").state == "queued"
    assert sent() == []
    later(1)
    for _ in range(3):
        jobs.remind("download-1")
    assert cloud.messages("rank") == [{"url": "https://a.test/film", "job": "download-1"}]
    later(LATE + 1)
    queued("download-1")
    assert sent() == ["download-1"]


def test_a_message_that_was_meant_to_wait_is_not_late_before(later: Later) -> None:
    queued("download-1", delay=600)
    cloud.messages("rank")
    later(LATE + 1)
    jobs.remind("download-1")
    assert sent() == []


def test_a_worker_that_has_begun_needs_no_reminder(later: Later) -> None:
    queued("download-1")
    cloud.messages("rank")
    jobs.claim("download-1")
    later(LATE + 1)
    assert jobs.remind("download-1").state == "running"
    assert sent() == []


def test_a_message_that_cannot_be_sent_leaves_a_job_that_a_second_try_sends(
    later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(aws.client("sqs"), "send_message", lambda **_: (_ for _ in ()).throw(OSError("no line")))
        with pytest.raises(OSError, match="no line"):
            queued("download-1")
    later(LATE + 1)
    assert queued("download-1").state == "queued"
    assert sent() == ["download-1"]


# ---- cancelled


def test_a_queued_job_that_is_cancelled_never_begins(later: Later) -> None:
    job = queued()
    later(3)
    cancelled = jobs.cancel(job.id)
    assert (cancelled.state, cancelled.is_over) == ("cancelled", True)
    assert cancelled.updated - job.updated == pytest.approx(3)
    assert jobs.claim(job.id) is None
    assert jobs.cancel(job.id).state == "cancelled"


@pytest.mark.parametrize("end", ["done", "failed"])
def test_what_is_over_stays_as_it_is(later: Later, end: str) -> None:
    job = queued()
    lease = jobs.claim(job.id)
    assert lease
    if end == "done":
        lease.finish(1)
    else:
        lease.fail("NO", "No")
    before = jobs.find(job.id)
    assert jobs.cancel(job.id) == before
    assert jobs.abandon(job.id, "GONE", "Gone") == before
    assert jobs.find(job.id) == before


def test_nobody_cancels_what_is_not_there(later: Later) -> None:
    for verb in (jobs.cancel, jobs.remind):
        with pytest.raises(NotFound):
            verb("nothing")
    assert jobs.find("nothing") is None


# ---- abandoned: for a worker of dead-letter queues


def test_a_job_whose_message_has_used_up_its_deliveries_has_failed(later: Later) -> None:
    job = queued()
    assert jobs.claim(job.id)  # and killed
    later(jobs.LEASE + 1)
    told = jobs.abandon(job.id, "GAVE_UP", "It was tried three times")
    assert (told.state, told.code, told.error) == ("failed", "GAVE_UP", "It was tried three times")
    assert jobs.claim(job.id), "an operator who puts the message back has it tried again"


def test_a_job_that_never_began_can_be_abandoned_too(later: Later) -> None:
    assert jobs.abandon(queued().id, "GAVE_UP", "").state == "failed"


def test_a_job_in_living_hands_is_not_abandoned(later: Later) -> None:
    job = queued()
    lease = jobs.claim(job.id)
    assert lease
    assert jobs.abandon(job.id, "GAVE_UP", "").state == "running"
    lease.finish()
    found = jobs.find(job.id)
    assert found
    assert found.state == "done"


# ---- gathered


def test_what_many_ask_for_is_sent_once_until_it_begins(later: Later) -> None:
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


def test_what_was_gathered_can_be_claimed(later: Later) -> None:
    jobs.send_once(settings.rank_queue_url, "rank-film-1", {"file_id": "film-1"}, 10)
    lease = jobs.claim("rank-film-1")
    assert lease
    with pytest.raises(Busy):
        jobs.claim("rank-film-1")
    jobs.send_once(settings.rank_queue_url, "rank-film-1", {"file_id": "film-1"}, 10)
    lease.beat(50, force=True)
    lease.finish()
    assert jobs.claim("rank-film-1") is None
    assert len(cloud.messages("rank")) == 1


# ---- messages


def test_a_message_is_json_and_may_wait(aws_cloud: None) -> None:
    jobs.send(settings.sweep_queue_url, {"kind": "file", "thing": "é"}, delay=60)
    assert cloud.messages("sweep") == [{"kind": "file", "thing": "é"}]
