"""From an order to files in the bucket, and in the owner's library if that was asked for."""

from pathlib import Path

import msgspec

from functions.fetch import parts
from shared.downloads import blocked, cookies, downloads, failure, filing
from shared.downloads.doing import Doing
from shared.downloads.download import Piece, Role
from shared.jobs.running import OutOfTime
from shared.sources import engine, errors
from shared.sources.order import Got, Order, Progress

LARGEST = 2 << 30  # bytes (redstream: MAX_VIDEO_SIZE)
KEEPING = 90.0  # seconds before the end of the invocation's time, for what has arrived to go into the bucket
ALMOST = 99.0  # percent


def bring(doing: Doing) -> str:
    """Raises SourceError, and OutOfTime with what has arrived in the bucket."""
    blocked.refuse(doing.entry.url)
    parts.restore(doing)
    try:
        got = arrived(doing)
    except errors.OutOfTime:
        doing.watch.tell("downloading", doing.watch.percent)
        parts.keep(doing)
        raise OutOfTime from None
    except errors.SourceError as error:
        blocked.note(doing.entry.url, failure.of(error))
        raise
    store(doing, got)
    parts.forget(doing)
    return got.about.title


def arrived(doing: Doing) -> Got:
    wanted = doing.download.wanted
    order = Order(
        url=doing.entry.url,
        format_id=wanted.format_id,
        extract_audio=wanted.extract_audio,
        include_thumbnail=wanted.include_thumbnail,
        include_subtitles=wanted.include_subtitles,
        start=wanted.start,
        end=wanted.end,
        chapter=wanted.chapter,
    )

    def tell(progress: Progress) -> None:
        percent = ALMOST if progress.stage == "processing" else progress.percent or 0.0
        doing.watch.tell(progress.stage, percent, progress.speed, progress.eta)

    doing.watch.tell("downloading", parts.percent(doing))
    with cookies.jar() as jar:
        return engine.fetch(order, doing.folder, tell, largest=LARGEST, deadline=doing.deadline - KEEPING, cookies=jar)


def store(doing: Doing, got: Got) -> None:
    files: list[tuple[Role, Path]] = [("media", one) for one in got.media]
    files += [("thumbnail", one) for one in got.thumbnails]
    files += [("subtitle", one) for one in got.subtitles]
    for order, (role, path) in enumerate(files):
        doing.watch.tell("processing", ALMOST)
        piece, sha256 = doing.store(path, role, order)
        if doing.download.wanted.save_to_library and role == "media":
            save(doing, piece, sha256, got)
        path.unlink()


def save(doing: Doing, piece: Piece, sha256: str, got: Got) -> None:
    about = msgspec.structs.asdict(got.about)
    library = filing.file(doing.download, piece.name, piece.key, piece.size, sha256, about)
    downloads.add_piece(doing.download, msgspec.structs.replace(piece, library=library))
