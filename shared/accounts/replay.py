"""An ID token is good once: it travels through an address bar, where it can be read by others.

Access pattern, in the Traffic table:
    was this token here before     IDTOKEN#<digest> / USED
A client whose answer was lost may send the same again for a minute, from where it sent it first.
"""

import hashlib

from shared import clock
from shared.errors import Unauthorized
from shared.table import ConditionFailed, Delete, Put
from shared.tables import TRAFFIC

GRACE = 60  # seconds
UNUSED = "attribute_not_exists(pk) OR (#place = :place AND #used > :recent)"


def refuse_second(id_token: str, expires: int, place: str) -> bool:
    """Use a verified token up; whether it is the first time. `place` is the client's address.

    Raises Unauthorized when it was used before.
    """
    now = int(clock.now())
    pk, sk = _key(id_token)
    row = {"pk": pk, "sk": sk, "place": _digest(place), "used": now}
    used_here = {"place": row["place"], "recent": now - GRACE}
    try:
        return not TRAFFIC.write(Put(row | {"expires": max(expires, now) + GRACE}, UNUSED, used_here))
    except ConditionFailed:
        raise Unauthorized("Invalid Google token", explanation="it has been used already") from None


def give_back(id_token: str) -> None:
    """It has opened nothing: it may come again."""
    TRAFFIC.write(Delete(_key(id_token)))


def _key(id_token: str) -> tuple[str, str]:
    signed = id_token.rpartition(".")[0]  # a signature can be spelled in more ways than one, what it signs cannot
    return f"IDTOKEN#{_digest(signed)}", "USED"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
