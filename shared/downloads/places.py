"""How much one caller, an account or an address, may have waiting or running: nobody fills the queue alone.

PLACES#<caller> / PLACE#<nn>     in the Traffic table, with the download that holds it

A download of any kind holds one place until it is over, a playlist too: its entries wait for each other (`work`). A
place is taken and freed in the transaction that begins or ends its download, so the number is exact; one that was never
freed is free again after two days, when no download runs any more.
"""

import random

from shared import clock
from shared.downloads.download import Download
from shared.errors import TooManyRequests
from shared.table import Put, Update
from shared.tables import TRAFFIC

MOST = 20
LASTS = 2 * 86400  # seconds
AGAIN = 30  # seconds after which somebody whose places are all taken may ask again


def free_one(caller: str) -> int:
    """The number of a free place, from 1 on. Raises TooManyRequests when there is none."""
    rows = TRAFFIC.query(_pk(caller), limit=MOST).items
    taken = {row["sk"] for row in rows if row["expires"] >= clock.now()}
    free = [number for number in range(1, MOST + 1) if _sk(number) not in taken]
    if not free:
        raise TooManyRequests(AGAIN)
    return random.choice(free)  # noqa: S311  so that two at the same moment seldom want the same one


def take(download: Download) -> Put:
    """The write that takes its place. It fails where another download has come before."""
    row = {"pk": _pk(download.caller), "sk": _sk(download.place), "download": download.id}
    return Put(
        row | {"expires": int(clock.now()) + LASTS},
        "attribute_not_exists(pk) OR #expires < :now",
        {"now": clock.now()},
    )


def leave(download: Download) -> list[Update]:
    """The write that frees its place, for the moment it is over."""
    place = _pk(download.caller), _sk(download.place)
    return [Update(place, {"expires": 0})] if download.place else []


def _pk(caller: str) -> str:
    return f"PLACES#{caller}"


def _sk(number: int) -> str:
    return f"PLACE#{number:02}"
