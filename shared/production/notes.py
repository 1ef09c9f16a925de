"""The log of a project: what happened, for people. The newest 100 are shown.

a line      PROJECT#<id> / LOG#<time>#<chance>
"""

import secrets
from typing import Literal

from msgspec import Struct

from shared import clock
from shared.tables import STUDIO

Level = Literal["info", "warning", "error"]
SHOWN = 100
LONGEST = 500  # characters of a line


class Note(Struct, frozen=True):
    timestamp: str
    level: Level
    message: str


def note(project_id: str, message: str, level: Level = "info") -> None:
    now = clock.iso()
    row = {"pk": f"PROJECT#{project_id}", "sk": f"LOG#{now}#{secrets.token_hex(3)}"}
    STUDIO.put_many([row | {"timestamp": now, "level": level, "message": message[:LONGEST]}])


def of_project(project_id: str, most: int = SHOWN) -> list[Note]:
    """Oldest first."""
    page = STUDIO.query(f"PROJECT#{project_id}", "LOG#", newest_first=True, limit=most)
    return [Note(row["timestamp"], row["level"], row["message"]) for row in reversed(page.items)]
