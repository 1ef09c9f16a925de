"""Identifiers: sortable by time where order matters, unguessable always."""

import re
import secrets
import uuid

from shared import clock

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FILE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


def sortable() -> str:
    """A ULID: 48 bits of milliseconds, 80 random bits, 26 characters that sort as the time does."""
    value = clock.now_ms() << 80 | secrets.randbits(80)
    return "".join(CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def account_id() -> str:
    """A UUIDv4, as for every account made with a password."""
    return str(uuid.uuid4())


def is_file_id(text: str) -> bool:
    """Clients choose file ids: what is accepted is safe in a key, a URL path and a file name.

    Letters, digits, `_`, `-` and `.`, at most 128; no leading dot, and never two dots in a row.
    """
    return FILE_ID.fullmatch(text) is not None and ".." not in text
