"""One timeline in several shapes, and where text may stand in each."""

from msgspec.structs import replace

from shared.render.plan import Canvas
from shared.render.timeline import Timeline, size

ASPECTS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1), "4:5": (4, 5)}
SIDES = 0.05  # of the width that titles keep away from the edges (EBU R 95: the title safe area)
BOTTOM = {"tall": 0.18, "wide": 0.07}  # of the height; in an upright film, apps lay their buttons there
TOP = {"tall": 0.10, "wide": 0.05}
TEXT = 0.055  # of the shorter side: the height of a caption's letters


def variant(timeline: Timeline, aspect: str) -> Timeline:
    """The same film in another shape, with the same shorter side. Pictures are fitted anew, titles to its safe area."""
    width, height = size(timeline.config.resolution) or (1920, 1080)
    short = min(width, height)
    across, down = ASPECTS[aspect]
    scale = short / min(across, down)
    resolution = f"{round(across * scale / 2) * 2}x{round(down * scale / 2) * 2}"
    return replace(timeline, config=replace(timeline.config, resolution=resolution))


def safe(canvas: Canvas) -> tuple[int, int, int]:
    """Pixels that text keeps from the sides, the top and the bottom."""
    shape = "tall" if canvas.height > canvas.width else "wide"
    return round(canvas.width * SIDES), round(canvas.height * TOP[shape]), round(canvas.height * BOTTOM[shape])


def letters(canvas: Canvas) -> int:
    """Pixels of a line of text."""
    return max(8, round(min(canvas.width, canvas.height) * TEXT))
