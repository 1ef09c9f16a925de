"""An entry's way to its worker: its message, its job, its turn among the entries of the same caller."""

from collections.abc import Sequence
from typing import Literal

from shared import clock, jobs
from shared.downloads.download import ARCHIVE, Download, Entry
from shared.jobs import Turn, turns
from shared.jobs.job import key as job_key
from shared.jobs.message import send_all
from shared.settings import settings
from shared.tables import TRAFFIC

Line = Literal["fetch", "convert"]
# Entries of one caller at a time, of the five that are fetched and the four that are converted: there is always room
# for others.
AT_ONCE: dict[Line, int] = {"fetch": 4, "convert": 3}
RESERVED = {ARCHIVE, "history", "retry"}  # what stands at a file's place in the addresses


def queue_of(download: Download) -> str:
    return settings.convert_queue_url if download.kind == "convert" else settings.fetch_queue_url


def job_id(download_id: str, number: int) -> str:
    return f"download-{download_id}-{number}"


def line_of(download: Download) -> Line:
    return "convert" if download.kind == "convert" else "fetch"


def turn(line: Line, caller: str, queue_url: str, order: str = "") -> Turn:
    """`order` is when it was asked for, to stand in line; to wake who stands there it is not needed."""
    return Turn(line, caller, AT_ONCE[line], queue_url, order)


def message_of(download: Download, entry: Entry) -> dict[str, object]:
    return {"download": download.id, "entry": entry.number, "caller": download.caller}


def ask(download: Download, entries: Sequence[Entry]) -> None:
    """One message an entry."""
    send_all(queue_of(download), [message_of(download, one) for one in entries])


def remind(download: Download, entries: Sequence[Entry]) -> None:
    """Send again what nobody is at, and wake who waits for a turn."""
    places = {job_key(job_id(download.id, one.number)): one for one in entries}
    rows = TRAFFIC.get_many(places)
    waits = {place for place, row in rows.items() if row["stage"] == jobs.WAITING and row["state"] == "queued"}
    busy = {place for place, row in rows.items() if row["state"] == "running" and row["lease"] >= clock.now()}
    ask(download, [one for place, one in places.items() if place not in waits | busy])
    if waits:
        turns.wake(turn(line_of(download), download.caller, queue_of(download)))
