"""What a row of a top list shows, and what it is sorted by."""

from typing import Any

from shared.library import keys
from shared.library.files import File
from shared.library.ratings import Aggregate


def score(aggregate: Aggregate) -> str:
    """Sorts as average, then count: `4.80` with 125 ratings is `4800000#0000000125`."""
    exact = aggregate.total / aggregate.count if aggregate.count else 0.0
    return f"{round(exact * 1_000_000):07d}#{aggregate.count:010d}"


def averages(whole: Aggregate) -> dict[str, Any]:
    return {"averageRating": whole.average, "ratingCount": whole.count}


def card(file: File) -> dict[str, Any]:
    """A file's face. The address of the thumbnail works before there is a picture, too."""
    own = keys.thumbnail_url(file.category, file.file_id, file.thumbnail_version)
    return {
        "title": file.title or file.filename,
        "thumbnail_url": file.thumbnail_url or own,
        "category": file.category,
        "year": file.year,
    }
