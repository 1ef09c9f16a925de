"""What is next in a pipeline: which step, and which of its items are still to be made.

    next_of    closes the step that is open, opens the next one, and says what to do for it
    work       makes one item

The state machine asks and does, until the answer is `stop`. What is made is found by its hash, so a step of which
everything is there has nothing to do, in whichever run it was made.
"""

from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shared import clock
from shared.errors import NotFound, ServiceError
from shared.faults import as_ours
from shared.production import assets, making, news, notes, projects, run, telling, wanted
from shared.production import scene as scenes
from shared.production.asset import Asset, Kind
from shared.production.ending import cost, fail
from shared.production.project import STEPS, WHILE, Failure, Project, Step, StepName
from shared.production.scene import Scene
from shared.production.todo import MUSIC, Item, to_do
from shared.providers import kinds
from shared.providers.choice import choose
from shared.providers.errors import ProviderError
from shared.table import ConditionFailed


class Next(Struct, frozen=True):
    """`do` says which of the others is meant."""

    do: Literal["items", "render", "stop"]
    items: list[Item] = []
    render: str = ""


STOP = Next("stop")


def next_of(owner: str, project_id: str, pipeline: str) -> Next:
    """May be asked again: nothing is done twice."""
    project = _at_work(owner, project_id, pipeline)
    if project is None:
        return STOP
    row = run.read(project)
    if project.current is not None:
        project = _close(project, project.current, row)
    while project.at_work:
        name = next((one for one in STEPS if project.step(one).status == "pending"), None)
        if name is None:
            return _finish(project)
        if name != "script" and project.config.review and not project.approved:
            return _wait(project)
        items = to_do(project, name)
        if name == "montage" and items:
            return _render(_open(project, name, 100))
        if items:
            return Next("items", _opened(project, name, items))
        project = _set(project, name, "completed", 0)
    return STOP


# ---- between steps


def _close(project: Project, name: StepName, row: dict[str, Any]) -> Project:
    """Every item has been tried: those that are not there have failed, and the run with them."""
    left = [] if name == "montage" else to_do(project, name)
    if name == "montage":
        from shared.production import montage

        return montage.close(project)
    if not left:
        return _set(project, name, "completed", project.step(name).total)
    told = {one.scene: one for one in run.failures(row, name)}
    first = next((told[one.scene] for one in left if one.scene in told), None)
    code = first.code if first else "STEP_FAILED"
    message = first.message if first else "The step did not end"
    numbers = [one.scene for one in left if one.scene]
    return fail(project, Failure(name, code, message, numbers))


def _set(project: Project, name: StepName, status: Literal["completed"], total: int) -> Project:
    now = clock.now()

    def change(old: Project) -> Project | None:
        if not old.at_work or old.pipeline != project.pipeline:
            return None
        step = replace(old.step(name), status=status, total=total, ended=now)
        return replace(old, steps={**old.steps, name: step}, cost=cost(old))

    changed = projects.change(project.owner, project.id, change)
    telling.tell(changed, run.read(changed))
    return changed


def _open(project: Project, name: StepName, total: int) -> Project:
    def change(old: Project) -> Project | None:
        if not old.at_work or old.pipeline != project.pipeline:
            return None
        step = Step("in_progress", total, clock.now())
        return replace(old, state=WHILE[name], steps={**old.steps, name: step})

    opened = projects.change(project.owner, project.id, change)
    telling.tell(opened, run.read(opened))
    return opened


def _opened(project: Project, name: StepName, items: list[Item]) -> list[Item]:
    _open(project, name, len(items))
    what = {"images": "image generation", "videos": "video generation", "voice": "voice generation"}
    several = f" for {len(items)} scenes" if name != "script" else ""
    notes.note(project.id, f"Starting {what.get(name, 'script generation')}{several}")
    return items


def _render(project: Project) -> Next:
    from shared.production import montage

    notes.note(project.id, "Starting montage")
    return Next("render", render=montage.order(project))


def _wait(project: Project) -> Next:
    def change(old: Project) -> Project | None:
        return replace(old, state="review", ended=clock.now()) if old.pipeline == project.pipeline else None

    waiting = projects.change(project.owner, project.id, change)
    notes.note(project.id, "The script waits for approval")
    telling.tell(waiting, run.read(waiting))
    return STOP


def _finish(project: Project) -> Next:
    def change(old: Project) -> Project | None:
        if not old.at_work or old.pipeline != project.pipeline:
            return None
        return replace(old, state="completed", ended=clock.now(), failure=None, cost=cost(old))

    finished = projects.change(project.owner, project.id, change)
    notes.note(project.id, "Pipeline completed")
    telling.tell(finished, run.read(finished))
    if finished.state == "completed" and finished.pipeline == project.pipeline:
        news.completed(finished)
    return STOP


def _at_work(owner: str, project_id: str, pipeline: str) -> Project | None:
    """The project, while this run is the one it is at."""
    try:
        project = projects.find(owner, project_id)
    except NotFound:
        return None
    return project if project.at_work and project.pipeline == pipeline else None


# ---- items


def work(owner: str, project_id: str, pipeline: str, item: Item) -> None:
    """Make one item. What its maker cannot do is put down and raised; a run that is over makes nothing."""
    project = _at_work(owner, project_id, pipeline)
    if project is None:
        return
    try:
        cost = ITEMS[item.step](project, item)
    except ConditionFailed:
        return  # the asset was deleted meanwhile, or another delivery has made it
    except Exception as error:
        ours = error if isinstance(error, ServiceError) else as_ours(error)
        message = ours.explanation or ours.message
        run.failed(project, item.step, item.scene, ours.code, message)
        if isinstance(error, ProviderError) and not error.may_be_retried:
            return  # another try would be told the same: the step's end says so
        raise
    row = run.done(project, item.step, item.scene, cost)
    telling.tell(project, row)


def _script(project: Project, item: Item) -> float:
    wish = wanted.script(project)
    maker, _ = choose("script", wish.provider)
    script = maker.script(msgspec.convert(wish.request, kinds.ScriptRequest))
    made = [
        Scene(number=number, narration=one.narration, picture=one.picture, duration=one.duration, title=one.title)
        for number, one in enumerate(script.scenes[: scenes.MOST], 1)
    ]
    scenes.write_all(project.id, made)
    projects.change(project.owner, project.id, lambda old: replace(old, script_of=wish.of, scenes=len(made)))
    return script.cost


def _image(project: Project, item: Item) -> float:
    scene = scenes.find(project.id, item.scene)
    wish = wanted.image(project, scene)
    asset, cost = _made(project, item, "image", wish)
    scenes.change(project.id, scene.number, image=asset.id, image_of=wish.of)
    return cost


def _video(project: Project, item: Item) -> float:
    scene = scenes.find(project.id, item.scene)
    wish = wanted.video(project, scene)
    request = {**wish.request, "image": "", "source": scene.image}
    asset, cost = _made(project, item, "video", replace(wish, request=request))
    scenes.change(project.id, scene.number, video=asset.id, video_of=wish.of)
    return cost


def _voice(project: Project, item: Item) -> float:
    if item.scene == MUSIC:
        return _music(project, item)
    scene = scenes.find(project.id, item.scene)
    wish = wanted.voice(project, scene)
    asset, cost = _made(project, item, "voice", wish)
    scenes.change(project.id, scene.number, voice=asset.id, voice_of=wish.of)
    return cost


def _music(project: Project, item: Item) -> float:
    wish = wanted.music(project, sum(one.duration for one in scenes.of_project(project.id)))
    asset, cost = _made(project, item, "music", wish)
    projects.change(project.owner, project.id, lambda old: replace(old, music=asset.id, music_of=wish.of))
    return cost


def _made(project: Project, item: Item, kind: Kind, wish: wanted.Wish) -> tuple[Asset, float]:
    """The asset of a wish, and what it costs now: nothing, if it was made before."""
    if same := assets.made_of(wish.of):
        return same, 0.0
    begun = assets.known(run.asset_of(run.read(project), item.step, item.scene))
    if begun is not None and not begun.is_over:
        made = making.make(begun)
    else:
        new = assets.new(
            project.owner,
            project.id,
            kind,
            wish.request,
            scene=item.scene or None,
            wanted=wish.provider,
            made_of=wish.of,
        )
        assets.order([new])
        run.note_asset(project, item.step, item.scene, new.id)
        try:
            made = making.make(new)
        except ProviderError as error:
            if not error.may_be_retried:
                assets.fail(new, error.code, error.explanation or error.message)
            raise
    return made, made.cost


ITEMS = {"script": _script, "images": _image, "videos": _video, "voice": _voice}
