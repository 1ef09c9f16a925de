"""A scene: what is said, what is seen meanwhile, and what was made of it.

a scene of a project      PROJECT#<id> / SCENE#<nnn>
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from shared.errors import NotFound
from shared.table import PRESENT, ConditionFailed, Item, Key, Update
from shared.tables import STUDIO

OWN = "own"  # what `image_of` and `video_of` say of an asset that a person has chosen
MOST = 120


class Scene(Struct, frozen=True, kw_only=True):
    """`duration` in seconds, as planned: what is said may take longer. `image`, `video` and `voice` are assets, and
    what ends in `_of` the hash of what each was made of."""

    number: int
    narration: str
    picture: str  # the prompt of its picture
    duration: float
    title: str = ""  # what stands on the screen
    role: str = ""  # hook, point, close
    image: str = ""
    image_of: str = ""
    video: str = ""
    video_of: str = ""
    voice: str = ""
    voice_of: str = ""


def key(project_id: str, number: int) -> Key:
    return f"PROJECT#{project_id}", f"SCENE#{number:03}"


def to_item(project_id: str, scene: Scene) -> Item:
    pk, sk = key(project_id, scene.number)
    return {"pk": pk, "sk": sk, **msgspec.to_builtins(scene)}


def of_project(project_id: str) -> list[Scene]:
    """In order."""
    return [msgspec.convert(row, Scene) for row in STUDIO.every(f"PROJECT#{project_id}", "SCENE#")]


def find(project_id: str, number: int) -> Scene:
    row = STUDIO.get(*key(project_id, number))
    if row is None:
        raise NotFound("Scene not found")
    return msgspec.convert(row, Scene)


def write_all(project_id: str, scenes: Sequence[Scene]) -> None:
    """Instead of those that are there."""
    old = {row["sk"] for row in STUDIO.every(f"PROJECT#{project_id}", "SCENE#")}
    STUDIO.put_many(to_item(project_id, one) for one in scenes)
    gone = old - {key(project_id, one.number)[1] for one in scenes}
    STUDIO.delete_many([(f"PROJECT#{project_id}", sk) for sk in gone])


def change(project_id: str, number: int, **changes: Any) -> Scene:
    """Raises NotFound."""
    try:
        row = STUDIO.write(Update(key(project_id, number), set=changes, condition=PRESENT))
    except ConditionFailed:
        raise NotFound("Scene not found") from None
    return msgspec.convert(row, Scene)
