"""A project as its answers show it."""

import math

from functions.projects import models
from shared import clock
from shared.production import addresses, assets, notes, run, telling, wanted
from shared.production import scene as entity
from shared.production.asset import Asset
from shared.production.project import STEPS, WORDS, Project
from shared.table import Item

MOST_ASSETS = 500  # of a project, beside it; `GET /assets` has the others


def line(project: Project) -> models.ShownProject:
    """As a list shows it."""
    return models.ShownProject(
        id=project.id,
        title=project.title,
        description=project.description,
        prompt=project.prompt,
        config=project.config,
        status=project.state,
        created_at=clock.iso(project.created),
        updated_at=clock.iso(project.updated),
        pipeline_id=project.pipeline or None,
        scene_count=project.scenes,
        providers=project.providers,
        cost=project.cost,
        video_id=project.film or None,
        video_url=addresses.film(project.film) if project.film else None,
        duration=project.duration or None,
        timeline_id=project.timeline or None,
        error=failure(project),
    )


def whole(project: Project) -> models.ShownProject:
    """With its progress and its assets."""
    shown = line(project)
    shown.progress = progress(project, run.read(project))
    shown.assets = [asset(one) for one in assets.of_project(project.id)[:MOST_ASSETS]]
    return shown


def progress(project: Project, row: Item) -> models.PipelineProgress:
    current = project.current
    overall = telling.overall(project, row)
    steps = {
        name: models.StepProgress(project.step(name).status, telling.progress_of(project, row, name)) for name in STEPS
    }
    return models.PipelineProgress(overall, overall, WORDS[current][0] if current else None, steps)


def status(project: Project) -> models.PipelineStatus:
    row = run.read(project)
    overall = telling.overall(project, row)
    current = project.current
    shown = None
    if current:
        step = project.step(current)
        made = run.completed(row, current)
        shown = models.CurrentStep(*WORDS[current], clock.iso(step.started), step.total, made)
    by = {name: project.step(name).status for name in STEPS}
    return models.PipelineStatus(
        project_id=project.id,
        pipeline_id=project.pipeline or None,
        status=project.state,
        progress=overall,
        current_step=shown,
        steps_completed=[name for name in STEPS if by[name] == "completed"],
        steps_remaining=[name for name in STEPS if by[name] in ("pending", "failed")],
        steps_skipped=[name for name in STEPS if by[name] == "skipped"],
        estimated_remaining_seconds=remaining(project, overall),
        cost=float(row.get("cost", 0)) if project.at_work else project.cost,
        video_id=project.film or None,
        video_url=addresses.film(project.film) if project.film else None,
        error=failure(project),
        logs=[models.PipelineLog(one.timestamp, one.level, one.message) for one in notes.of_project(project.id)],
    )


def remaining(project: Project, overall: int) -> int:
    """Seconds that are left: as estimated at first, more and more as it goes."""
    if not project.at_work:
        return 0
    passed = max(0.0, clock.now() - project.started)
    by_plan = max(0.0, project.estimated - passed)
    by_pace = passed * (100 - overall) / overall if overall else project.estimated
    share = overall / 100
    return max(1, math.ceil(by_plan * (1 - share) + by_pace * share))


def failure(project: Project) -> models.ShownFailure | None:
    told = project.failure
    return models.ShownFailure(told.step, told.code, told.message, told.scenes) if told else None


def asset(one: Asset) -> models.ProjectAsset:
    place = addresses.asset(one.id)
    return models.ProjectAsset(one.id, one.kind, one.state, one.scene, place, one.provider, clock.iso(one.created))


def scenes(project: Project) -> models.Scenes:
    found = entity.of_project(project.id)
    ids = [one for scene in found for one in (scene.image, scene.video, scene.voice) if one]
    made = assets.find_many(project.owner, ids)
    return models.Scenes([scene_of(project, one, made) for one in found], round(sum(one.duration for one in found), 3))


def scene(project: Project, one: entity.Scene) -> models.ShownScene:
    made = assets.find_many(project.owner, [name for name in (one.image, one.video, one.voice) if name])
    return scene_of(project, one, made)


def scene_of(project: Project, one: entity.Scene, made: dict[str, Asset]) -> models.ShownScene:
    def piece(name: str) -> models.ProjectAsset | None:
        return asset(made[name]) if name in made else None

    lacks = {
        "image": wanted.lacks_image(project, one),
        "video": wanted.lacks_video(project, one),
        "voice": wanted.lacks_voice(project, one),
    }
    return models.ShownScene(
        number=one.number,
        title=one.title,
        narration=one.narration,
        prompt=one.picture,
        duration=one.duration,
        image=piece(one.image),
        video=piece(one.video),
        voice=piece(one.voice),
        changed=[name for name, lacking in lacks.items() if lacking],
    )
