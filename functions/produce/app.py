"""Worker: makes what a film is made of. A state machine asks it what is next in a pipeline, and for one item after the
other; a queue brings `{"asset"}`, what somebody asked for by itself.

What a maker raises goes to the state machine by its class's name: the machine tries again where that can help.
"""

from typing import Literal

from msgspec import Struct

from shared import jobs, log
from shared.entry.queue import Message, queue
from shared.entry.task import task
from shared.errors import ServiceError
from shared.faults import as_ours
from shared.jobs.running import run
from shared.production import assets, making, projects, steps
from shared.production.ending import fail
from shared.production.project import Failure
from shared.production.steps import Next
from shared.production.todo import Item
from shared.providers.errors import Busy, ProviderError, Unfinished
from shared.settings import settings
from shared.table import ConditionFailed

PAUSE, LONGEST_PAUSE = 5, 600  # seconds before another try


class Asked(Struct):
    """`next` asks what is to do, `work` to make an item, `failed` says that the machine could not go on."""

    ask: Literal["next", "work", "failed"]
    owner: str
    project: str
    pipeline: str
    item: Item | None = None


def produce(asked: Asked) -> Next | None:
    """One step of a pipeline."""
    if asked.ask == "next":
        return steps.next_of(asked.owner, asked.project, asked.pipeline)
    if asked.ask == "work" and asked.item:
        steps.work(asked.owner, asked.project, asked.pipeline, asked.item)
        return None
    project = projects.find(asked.owner, asked.project)
    if project.at_work and project.pipeline == asked.pipeline:
        failure = Failure(
            project.current or "script", "PIPELINE_FAILED", "The pipeline could not go on; start it again"
        )
        fail(project, failure)
    return None


def make(message: Message) -> None:
    """One asset, unless it is made already."""
    asset_id = str(message.body["asset"])
    run(message, settings.produce_queue_url, f"asset-{asset_id}", lambda lease: _make(message, asset_id, lease))


def _make(message: Message, asset_id: str, lease: jobs.Lease) -> None:
    asset = assets.known(asset_id)
    if asset is None or asset.is_over:
        return
    tries = int(message.body.get("tries", 0))
    try:
        making.make(asset)
    except ConditionFailed:
        return
    except ProviderError as error:
        if tries < error.more_tries:
            pause = error.retry_after if isinstance(error, Busy | Unfinished) else PAUSE * 2**tries
            lease.rest("trying again")
            jobs.send(settings.produce_queue_url, message.body | {"tries": tries + 1}, int(min(pause, LONGEST_PAUSE)))
            return
        assets.fail(asset, error.code, error.explanation or error.message)
    except Exception as error:
        if not message.is_last and not isinstance(error, ServiceError):
            raise
        log.failure("asset not made", error, asset=asset_id)
        ours = as_ours(error)
        assets.fail(asset, ours.code, ours.message)


handler = queue(make) | task(produce, Asked)
