"""How far a download is, told as it goes on: on its row and to who listens, once a second.

What is told is what yt-dlp writes: `{"percent": "42.0%", "speed": "1.20MiB/s", "eta": "00:12"}` (redstream: Progression
en temps réel).
"""

import time
from contextlib import suppress

from shared import clock
from shared.downloads import downloads
from shared.downloads.download import Download, State
from shared.jobs import Lease
from shared.realtime import Teller
from shared.tables import TRAFFIC

EVERY = 1.0  # seconds between two words
SIGN, LIVES = 20.0, 60  # seconds between two signs of life for those who count, and how long each is good
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def channel(download_id: str) -> str:
    return f"download:{download_id}"


def said(percent: float, speed: float | None, eta: float | None) -> dict[str, str]:
    """Speed in bytes a second, `eta` in seconds; what is not known is N/A, as documented."""
    return {"percent": f"{percent:.1f}%", "speed": _speed(speed), "eta": _clock(eta)}


def _speed(speed: float | None) -> str:
    if speed is None:
        return "N/A"
    unit = 0
    while speed >= 1024 and unit < len(UNITS) - 1:
        speed, unit = speed / 1024, unit + 1
    return f"{speed:.2f}{UNITS[unit]}/s"


def _clock(seconds: float | None) -> str:
    if seconds is None:
        return "N/A"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


class Watch:
    """What a worker calls as it goes. Raises Cancelled or Busy when it is to stop.

    A context manager: while it is open, the work is counted among those that run.
    """

    def __init__(self, download: Download, lease: Lease) -> None:
        self.download, self.lease = download, lease
        self.teller = Teller(channel(download.id), EVERY)
        self._place = ("DOWNLOADS", f"RUNNING#{lease.id}")
        self._noted = self._signed = float("-inf")
        self._state = ""
        self.percent = 0.0

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):  # it runs out by itself
            TRAFFIC.delete_many([self._place])

    def tell(self, state: State, percent: float, speed: float | None = None, eta: float | None = None) -> None:
        """`percent` is the entry's own; a playlist's is that of all its entries."""
        self.lease.tell(percent, state)
        self.percent = percent
        state = "downloading" if self.download.kind == "playlist" else state
        now = time.monotonic()
        if state == self._state and now - self._noted < EVERY:
            return
        self._noted, self._state = now, state
        self._sign(now)
        done = self.download.succeeded + self.download.failed
        whole = min(100.0, (100 * done + percent) / self.download.total)
        told = said(whole, speed, eta)
        self.download = downloads.note(self.download.id, state, whole, told)
        self.teller.tell(told)

    def _sign(self, now: float) -> None:
        if now - self._signed >= SIGN:
            self._signed = now
            pk, sk = self._place
            until = int(clock.now()) + LIVES
            TRAFFIC.put_many([{"pk": pk, "sk": sk, "until": until, "expires": until + 3600}])
