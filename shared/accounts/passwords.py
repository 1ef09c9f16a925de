"""Passwords: argon2id with the library's defaults (RFC 9106's second recommended set: 64 MiB, 3 passes)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

HASHER = PasswordHasher()
LONGEST = 1024  # bytes; hashing more would be work a stranger can ask for


def hashed(password: str) -> str:
    return HASHER.hash(password)


@cache
def decoy() -> str:
    return HASHER.hash("nobody has this password")


def matches(password: str, stored: str) -> bool:
    """Whether it is the password; takes the same time when there is none to compare (`stored` empty)."""
    try:
        return HASHER.verify(stored or decoy(), password) and bool(stored)
    except (VerifyMismatchError, InvalidHashError):
        return False
