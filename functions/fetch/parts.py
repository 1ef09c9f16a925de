"""What has arrived of an entry, kept in the bucket from one invocation to the next."""

from urllib.parse import quote, unquote

from shared import storage
from shared.downloads import outgoing
from shared.downloads.doing import Doing

FOLDER = "parts/"


def keep(doing: Doing) -> None:
    """Raises Cancelled or Busy when nobody wants it any more."""
    for path in sorted(doing.folder.rglob("*")):
        if path.is_file():
            name = quote(str(path.relative_to(doing.folder)), safe="")
            outgoing.send(path, f"{doing.prefix}{FOLDER}{name}", "part")
            doing.watch.tell("downloading", doing.watch.percent)


def restore(doing: Doing) -> None:
    """Into the folder, if there is anything."""
    if not doing.entry.rounds:
        return
    for name in storage.names(doing.prefix + FOLDER):
        path = doing.folder / unquote(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        storage.save(f"{doing.prefix}{FOLDER}{name}", path)
        doing.watch.tell("downloading", percent(doing))


def percent(doing: Doing) -> float:
    """How far an earlier invocation had come; of an entry among others nobody has put it down."""
    return doing.download.percent if doing.entry.rounds and doing.download.total == 1 else 0.0


def forget(doing: Doing) -> None:
    if doing.entry.rounds:
        storage.delete_below(doing.prefix + FOLDER)
