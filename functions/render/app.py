"""Worker: the steps of the Render state machine (shared/production/rendering)."""

from typing import Any, Literal

from msgspec import Struct

from shared import log
from shared.entry.task import task
from shared.media.errors import MediaError
from shared.production import rendering, renders
from shared.production.rendering import Todo
from shared.render import Cancelled

REASONS = {  # what the machine gave up on, for people
    "Overrun": ("RENDER_TIMEOUT", "Rendering took more time or memory than allowed"),
    "States.Timeout": ("RENDER_TIMEOUT", "Rendering took more time than allowed"),
    "Unavailable": ("SERVICE_UNAVAILABLE", "The service was out of reach; render it again"),
}
OTHERS = ("RENDER_FAILED", "The film could not be rendered; render it again")


class Asked(Struct):
    """`chunks` and `sound` are what the steps before have answered; `error` what the machine gave up on."""

    ask: Literal["prepare", "film", "chunk", "sound", "join", "failed"]
    render: str
    number: int = 0
    chunks: list[str] = []
    sound: bool = False
    error: dict[str, Any] = {}


def render(asked: Asked) -> Todo | str | bool | None:
    """One step. One that nobody wants any more ends at once, and well; a file's fault is told before it is raised."""
    try:
        if asked.ask == "prepare":
            return rendering.prepare(asked.render)
        if asked.ask == "film":
            return rendering.film(asked.render, asked.number)
        if asked.ask == "chunk":
            return rendering.chunk(asked.render, asked.number)
        if asked.ask == "sound":
            return rendering.sound(asked.render)
        if asked.ask == "join":
            rendering.join(asked.render, asked.chunks, asked.sound)
            return None
    except Cancelled:
        return {"sound": False, "join": None, "failed": None}.get(asked.ask, "")
    except MediaError as error:
        log.event("not rendered", render=asked.render, reason=error.message, said=error.log)
        renders.fail(asked.render, error.code, error.message)
        raise
    code, message = REASONS.get(str(asked.error.get("Error", "")), OTHERS)
    renders.fail(asked.render, code, message)
    return None


handler = task(render, Asked)
