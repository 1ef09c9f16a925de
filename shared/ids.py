"""Identifiers: sortable by time where order matters, unguessable always."""

import secrets
import uuid

from shared import clock

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def sortable(at: float | None = None, bits: int | None = None) -> str:
    """A ULID: 48 bits of milliseconds, 80 random bits, 26 characters that sort as the time does.

    `at` is another moment than now, in seconds since the epoch; `bits` stand in for the random ones.
    """
    milliseconds = clock.now_ms() if at is None else int(at * 1000)
    value = milliseconds << 80 | (secrets.randbits(80) if bits is None else bits)
    return "".join(CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def account_id() -> str:
    """A UUIDv4, as for every account made with a password."""
    return str(uuid.uuid4())
