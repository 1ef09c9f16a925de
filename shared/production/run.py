"""One run of a project's pipeline: which of its items are made, which failed, what it has cost.

    a run      PROJECT#<id> / RUN#<pipeline>      an attribute an item: done_images_003, failed_voice_002, asset_…

Items are made side by side, so each has attributes of its own: written again by a second delivery, they say the same.
"""

from msgspec import Struct

from shared.production.project import Project, StepName, run_key
from shared.table import Item, Update
from shared.tables import STUDIO


class Failed(Struct, frozen=True):
    scene: int
    code: str
    message: str


def read(project: Project) -> Item:
    return STUDIO.get(*run_key(project.id, project.pipeline)) or {}


def done(project: Project, step: StepName, scene: int, cost: float = 0) -> Item:
    """The row as it is then."""
    place = run_key(project.id, project.pipeline)
    name = f"{step}_{scene:03}"
    add = {"cost": cost} if cost else {}
    return STUDIO.write(Update(place, {f"done_{name}": 1}, add=add, remove=[f"failed_{name}"]))


def failed(project: Project, step: StepName, scene: int, code: str, message: str) -> None:
    place = run_key(project.id, project.pipeline)
    STUDIO.write(Update(place, {f"failed_{step}_{scene:03}": {"code": code, "message": message}}))


def note_asset(project: Project, step: StepName, scene: int, asset_id: str) -> None:
    """Which asset is being made: another try goes on with it."""
    STUDIO.write(Update(run_key(project.id, project.pipeline), {f"asset_{step}_{scene:03}": asset_id}))


def note_rendered(project: Project, percent: int) -> Item:
    """How far the film of this run is. The row as it is then."""
    return STUDIO.write(Update(run_key(project.id, project.pipeline), {"rendered": percent}))


def asset_of(row: Item, step: StepName, scene: int) -> str:
    return str(row.get(f"asset_{step}_{scene:03}", ""))


def completed(row: Item, step: StepName) -> int:
    """How many items of a step are made."""
    return sum(name.startswith(f"done_{step}_") for name in row)


def failures(row: Item, step: StepName) -> list[Failed]:
    start = f"failed_{step}_"
    found = [(int(name.removeprefix(start)), told) for name, told in row.items() if name.startswith(start)]
    return [Failed(scene, told["code"], told["message"]) for scene, told in sorted(found, key=lambda one: one[0])]
