"""Who listens to what, and telling them.

Access patterns, in the Traffic table:
    who listens to a channel                CHANNEL#<channel>  / <connection>
    what a connection listens to            CONNECTION#<id>    / CHANNEL#<channel>
Both rows say the same: `until` when (seconds since the epoch), the `account` whose right it is where the channel is not
open to everybody, and whether it is the connection's `only` channel: then messages come as they are, and its end is the
connection's. A connection that is gone is forgotten at the first message that it misses.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from shared import clock, log, sockets
from shared.accounts.lasting import Held
from shared.errors import Invalid, ServiceError
from shared.realtime.connections import LIFE, expiry, key_of
from shared.table import ABSENT, PRESENT, ConditionFailed, Delete, Item, Put, Update
from shared.tables import TRAFFIC

MOST_CHANNELS = 100  # of one connection
MOST_LISTENERS = 2_000  # whom one push reaches: about three seconds, at 16 at once and 25 ms each
PAGE = 200
AT_ONCE = 16
Message = Mapping[str, Any] | msgspec.Struct


@dataclass(frozen=True, slots=True)
class Listener:
    """`right` is what the connection has shown, where the channel is not open to everybody."""

    connection_id: str
    channel: str
    right: Held | None = None
    only: bool = False

    @property
    def row(self) -> Item:
        until = self.right.until if self.right else clock.now() + LIFE
        account = self.right.account_id if self.right else ""
        return {"until": until, "account": account, "only": self.only, "expires": expiry()}

    @property
    def items(self) -> tuple[Item, Item]:
        (here, one), (there, other) = keys(self.connection_id, self.channel)
        return {"pk": here, "sk": one, **self.row}, {"pk": there, "sk": other, **self.row}


def keys(connection_id: str, channel: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (f"CONNECTION#{connection_id}", f"CHANNEL#{channel}"), (f"CHANNEL#{channel}", connection_id)


def listen(listener: Listener) -> None:
    """From now on it is told. Doing so again renews it. Raises Invalid beyond a connection's hundred channels."""
    own, channels = listener.items
    full = Invalid("Too many channels", field="channel", constraint=f"at most {MOST_CHANNELS} a connection")
    room = Update(
        key_of(listener.connection_id),
        {"expires": expiry()},
        add={"channels": 1},
        condition="attribute_not_exists(#channels) OR #channels < :most",
        values={"most": MOST_CHANNELS},
        refusal=full,
    )
    try:
        TRAFFIC.transact(Put(own, ABSENT, refusal=Listening()), Put(channels), room)
    except Listening:
        TRAFFIC.put_many([own, channels])


class Listening(Exception):
    """It does already."""


def leave(connection_id: str, channel: str) -> None:
    """Content when it did not listen."""
    own, channels = keys(connection_id, channel)
    one_less = Update(key_of(connection_id), {"expires": expiry()}, add={"channels": -1})
    try:
        TRAFFIC.transact(Delete(own, PRESENT), Delete(channels), one_less)
    except ConditionFailed:
        return


def forget(connection_id: str) -> None:
    """The connection is gone, and so is all that is known of it: one Query, and writes only for what there is."""
    gone = []
    for row in TRAFFIC.every(f"CONNECTION#{connection_id}"):
        gone.append((row["pk"], row["sk"]))
        if row["sk"].startswith("CHANNEL#"):
            gone.append((row["sk"], connection_id))
    TRAFFIC.delete_many(gone)


def renew(connection_id: str, held: Held | None) -> None:
    """What it listens to by right lasts as long as what it has shown now, if that is the same account's, or ends."""
    for row in list(TRAFFIC.every(f"CONNECTION#{connection_id}", "CHANNEL#")):
        channel = row["sk"].removeprefix("CHANNEL#")
        if held and row["account"] == held.account_id:
            TRAFFIC.put_many(Listener(connection_id, channel, held, row["only"]).items)
        elif row["account"]:
            leave(connection_id, channel)


def push(channel: str, message: Message, *, last: bool = False) -> int:
    """Tell everybody who listens: how many were reached. One Query when nobody does.

    `last` hangs up on connections whose only channel it is. Whoever listens to several gets the message with its
    `channel`, and `type` "progress" unless it has one. Raises TooLarge beyond 128 KB; a connection that cannot be
    reached is no error.
    """
    send = partial(deliver, forms(channel, message), last)
    reached, met, cursor = 0, 0, None
    while met < MOST_LISTENERS:
        page = TRAFFIC.query(f"CHANNEL#{channel}", limit=PAGE, cursor=cursor)
        listening = [row for row in page.items if row["until"] > clock.now()]
        reached += sum(all_at_once(send, listening))
        met += len(page.items)
        if (cursor := page.cursor) is None:
            return reached
    log.event("more listeners than one push reaches", channel=channel, reached=reached)
    return reached


def forms(channel: str, message: Message) -> dict[bool, bytes]:
    """The message as it is, and with its channel; each made once, for whomever."""
    return {True: sockets.packed(message), False: sockets.packed(addressed(channel, message))}


def addressed(channel: str, message: Message) -> dict[str, Any]:
    return {"type": "progress", "channel": channel, **msgspec.to_builtins(message)}


def all_at_once(send: Callable[[Item], bool], rows: list[Item]) -> list[bool]:
    if len(rows) < 2:
        return [send(row) for row in rows]
    with ThreadPoolExecutor(min(AT_ONCE, len(rows))) as pool:
        return list(pool.map(send, rows))


def deliver(data: Mapping[bool, bytes], last: bool, row: Item) -> bool:
    connection_id = row["sk"]
    try:
        if not sockets.send(connection_id, data[row["only"]]):
            forget(connection_id)
            return False
        if last and row["only"]:
            sockets.close(connection_id)
    except (BotoCoreError, ClientError, ServiceError) as error:
        log.failure("a listener was not reached", error, connection=connection_id)
        return False
    return True
