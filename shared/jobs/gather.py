"""One message for what many ask for within seconds: a note says that it is on its way.

    a note     GATHER#<name> / NOTE

The worker forgets the note before it looks at anything, so that what changes from then on is asked for again. Its work
must be harmless when done twice; it may claim a job of the same name as well, whose row is another.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from shared import clock
from shared.jobs.message import send
from shared.table import ConditionFailed, Put
from shared.tables import TRAFFIC

LATE = 60  # seconds after its delay at which a message that nobody has begun is taken for lost


def note_key(name: str) -> tuple[str, str]:
    return f"GATHER#{name}", "NOTE"


def gather(queue_url: str, name: str, body: Mapping[str, Any], delay: int) -> None:
    """Send, unless the same was sent and has not begun: one run will do for all who asked meanwhile."""
    pk, sk = note_key(name)
    now = int(clock.now())
    note = {"pk": pk, "sk": sk, "expires": now + delay + LATE}
    with suppress(ConditionFailed):
        TRAFFIC.write(Put(note, "attribute_not_exists(pk) OR #expires < :now", {"now": now}))
        send(queue_url, body, delay)
