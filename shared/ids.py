"""Identifiers: sortable by time where order matters, unguessable always."""

import secrets
import uuid

from shared import clock

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def sortable() -> str:
    """A ULID: 48 bits of milliseconds, 80 random bits, 26 characters that sort as the time does."""
    value = clock.now_ms() << 80 | secrets.randbits(80)
    return "".join(CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def account_id() -> str:
    """A UUIDv4, as for every account made with a password."""
    return str(uuid.uuid4())
