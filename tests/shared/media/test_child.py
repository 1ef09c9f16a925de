"""What reads a stranger's bytes does so in a child that is bounded, and knows nothing of ours."""

import os
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from shared.media import child
from shared.media.errors import MediaError, Overrun

# Run in the child, which imports this module by its name.


def reversed_(stdin: BinaryIO, *more: str) -> bytes:
    return stdin.read()[::-1] + "".join(more).encode()


def refusing(stdin: BinaryIO) -> bytes:
    raise MediaError("Not this one", log="it is odd")


def hungry(stdin: BinaryIO) -> bytes:
    return bytes(4 << 30)


def sleeping(stdin: BinaryIO) -> bytes:
    time.sleep(60)
    return b""


def writing(stdin: BinaryIO) -> bytes:
    Path(stdin.read().decode()).write_bytes(b"something")
    return b""


def environment(stdin: BinaryIO) -> bytes:
    return " ".join(os.environ).encode()


def group(stdin: BinaryIO) -> bytes:
    return str(os.getpgrp()).encode()


def test_bytes_go_in_and_come_out(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert child.call(reversed_, b"abc", "!") == b"cba!"
    assert child.call(reversed_, path) == b"cba"


def test_a_child_that_does_not_read_is_no_matter() -> None:
    assert child.call(group, bytes(10 << 20))


def test_what_it_refuses_is_refused_here() -> None:
    with pytest.raises(MediaError, match="Not this one") as caught:
        child.call(refusing, b"")
    assert caught.value.log == "it is odd"


def test_memory_is_bounded_by_the_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
    assert child.memory() == 768 << 20
    with pytest.raises(MediaError, match="too much memory"):
        child.call(hungry, b"")


@pytest.mark.parametrize(("megabytes", "threads"), [("512", 1), ("1024", 1), ("3008", 2), ("10240", 4)])
def test_a_thread_has_its_memory(monkeypatch: pytest.MonkeyPatch, megabytes: str, threads: int) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", megabytes)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert child.threads() == threads


def test_time_is_bounded() -> None:
    with pytest.raises(Overrun):
        child.call(sleeping, b"", seconds=0.5)


def test_it_writes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "made"
    with pytest.raises(RuntimeError, match="File too large"):
        child.call(writing, str(path).encode())
    assert not path.read_bytes()


def test_it_knows_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a key")
    told = child.call(environment, b"").decode().split()
    assert set(told) <= {"PYTHONPATH", "MALLOC_ARENA_MAX", "LD_LIBRARY_PATH", "LC_CTYPE"}


def test_what_ends_us_ends_it() -> None:
    assert child.call(group, b"") == str(os.getpgrp()).encode()
