"""An open connection: who speaks on it, and how fast.

Access patterns, in the Traffic table:
    who speaks on it, how many channels it has     CONNECTION#<id> / CONNECTION
    everything that is known of it                 CONNECTION#<id>
A connection that has neither said nor shown anything has no row. API Gateway ends each after two hours, so a row that
nobody took away outlives it by ten minutes.
"""

from dataclasses import dataclass

from shared import clock
from shared.accounts.lasting import Held
from shared.table import ConditionFailed, Item, Update
from shared.tables import TRAFFIC

LIFE = 2 * 3600 + 600  # seconds
OF_A_NEW_SECOND = "attribute_not_exists(#second) OR #second <> :now"


@dataclass(frozen=True, slots=True)
class Connection:
    """`held` is what it has shown; `channels` how many it listens to; `said` its messages within this second."""

    id: str
    held: Held | None = None
    channels: int = 0
    said: int = 0


def key_of(connection_id: str) -> tuple[str, str]:
    return f"CONNECTION#{connection_id}", "CONNECTION"


def expiry() -> int:
    return int(clock.now()) + LIFE


def from_item(connection_id: str, row: Item) -> Connection:
    held = Held(row["account"], row["session"], row["api_key"], float(row["until"])) if row.get("account") else None
    return Connection(connection_id, held, int(row.get("channels", 0)), int(row.get("said", 0)))


def find(connection_id: str) -> Connection:
    return from_item(connection_id, TRAFFIC.get(*key_of(connection_id)) or {})


def heard(connection_id: str) -> Connection:
    """It has said something: the connection, with this message counted. One write, two within a busy second."""
    now, key = int(clock.now()), key_of(connection_id)
    anew = Update(key, {"second": now, "said": 1, "expires": expiry()}, condition=OF_A_NEW_SECOND, values={"now": now})
    try:
        row = TRAFFIC.write(anew)
    except ConditionFailed:
        row = TRAFFIC.write(Update(key, add={"said": 1}))
    return from_item(connection_id, row)


def hold(connection_id: str, held: Held) -> None:
    """It has shown who speaks on it."""
    shown = {"account": held.account_id, "session": held.session_id, "api_key": held.key_id, "until": held.until}
    TRAFFIC.write(Update(key_of(connection_id), shown | {"expires": expiry()}))


def let_go(connection_id: str) -> None:
    """What it has shown opens nothing any more."""
    TRAFFIC.write(Update(key_of(connection_id), {"account": "", "expires": expiry()}))
