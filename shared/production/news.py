"""What happens to a project, told to the account's webhooks."""

from typing import Any

from shared.production import addresses
from shared.production.project import WORDS, Project
from shared.webhooks.events import emit


def created(project: Project) -> None:
    emit(project.owner, "project.created", {"project_id": project.id}, project.created)


def started(project: Project) -> None:
    data = {"project_id": project.id, "pipeline_id": project.pipeline}
    emit(project.owner, "project.started", data, project.started)


def completed(project: Project) -> None:
    """`duration` in seconds; a run that makes no film has none to tell of."""
    data: dict[str, Any] = {"project_id": project.id}
    if project.film:
        film = {"video_id": project.film, "video_url": addresses.film(project.film), "duration": project.duration}
        data |= film
    emit(project.owner, "project.completed", data, project.ended)


def failed(project: Project) -> None:
    data: dict[str, Any] = {"project_id": project.id, "pipeline_id": project.pipeline}
    if failure := project.failure:
        data["error"] = {"code": failure.code, "message": failure.message, "step": WORDS[failure.step][0]}
    emit(project.owner, "project.failed", data, project.ended)
