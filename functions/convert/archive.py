"""All files of a download in one zip, from the bucket into the bucket: memory holds parts of it, the disk nothing.

Nothing is compressed: films and sounds are already.
"""

import zipfile
from datetime import UTC, datetime
from typing import IO, cast

from shared import aws
from shared.downloads import downloads
from shared.downloads.download import ARCHIVE, Piece, prefix, whole
from shared.downloads.outgoing import Outgoing
from shared.jobs import Lease
from shared.settings import settings
from shared.sources.names import file_name

READ = 1 << 20  # bytes


def pack(download_id: str, lease: Lease) -> None:
    """Raises what the bucket raises when a file has gone meanwhile."""
    found = whole(download_id)
    if found is None or not found.download.has_files:
        return
    pieces = [one for one in found.pieces if one.role != "archive"]
    size, done = sum(one.size for one in pieces), 0
    key = f"{prefix(download_id)}{ARCHIVE}"
    moment = datetime.fromtimestamp(found.download.ended, UTC).timetuple()[:6]
    with (
        Outgoing(key, name_of(found.download.title or ARCHIVE)) as out,
        zipfile.ZipFile(cast(IO[bytes], out), "w", zipfile.ZIP_STORED) as archive,
    ):
        for one in pieces:
            entry = zipfile.ZipInfo(one.name, moment)
            entry.file_size = one.size
            with archive.open(entry, "w", force_zip64=one.size >= 1 << 31) as into:
                body = aws.client("s3").get_object(Bucket=settings.media_bucket, Key=one.key)["Body"]
                while data := body.read(READ):
                    into.write(data)
                    done += len(data)
                    lease.tell(100 * done / max(size, 1), "packing")
    downloads.add_archive(found.download, Piece(name=ARCHIVE, key=key, size=out.size, role="archive"))


def name_of(title: str) -> str:
    """What people save it as."""
    return file_name(title.removesuffix(".zip"), "zip")
