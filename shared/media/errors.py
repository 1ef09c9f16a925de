"""What can go wrong with a media file.

UnsupportedType (415)
└── MediaError          the file's own fault, its hunger for memory included: trying again cannot help
Unavailable (503)
└── Overrun             it took more time or disk than it may: another attempt, with more, could help
"""

from shared.errors import Unavailable, UnsupportedType


class MediaError(UnsupportedType):
    """`message` is one short sentence without paths, fit for a user; `log` is what the tool said, for operators."""

    code = "UNREADABLE_MEDIA"
    default = "The file could not be read as media"

    def __init__(self, message: str = "", *, log: str = "") -> None:
        super().__init__(message)
        self.log = log


class Overrun(Unavailable):
    default = "The media took more time or memory than allowed"

    def __init__(self, message: str = "", *, log: str = "") -> None:
        super().__init__(message)
        self.log = log
