"""What of a step is still to be made. Everything is found by the hash of what made it, in whichever run that was."""

from msgspec import Struct

from shared.production import scene as scenes
from shared.production import wanted
from shared.production.project import Project, StepName

MUSIC = 0  # the scene's number of what belongs to none


class Item(Struct, frozen=True):
    step: StepName
    scene: int


def to_do(project: Project, name: StepName) -> list[Item]:
    """The items of a step that are not made yet."""
    if name == "script":
        stale = project.script_of != wanted.script(project).of
        return [Item(name, MUSIC)] if stale or not project.scenes else []
    found = scenes.of_project(project.id)
    if name == "images":
        return [Item(name, one.number) for one in found if wanted.lacks_image(project, one)]
    if name == "videos":
        return [Item(name, one.number) for one in found if wanted.lacks_video(project, one)]
    if name == "voice":
        items = [Item(name, one.number) for one in found if wanted.lacks_voice(project, one)]
        lasts = sum(one.duration for one in found)
        lacks = wanted.has_music(project) and project.music_of != wanted.music(project, lasts).of
        return [*items, Item(name, MUSIC)] if lacks else items
    stale = project.film_of != wanted.film(project, found)
    return [Item(name, MUSIC)] if stale or not project.film else []
