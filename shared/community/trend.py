"""What is trending: how much a content is looked at, used and liked, each doubling worth as much as HALF_LIFE of youth.

A score grows with the time of creation instead of decaying, so that time alone moves nothing (docs/data.md: Ranked).
"""

import math
from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from shared import counters, jobs
from shared.community import contents
from shared.community.content import Content
from shared.errors import NotFound
from shared.settings import settings
from shared.tables import COMMUNITY

HALF_LIFE = 12 * 3600  # seconds
WEIGHTS = {"views": 1, "uses": 3, "favorites": 5}
WITHIN = 3  # seconds for which changes of one content are gathered


def score(created_at: str, counts: Mapping[str, int]) -> str:
    """As text that sorts as the number does."""
    weight = sum(max(0, counts.get(name, 0)) * times for name, times in WEIGHTS.items())
    age = datetime.fromisoformat(created_at).timestamp() / HALF_LIFE
    return f"{age + math.log2(1 + weight):016.6f}"


def note(content_id: str) -> None:
    """Its counts have changed: have the worker rank it, once for all who tell so within seconds."""
    if settings.trends_queue_url:
        jobs.send_once(settings.trends_queue_url, f"trend-{content_id}", {"content": content_id}, WITHIN)


def rank(content_id: str) -> None:
    """For the worker: put a content where its counts say."""
    jobs.forget(f"trend-{content_id}")  # before they are read: what changes from now on is told anew
    counted = counters.read(COMMUNITY, contents.counts_of(content_id))

    def placed(content: Content) -> Content:
        return replace(content, trend=score(content.created_at, counted))

    try:
        contents.change(content_id, placed)
    except NotFound:
        return
