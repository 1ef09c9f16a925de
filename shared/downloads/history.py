"""What an account has downloaded, newest first, for 90 days: the files go after an hour, the line stays.

ACCOUNT#<id> / DOWNLOAD#<created>#<download>     in the Traffic table; what it shows is read from the download's row
"""

from typing import NamedTuple

from shared.downloads.download import Download, from_item, key
from shared.tables import TRAFFIC


class Page(NamedTuple):
    downloads: list[Download]
    cursor: str | None


def page_of(account_id: str, limit: int, cursor: str | None) -> Page:
    """One query, and a BatchGet per 100. Raises Invalid for a cursor that is none."""
    page = TRAFFIC.query(f"ACCOUNT#{account_id}", "DOWNLOAD#", limit=limit, newest_first=True, cursor=cursor)
    places = [key(row["thing"]) for row in page.items]
    rows = TRAFFIC.get_many(places)
    return Page([from_item(rows[place]) for place in places if place in rows], page.cursor)
