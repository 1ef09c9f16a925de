"""What people say of themselves and of their accounts, as types that refuse the rest: several functions take them."""

import re
from typing import Annotated

from msgspec import Meta

from shared import clock
from shared.errors import Invalid

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# Neither controls nor line ends, nor what turns the direction of writing or cannot be seen.
LINE = r"[^\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # of text in several lines

# What SES can deliver to (RFC 5321's dot-string, a domain in ASCII): one spelling of an address, and one address in it.
Email = Annotated[
    str,
    Meta(
        pattern=rf"^(?=.{{1,64}}@){ATOM}(\.{ATOM})*@({LABEL}\.)+{LABEL}$(?!\n)",
        max_length=254,
        description="an e-mail address, at most 254 characters",
    ),
]
Username = Annotated[
    str,
    Meta(
        pattern=r"^(?=.*[A-Za-z0-9])[A-Za-z0-9_.-]+$(?!\n)",  # `..` would be another place in a path
        min_length=2,
        max_length=32,
        description="2 to 32 letters, digits, `_`, `.` or `-`",
    ),
]
Password = Annotated[str, Meta(min_length=8, max_length=256)]
Code = Annotated[str, Meta(min_length=1, max_length=32, description="a 6-digit code of the app, or a recovery code")]
Name = Annotated[
    str, Meta(pattern=rf"^{LINE}*$(?!\n)", max_length=32, description="one line of text, at most 32 characters")
]
LongName = Annotated[
    str, Meta(pattern=rf"^{LINE}*$(?!\n)", max_length=64, description="one line of text, at most 64 characters")
]


def plain(text: str, field: str) -> str:
    """Text that may have several lines. Raises Invalid, naming `field`, for one with other control characters."""
    if CONTROLS.search(text):
        raise Invalid(field=field, constraint="text without control characters")
    return text


def ahead(text: str | None, field: str) -> float | None:
    """A moment to come, in seconds since the epoch; None where none is said. Raises Invalid, naming `field`."""
    if text is None:
        return None
    try:
        seconds = clock.seconds_of(text)
    except ValueError:
        seconds = 0.0
    if seconds <= clock.now():
        raise Invalid(field=field, constraint="an RFC 3339 time in the future")
    return seconds
