"""Telling from within work that has much to tell: the newest word, at most once in a while."""

import time

from botocore.exceptions import BotoCoreError, ClientError

from shared import log
from shared.errors import ServiceError
from shared.realtime.channels import Message, push


class Teller:
    """One channel's. `every` in seconds: what is told in between is kept, and the newest of it is pushed later.

        with Teller("download:d-1") as teller:
            for percent in work():
                teller.tell({"percent": percent})

    Work goes on whether or not anybody could be told: what goes wrong is logged. Not for several threads.
    """

    def __init__(self, channel: str, every: float = 1.0) -> None:
        self.channel, self.every = channel, every
        self._pushed = -every
        self._kept: Message | None = None

    def tell(self, message: Message) -> None:
        if time.monotonic() - self._pushed < self.every:
            self._kept = message
            return
        self._push(message)

    def close(self, last: Message | None = None) -> None:
        """Push what is kept back; or `last` instead, after which nothing comes on this channel."""
        if last is not None:
            self._push(last, last=True)
        elif self._kept is not None:
            self._push(self._kept)

    def _push(self, message: Message, last: bool = False) -> None:
        self._kept = None
        try:
            push(self.channel, message, last=last)
        except (BotoCoreError, ClientError, ServiceError) as error:
            log.failure("nobody could be told", error, channel=self.channel)
        self._pushed = time.monotonic()

    def __enter__(self) -> "Teller":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
