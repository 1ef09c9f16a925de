"""What a film will take, told before it is begun: seconds and US dollars, from what its makers usually take.

The figures of our own makers were measured on two cores; those of the others are their published prices and what they
say of their speed, rounded up.
"""

from msgspec import Struct

from shared.production import wanted
from shared.production.project import Project
from shared.production.scene import Scene
from shared.providers.names import LOCAL

SCENE = 7.0  # seconds of a scene, where there is no script yet
AT_ONCE = 4  # items of a step that are made side by side
# (seconds an item, US dollars an item) by provider
SCRIPT = {LOCAL: (1.0, 0.0), "openai": (20.0, 0.02)}
IMAGE = {LOCAL: (2.0, 0.0), "openai": (25.0, 0.08), "dalle3": (25.0, 0.08)}
VIDEO = {LOCAL: (0.0, 0.0), "runway": (90.0, 0.25)}
VOICE = {LOCAL: (1.5, 0.0), "elevenlabs": (5.0, 0.03), "openai": (5.0, 0.01)}
MUSIC = {LOCAL: (5.0, 0.0), "suno": (90.0, 0.10)}
RENDER = 1.2  # seconds of work a second of film
START = 4.0  # seconds until the first worker is there


class Estimate(Struct, frozen=True):
    seconds: int
    cost: float


def of(project: Project, scenes: list[Scene]) -> Estimate:
    """Of what is still to do."""
    config = project.config
    count = len(scenes) or max(3, round(config.target_duration / SCENE))
    seconds, cost = START, 0.0
    if not scenes:
        seconds, cost = _and(seconds, cost, SCRIPT[wanted.of(project, "llm")], 1)
    lacking = [
        (IMAGE, "image", sum(wanted.lacks_image(project, one) for one in scenes) if scenes else count),
        (VIDEO, "video", sum(wanted.lacks_video(project, one) for one in scenes) if scenes else count),
        (VOICE, "voice", sum(wanted.lacks_voice(project, one) for one in scenes) if scenes else count),
        (MUSIC, "music", int(wanted.has_music(project) and not project.music)),
    ]
    for prices, kind, items in lacking:
        seconds, cost = _and(seconds, cost, prices[project.providers.get(kind, LOCAL)], items)  # type: ignore[call-overload]
    return Estimate(round(seconds + RENDER * config.target_duration), round(cost, 2))


def _and(seconds: float, cost: float, price: tuple[float, float], items: int) -> tuple[float, float]:
    return seconds + price[0] * -(-items // AT_ONCE), cost + price[1] * items
