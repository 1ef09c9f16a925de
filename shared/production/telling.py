"""How far a project is, as numbers, and told to those who listen on its channel."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared import log
from shared.errors import ServiceError
from shared.production import run
from shared.production.project import WORDS, Project, StepName
from shared.realtime import push
from shared.table import Item

WEIGHTS: dict[StepName, int] = {"script": 5, "images": 25, "videos": 20, "voice": 20, "montage": 30}


def channel(project_id: str) -> str:
    return f"project:{project_id}"


def progress_of(project: Project, row: Item, name: StepName) -> int:
    """Of a step, 0 to 100."""
    step = project.step(name)
    if step.status in ("completed", "skipped"):
        return 100
    if name == "montage":
        return min(99, int(row.get("rendered", 0)))
    if step.status == "pending" or not step.total:
        return 0
    return min(99, 100 * run.completed(row, name) // step.total)


def overall(project: Project, row: Item) -> int:
    """Of the whole, 0 to 100; 100 when it is completed and not before. A step that is skipped weighs nothing."""
    if project.state == "completed":
        return 100
    weights = {name: weight for name, weight in WEIGHTS.items() if project.step(name).status != "skipped"}
    whole = sum(weight * progress_of(project, row, name) for name, weight in weights.items())
    return min(99, whole // max(1, sum(weights.values())))


def said(project: Project, row: Item) -> dict[str, Any]:
    """`{"type": "progress", "channel", "progress", "step", "status"}` (iafactory: WebSocket API)."""
    current = project.current
    message: dict[str, Any] = {
        "type": "progress",
        "progress": overall(project, row),
        "step": WORDS[current][0] if current else project.state,
        "status": project.state,
        "project_id": project.id,
    }
    if current:
        message |= {
            "step_progress": progress_of(project, row, current),
            "items_total": project.step(current).total,
            "items_completed": run.completed(row, current),
        }
    if project.failure:
        message["error"] = {"code": project.failure.code, "message": project.failure.message}
    if project.film:
        message["video_id"] = project.film
    return message


def tell(project: Project, row: Item) -> None:
    """Nobody's work ends because somebody could not be told."""
    try:
        push(channel(project.id), said(project, row))
    except (BotoCoreError, ClientError, ServiceError) as error:
        log.failure("nobody could be told", error, channel=channel(project.id))
