"""Projects: what film is wanted, starting and following its making, and its scenes (iafactory)."""

from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from functions.projects import shown
from functions.projects.models import (
    CancelledPipeline,
    NewProject,
    PipelineStatus,
    ProjectChanges,
    ProjectPath,
    Projects,
    ProjectsQuery,
    SceneChanges,
    ScenePath,
    Scenes,
    ShownProject,
    ShownScene,
    Start,
    StartedPipeline,
)
from shared.entry.http import http
from shared.errors import Conflict, Invalid
from shared.production import assets, belongings, pipeline, projects
from shared.production import scene as scene_entity
from shared.production.project import Project
from shared.production.scene import OWN
from shared.web import REQUIRED, Call, Message, Reply, api, delete, dialects, get, patch, post
from shared.web.limits import GENERAL, Limit
from shared.words import written

OFTEN = Limit("projects", 100)  # iafactory: Rate Limiting


def create(call: Call[NewProject, None, None]) -> Reply[ShownProject]:
    """A new project, a draft: nothing is made until it is started."""
    new = call.body
    title, prompt = written(new.title, "title"), written(new.prompt, "prompt")
    project = projects.create(call.account, title, prompt, new.description, new.config)
    return Reply(shown.line(project), 201)


def listed(call: Call[None, ProjectsQuery, None]) -> Projects:
    """The caller's projects, newest first; of a state, or with words in title or description."""
    query = call.query
    found = projects.listed(call.account, query.page, query.limit, query.status, query.search)
    items = [shown.line(one) for one in found.projects]
    return Projects(items, found.total, query.page, query.limit, -(-found.total // query.limit))


def one(call: Call[None, None, ProjectPath]) -> ShownProject:
    """A project, how far it is, and what was made for it."""
    return shown.whole(pipeline.settled(mine(call)))


def change(call: Call[ProjectChanges, None, ProjectPath]) -> ShownProject:
    """Change what is wanted; the next start makes what depends on it. Not while it is being made."""
    changes = {name: value for name, value in given(call.body).items() if name != "config"}
    changes |= {name: written(changes[name], name) for name in ("title", "prompt") if name in changes}
    config = given(call.body.config) if call.body.config is not UNSET else {}

    def to(old: Project) -> Project:
        if old.at_work and (config or "prompt" in changes):
            raise Conflict("The project is running", explanation="cancel it first, or wait for its end")
        return replace(old, **changes, config=replace(old.config, **config))

    return shown.line(projects.change(call.account, call.path.project_id, to))


def remove(call: Call[None, None, ProjectPath]) -> Message:
    """Delete a project with all that was made for it; one that is running is cancelled first."""
    project = mine(call)
    if project.at_work:
        project = pipeline.cancel(project)
    belongings.let_go(project)
    return Message("Project deleted")


def start(call: Call[Start, None, ProjectPath]) -> Reply[StartedPipeline]:
    """Have the film made, or go on where the last run ended: what is made already is not made again."""
    chosen = call.body.pipeline_config
    project = pipeline.start(mine(call), chosen.skip_steps, chosen.providers)
    fallbacks = {kind: name for kind, name in chosen.providers.items() if project.providers[kind] != name}
    return Reply(
        StartedPipeline(
            id=project.id,
            status=project.state,
            pipeline_id=project.pipeline,
            estimated_duration=round(project.estimated),
            estimated_cost=project.estimated_cost,
            providers=project.providers,
            fallbacks=fallbacks,
            message="Pipeline started successfully",
        ),
        202,
    )


def status(call: Call[None, None, ProjectPath]) -> PipelineStatus:
    """How far the pipeline is, what is left, and what happened."""
    return shown.status(pipeline.settled(mine(call)))


def cancel(call: Call[None, None, ProjectPath]) -> CancelledPipeline:
    """Stop the pipeline; what is made is kept."""
    project = pipeline.cancel(mine(call))
    return CancelledPipeline(project.id, project.pipeline, project.state, "Pipeline cancelled successfully")


def scenes(call: Call[None, None, ProjectPath]) -> Scenes:
    """What the film is made of, scene by scene."""
    return shown.scenes(mine(call))


def change_scene(call: Call[SceneChanges, None, ScenePath]) -> ShownScene:
    """Change a scene; the next start makes that scene anew, and leaves the others."""
    project = mine(call)
    if project.at_work:
        raise Conflict("The project is running", explanation="cancel it first, or wait for its end")
    changes = given(call.body)
    if "prompt" in changes:
        changes["picture"] = written(changes.pop("prompt"), "prompt")
    for name, kind in (("image_asset_id", "image"), ("video_asset_id", "video")):
        if name in changes:
            changes |= own(call.account, name, kind, changes.pop(name))
    scene = scene_entity.find(project.id, call.path.number)
    if changes:
        scene = scene_entity.change(project.id, scene.number, **changes)
    return shown.scene(project, scene)


def own(account: str, field: str, kind: str, asset_id: str | None) -> dict[str, str]:
    """An asset of the caller's own into a scene. Raises Invalid for what is none."""
    if asset_id is None:
        return {kind: "", f"{kind}_of": ""}
    asset = assets.known(asset_id)
    if asset is None or asset.owner != account:
        raise Invalid(field=field, constraint="an asset of yours")
    if asset.kind != kind or asset.state != "completed":
        raise Invalid(field=field, constraint=f"a completed {kind}")
    return {kind: asset.id, f"{kind}_of": OWN}


def mine(call: Call[Any, Any, Any]) -> Project:
    return projects.find(call.account, call.path.project_id)


def given(changes: Struct) -> dict[str, Any]:
    """The fields that were sent."""
    found = {name: getattr(changes, name) for name in changes.__struct_fields__}
    return {name: value for name, value in found.items() if value is not UNSET}


CALLER: dict[str, Any] = {"caller": REQUIRED, "limits": (OFTEN, GENERAL)}
ONE: dict[str, Any] = {"path": ProjectPath, "missing": "Project not found", **CALLER}

app = api(
    post("/api/v1/projects", create, body=NewProject, returns=ShownProject, status=201, once=True, **CALLER),
    get("/api/v1/projects", listed, query=ProjectsQuery, returns=Projects, **CALLER),
    get("/api/v1/projects/{project_id}", one, **ONE, returns=ShownProject),
    patch("/api/v1/projects/{project_id}", change, **ONE, body=ProjectChanges, returns=ShownProject, also=(409,)),
    delete("/api/v1/projects/{project_id}", remove, **ONE, returns=Message),
    post(
        "/api/v1/projects/{project_id}/start",
        start,
        **ONE,
        body=Start,
        returns=StartedPipeline,
        status=202,
        also=(409, 503),
        once=True,
    ),
    get("/api/v1/projects/{project_id}/status", status, **ONE, returns=PipelineStatus),
    post("/api/v1/projects/{project_id}/cancel", cancel, **ONE, returns=CancelledPipeline, also=(409,)),
    get("/api/v1/projects/{project_id}/scenes", scenes, **ONE, returns=Scenes),
    patch(
        "/api/v1/projects/{project_id}/scenes/{number}",
        change_scene,
        **{**ONE, "path": ScenePath, "missing": "Scene not found"},
        body=SceneChanges,
        returns=ShownScene,
        also=(409,),
    ),
    dialect=dialects.production,
)
handler = http(app)
