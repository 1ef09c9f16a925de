"""How far a render is: the four stages of the document (iafactory: Obtenir le Statut du Rendu), from its row.

preparation     what is to be done, and of what
compositing     what the picture is put together from: real clips at its size and rate, the sound
encoding        the film's frames, drawn and encoded in chunks
finalization    chunks and sound to one file
"""

from typing import Literal

from msgspec import Struct

from shared import clock
from shared.production.render import Render

StageName = Literal["preparation", "compositing", "encoding", "finalization"]
StageState = Literal["pending", "in_progress", "completed", "failed", "cancelled"]
SHARES: dict[StageName, int] = {"preparation": 3, "compositing": 15, "encoding": 77, "finalization": 5}
SOUND = 2  # passes


class Stage(Struct, frozen=True):
    """`duration` in seconds, of one that is over; `progress` in per cent."""

    status: StageState
    progress: int
    duration: float | None = None


def of(render: Render) -> dict[StageName, Stage]:
    whole = render.filmed + SOUND * render.heard
    ready = render.made("film_") + render.made("sound")
    found: dict[StageName, Stage] = {
        "preparation": _stage(render.started, render.prepared, render.prepared > 0, 0),
        "compositing": _stage(
            render.prepared,
            max(render.composed, render.prepared),
            render.prepared > 0 and ready >= whole,
            100 * ready // max(1, whole),
        ),
        "encoding": _stage(
            render.drawn,
            render.encoded,
            0 < render.frames <= render.made("chunk_"),
            100 * render.made("chunk_") // max(1, render.frames),
        ),
        "finalization": _stage(render.joined, render.ended, render.state == "completed", 0),
    }
    if render.state == "completed":
        return {name: Stage("completed", 100, stage.duration or 0.0) for name, stage in found.items()}
    if render.state in ("failed", "cancelled"):
        ended: StageState = "failed" if render.state == "failed" else "cancelled"
        return {
            name: Stage(ended, stage.progress) if stage.status == "in_progress" else stage
            for name, stage in found.items()
        }
    return found


def _stage(began: float, ended: float, is_over: bool, percent: int) -> Stage:
    if is_over:
        return Stage("completed", 100, round(max(0.0, ended - began), 1))
    return Stage("in_progress", min(99, percent)) if began else Stage("pending", 0)


def current(stages: dict[StageName, Stage]) -> StageName | None:
    """The furthest that is at work: the sound is made beside the picture."""
    return next((name for name in reversed(stages) if stages[name].status == "in_progress"), None)


def progress(render: Render) -> int:
    """Of the whole, 0 to 100; 100 when the film is there and not before."""
    if render.state == "completed":
        return 100
    found = of(render)
    return min(99, sum(share * found[name].progress for name, share in SHARES.items()) // 100)


def remaining(render: Render) -> float:
    """Seconds that are left: as estimated at first, by its pace more and more."""
    if render.is_over:
        return 0.0
    if not render.started:
        return render.estimated
    passed, share = max(0.0, clock.now() - render.started), progress(render) / 100
    by_pace = passed * (1 - share) / share if share else render.estimated
    return max(1.0, max(0.0, render.estimated - passed) * (1 - share) + by_pace * share)
