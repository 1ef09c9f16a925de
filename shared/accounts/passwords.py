"""Passwords: argon2id with the library's defaults (RFC 9106's second recommended set: 64 MiB, 3 passes)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

HASHER = PasswordHasher()
LONGEST = 1024  # bytes; hashing more would be work a stranger can ask for


def hashed(password: str) -> str:
    return HASHER.hash(password)


def decoy() -> str:
    """A hash that no password has, and that costs as much to compare with: made up, since hashing one would make the
    first comparison of each process take twice the time."""
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${'A' * 22}${'A' * 43}"  # 16 bytes of salt, 32 of hash


def matches(password: str, stored: str) -> bool:
    """Whether it is the password; takes the same time when there is none to compare (`stored` empty)."""
    try:
        return HASHER.verify(stored or decoy(), password) and bool(stored)
    except (VerifyMismatchError, InvalidHashError):
        return False
