"""Passwords: kept as argon2id of the library's own strength, and compared in the same time whoever asks."""

import importlib.util
from typing import Literal

import pytest
from argon2 import PasswordHasher, Type

from shared.accounts import passwords


def test_the_platforms_own_hasher_is_the_librarys_default() -> None:
    """The tests use a weaker one (tests/conftest.py), so the module is read anew."""
    spec = importlib.util.find_spec("shared.accounts.passwords")
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    ours, default = fresh.HASHER, PasswordHasher()
    assert ours.type is Type.ID
    for name in ("time_cost", "memory_cost", "parallelism", "hash_len"):
        assert getattr(ours, name) == getattr(default, name)
    assert (default.time_cost, default.memory_cost) >= (3, 65536)  # RFC 9106's second recommendation


def test_a_password_matches_its_own_hash_only() -> None:
    stored = passwords.hashed("correct horse")
    assert passwords.matches("correct horse", stored)
    assert not passwords.matches("correct Horse", stored)
    assert not passwords.matches("correct horse", "not a hash")


def test_without_a_password_to_compare_the_same_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Counting(1, 8, 1))
    assert not passwords.matches("nobody has this password", "")
    assert len(verified) == 1
    assert verified[0].startswith("$argon2id$")
