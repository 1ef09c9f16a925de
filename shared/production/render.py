"""A render: a timeline on its way to a film.

a render                    RENDER#<id> / RENDER        done_<piece>: frames of a piece that are made, each its own
… of an account             OWNER#<account> / RENDER#<id>
before it                   QUEUE#render / <created>#<id>, until it is over
the newest of the same      RENDERED#<hash of what it is made of> / RENDER
"""

from typing import Literal

import msgspec
from msgspec import Struct

from shared.render import Settings
from shared.table import Item, Key

State = Literal["queued", "rendering", "completed", "failed", "cancelled"]
QUEUE = "QUEUE#render"
PIECES = "production/chunks/"  # what a film is made of on its way: a lifecycle rule removes it after 30 days


class Render(Struct, frozen=True, kw_only=True):
    """Times in seconds since the epoch. `pipeline` is the run it belongs to, "" when somebody asked for it by itself;
    `frames` are the film's, `filmed` those of real clips that are made ready first; `video` its film, an asset. `done`
    are the frames made of each piece: `chunk_0003`, `film_0000`, `sound` (of two)."""

    id: str
    owner: str
    project: str
    timeline: str
    created: float
    updated: float
    settings: Settings
    made_of: str
    video: str
    preview: bool = False
    pipeline: str = ""
    state: State = "queued"
    estimated: float = 0
    duration: float = 0
    frames: int = 0
    filmed: int = 0
    heard: bool = False
    started: float = 0
    prepared: float = 0
    composed: float = 0
    drawn: float = 0  # since when it is encoded
    encoded: float = 0
    joined: float = 0  # since when it is joined
    ended: float = 0
    code: str = ""
    error: str = ""
    done: dict[str, int] = {}

    @property
    def is_over(self) -> bool:
        return self.state in ("completed", "failed", "cancelled")

    def made(self, kind: str) -> int:
        """Frames that are made of all pieces of a kind."""
        return sum(frames for name, frames in self.done.items() if name.startswith(kind))


def key(render_id: str) -> Key:
    return f"RENDER#{render_id}", "RENDER"


def same_key(made_of: str) -> Key:
    return f"RENDERED#{made_of}", "RENDER"


def queue_key(render: Render) -> Key:
    return QUEUE, f"{render.created:017.6f}#{render.id}"


def to_item(render: Render) -> Item:
    pk, sk = key(render.id)
    plain = msgspec.to_builtins(render)
    return {"pk": pk, "sk": sk, **{name: value for name, value in plain.items() if name != "done"}}


def from_item(item: Item) -> Render:
    done = {name.removeprefix("done_"): int(frames) for name, frames in item.items() if name.startswith("done_")}
    return msgspec.convert({**item, "done": done}, Render, strict=False)


def sheet(render_id: str) -> str:
    """Where its plan is."""
    return f"{PIECES}renders/{render_id}.json"


def sound_key(render_id: str) -> str:
    return f"{PIECES}renders/{render_id}.sound"


def film_key(name: str) -> str:
    """Where a clip that is made ready is: its name is the hash of what it is."""
    return f"{PIECES}films/{name}.mp4"


def chunk_place(chunk: str) -> str:
    return f"{PIECES}{chunk}.mp4"
