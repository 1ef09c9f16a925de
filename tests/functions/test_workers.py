"""The small workers: clearing the edge, keeping functions warm."""

from typing import Any

import pytest

from functions.invalidate import app as invalidate
from functions.warmer import app as warmer
from shared import aws
from tests import cloud
from tests.transport import invoke


class Recorder:
    """An AWS client that remembers what it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> dict[str, Any]:
            if self.error:
                raise self.error
            self.calls.append((name, arguments))
            return {}

        return call


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(aws, "client", lambda service: recorder)
    monkeypatch.setenv("DISTRIBUTION_ID", "E123")
    return recorder


def test_a_batch_of_messages_is_one_invalidation(recorder: Recorder) -> None:
    event = cloud.sqs_event({"paths": ["/b", "/a*"]}, {"paths": ["/b", "/c"]})
    assert invalidate.handler(event, None) == {"batchItemFailures": []}
    ((name, asked),) = recorder.calls
    assert (name, asked["DistributionId"]) == ("create_invalidation", "E123")
    assert asked["InvalidationBatch"]["Paths"] == {"Quantity": 3, "Items": ["/a*", "/b", "/c"]}


def test_a_refused_invalidation_is_tried_again(recorder: Recorder) -> None:
    recorder.error = RuntimeError("TooManyInvalidationsInProgress")
    event = cloud.sqs_event({"paths": ["/a"]}, {"paths": ["/b"]})
    assert len(invalidate.handler(event, None)["batchItemFailures"]) == 2


def test_the_warmer_calls_each_function(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARM_FUNCTIONS", "files,uploads")
    assert warmer.handler({}, None) == {"warmed": ["files", "uploads"]}
    assert [asked["FunctionName"] for _, asked in recorder.calls] == ["files", "uploads"]


@pytest.mark.parametrize(
    "folder", ["system", "signin", "accounts", "uploads", "files", "streams", "progress", "ratings"]
)
def test_each_function_answers_a_warmer_before_anything_else(folder: str) -> None:
    assert invoke(folder, {"warm": True}) == {"warm": True}


@pytest.mark.parametrize("folder", ["sweep", "rank", "pictures"])
def test_each_queue_worker_answers_a_warmer_too(folder: str, aws_cloud: None) -> None:
    assert invoke(folder, {"warm": True}) in ({"warm": True}, {"done": 0})
