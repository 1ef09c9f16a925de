"""What happens to a render: ordered, begun, told how far it is, completed, failed, cancelled.

What is the same as a film that is there is that film: nothing is rendered. Of two that ask for the same at the same
time, the second is given the first's render.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct
from msgspec.structs import replace

from shared import aws, clock, ids, log
from shared.errors import Conflict, Invalid, NotFound, ServiceError, Unavailable
from shared.production import addresses, assets, projects, run, stages, telling, timelines
from shared.production.asset import Asset
from shared.production.render import Render, from_item, key, queue_key, same_key, to_item
from shared.production.timelines import Kept
from shared.realtime import push
from shared.render import Settings, Source, Timeline, check, estimate
from shared.render.encode import wrong
from shared.render.estimate import Speed
from shared.render.timeline import size
from shared.settings import settings
from shared.table import ABSENT, ConditionFailed, Item, Put, Update
from shared.tables import STUDIO

VERSION = 1  # raise it when the same timeline is to become another film
COUNTED = 100  # renders before one
LISTED = 100
QUEUED = 6 * 3600  # seconds after which a place in the queue is nobody's any more
QUIET = 20 * 60  # seconds without a word after which it is asked whether the execution is still there
AT_ONCE = 4  # chunks (template: RenderMachine)
STARTING = 5.0  # seconds until the first worker is there
PREVIEW = 360  # pixels of a preview's shorter side
OPEN = "#state IN (:queued, :rendering)"
OPEN_VALUES = {"queued": "queued", "rendering": "rendering"}


class Wanted(Struct, frozen=True):
    """`preview`: small and quick, to look at."""

    settings: Settings = Settings()
    preview: bool = False


class Ordered(Struct, frozen=True):
    """`new`: it is work to be done, and not what was made or is being made before."""

    render: Render
    new: bool


def order(owner: str, kept: Kept, wanted: Wanted) -> Ordered:
    """Have a timeline rendered. Raises Invalid for what cannot be, Unavailable when nobody can begin."""
    ordered = queue(owner, kept, wanted)
    if not ordered.new:
        return ordered
    render = ordered.render
    try:
        aws.client("stepfunctions").start_execution(
            stateMachineArn=settings.render_machine,
            name=render.id,
            input=msgspec.json.encode({"render": render.id}).decode(),
        )
    except ClientError as error:
        log.failure("render not started", error, render=render.id)
        fail(render.id, "SERVICE_UNAVAILABLE", "The render could not be started")
        raise Unavailable("The render could not be started") from None
    return ordered


def queue(owner: str, kept: Kept, wanted: Wanted, *, pipeline: str = "") -> Ordered:
    """A render that is to be begun: a pipeline starts its execution by itself. Raises Invalid for what cannot be."""
    if faults := wrong(wanted.settings):
        raise timelines.refused(faults, "config.")
    timeline = shown(kept.timeline, wanted)
    sources = timelines.sources(owner, timeline)
    if faults := check(timeline, sources):
        raise Invalid("The timeline's assets have changed", field="timeline_id", constraint=faults[0].constraint)
    now = clock.now()
    new = Render(
        id=f"render-{ids.sortable().lower()}",
        owner=owner,
        project=kept.project,
        timeline=kept.id,
        created=now,
        updated=now,
        settings=wanted.settings,
        preview=wanted.preview,
        pipeline=pipeline,
        made_of=made_of(owner, timeline, sources, wanted.settings),
        video=f"video-{ids.sortable().lower()}",
        duration=kept.duration,
        estimated=round(STARTING + estimate(timeline, sources, wanted.settings, Speed(workers=AT_ONCE)), 1),
    )
    before = same(new.made_of)
    if before is not None and before.state == "completed":
        made = replace(new, state="completed", video=before.video, started=now, ended=now, estimated=0)
        STUDIO.put_many([to_item(made), _of_owner(made)])
        return Ordered(made, False)
    if before is not None and not before.is_over and not pipeline:
        return Ordered(before, False)
    return _queued(new, before)


def _queued(new: Render, before: Render | None) -> Ordered:
    pk, sk = queue_key(new)
    place = {"pk": pk, "sk": sk, "expires": int(new.created + QUEUED)}
    STUDIO.put_many([to_item(new), _of_owner(new), place])
    pk, sk = same_key(new.made_of)
    claim = {"pk": pk, "sk": sk, "render": new.id}
    try:
        if before is None:
            STUDIO.write(Put(claim, ABSENT))
        else:
            STUDIO.write(Put(claim, "#render = :before", {"before": before.id}))
    except ConditionFailed:
        first = same(new.made_of)  # somebody asked for the same in this moment
        if first is not None and not first.is_over and not new.pipeline:
            listed = _of_owner(new)
            STUDIO.delete_many([key(new.id), (listed["pk"], listed["sk"]), queue_key(new)])
            return Ordered(first, False)
    return Ordered(new, True)


def execution_of(render: Render) -> str:
    """An execution's address is its machine's, and its name."""
    return f"{settings.render_machine.replace(':stateMachine:', ':execution:')}:{render.id}"


def shown(timeline: Timeline, wanted: Wanted) -> Timeline:
    """The timeline as it is rendered: of a preview, smaller."""
    width, height = size(timeline.config.resolution) or (0, 0)
    if not wanted.preview or min(width, height) <= PREVIEW:
        return timeline
    scale = PREVIEW / min(width, height)
    small = f"{round(width * scale / 2) * 2}x{round(height * scale / 2) * 2}"
    return replace(timeline, config=replace(timeline.config, resolution=small))


def made_of(owner: str, timeline: Timeline, sources: Mapping[str, Source], how: Settings) -> str:
    """The hash of all that a film depends on."""
    digests = sorted((name, source.digest) for name, source in sources.items())
    said = msgspec.json.encode([VERSION, owner, timeline, digests, how], order="sorted")
    return hashlib.sha256(said).hexdigest()


def same(made_of: str) -> Render | None:
    """The newest render of the same, unless it failed or its film is gone."""
    row = STUDIO.get(*same_key(made_of))
    found = known(row["render"]) if row else None
    if found is not None and found.state == "completed" and assets.known(found.video) is None:
        return replace(found, state="failed")  # its film was deleted: it is to be made again
    return found


# ---- looking


def known(render_id: str) -> Render | None:
    row = STUDIO.get(*key(render_id)) if render_id else None
    return from_item(row) if row else None


def find(owner: str, render_id: str) -> Render:
    """Raises NotFound: somebody else's is not there. One of which nothing was heard for long, and whose execution is
    over, has failed."""
    render = known(render_id)
    if render is None or render.owner != owner:
        raise NotFound("Render not found")
    if render.is_over or render.pipeline or clock.now() - render.updated < QUIET:
        return render
    try:
        state = aws.client("stepfunctions").describe_execution(executionArn=execution_of(render))["status"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExecutionDoesNotExist":
            raise
        state = "FAILED"
    return render if state == "RUNNING" else fail(render.id, "RENDER_LOST", "Rendering ended without a word") or render


def listed(owner: str) -> list[Render]:
    """The newest of an account, newest first."""
    page = STUDIO.query(f"OWNER#{owner}", "RENDER#", newest_first=True, limit=LISTED)
    names = [row["sk"].partition("#")[2] for row in page.items]
    rows = STUDIO.get_many(key(one) for one in names)
    return [from_item(rows[key(one)]) for one in names if key(one) in rows]


def position(render: Render) -> int:
    """How many are before it that are not over; COUNTED at most."""
    if render.state != "queued":
        return 0
    pk, sk = queue_key(render)
    now = clock.now()
    waiting = STUDIO.query(pk, until=sk, limit=COUNTED + 1).items
    return sum(row["sk"] != sk and row["expires"] > now for row in waiting[: COUNTED + 1])


# ---- on its way


def note(render_id: str, **changes: Any) -> Render:
    """Change a render that is not over. Raises ConditionFailed when it is."""
    changes = {**changes, "updated": clock.now()}
    return from_item(STUDIO.write(Update(key(render_id), changes, condition=OPEN, values=OPEN_VALUES)))


def cancel(render: Render) -> Render:
    """Nobody wants it any more. Raises Conflict when it is over."""
    try:
        cancelled = _end(render.id, state="cancelled")
    except ConditionFailed:
        raise Conflict("The render is over", details={"status": (known(render.id) or render).state}) from None
    if not cancelled.pipeline:
        with suppress(ClientError):  # it may end in this moment; its workers find it cancelled anyway
            aws.client("stepfunctions").stop_execution(
                executionArn=execution_of(cancelled), cause="cancelled by its owner"
            )
    tell(cancelled)
    return cancelled


def abandon(render_id: str) -> None:
    """Its pipeline was cancelled: its workers find it so."""
    with suppress(ConditionFailed):
        tell(_end(render_id, state="cancelled"))


def fail(render_id: str, code: str, error: str) -> Render | None:
    """The render as it is then; None when it was over, or is gone."""
    try:
        failed = _end(render_id, state="failed", code=code, error=error)
    except ConditionFailed:
        return None
    tell(failed)
    return failed


def complete(render: Render, film: Asset) -> Render:
    """Its film is there. The asset is written first: a render that says so has one."""
    assets.order([film])
    done = _end(render.id, state="completed", duration=film.seconds)
    tell(done)
    return done


def _end(render_id: str, **changes: Any) -> Render:
    ended = note(render_id, ended=clock.now(), **changes)
    STUDIO.delete_many([queue_key(ended)])
    return ended


def said(render: Render) -> dict[str, Any]:
    """What is told on its channel."""
    found = stages.of(render)
    message: dict[str, Any] = {
        "type": "progress",
        "render_id": render.id,
        "status": render.state,
        "progress": stages.progress(render),
        "stage": stages.current(found),
        "estimated_remaining_seconds": round(stages.remaining(render)),
    }
    if render.state == "completed":
        message |= {"video_id": render.video, "video_url": addresses.film(render.video)}
    if render.state == "failed":
        message["error"] = {"code": render.code, "message": render.error}
    return message


def tell(render: Render) -> None:
    """Those who listen to the render, and to its project when it is a pipeline's, unless nobody can be told."""
    channel = f"render:{render.id}"
    try:
        push(channel, said(render), last=render.is_over)
    except (BotoCoreError, ClientError, ServiceError) as error:
        log.failure("nobody could be told", error, channel=channel)
    if render.pipeline:
        with suppress(NotFound):
            project = projects.find(render.owner, render.project)
            if project.at_work and project.pipeline == render.pipeline:
                telling.tell(project, run.note_rendered(project, stages.progress(render)))


def _of_owner(render: Render) -> Item:
    return {"pk": f"OWNER#{render.owner}", "sk": f"RENDER#{render.id}"}
