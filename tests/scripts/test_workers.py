"""The functions' processes on this machine: held to their memory, and ended in good time."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.local import workers

PATIENCE = 20  # seconds; a busy machine
PARENT = "import subprocess, sys, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
HUNGRY = "import sys, time; kept = b'x' * (64 << 20); print('full', flush=True); time.sleep(60)"
HUNGRY_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HUNGRY!r}])"


def is_alive(pid: int) -> bool:
    """Running, not only waiting for somebody to ask how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


@pytest.fixture
def start() -> Iterator[Callable[[str], workers.Group]]:
    started = []

    def one(code: str) -> workers.Group:
        started.append(workers.Group([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield one
    for group in started:
        group.kill()
        group.wait()
        if group.stdout:
            group.stdout.close()


def said(group: workers.Group) -> str:
    assert group.stdout is not None
    return group.stdout.readline().strip()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_reaches_what_a_worker_has_started(start: Callable[[str], workers.Group], how: signal.Signals) -> None:
    group = start(PARENT)
    child = int(said(group))
    group.send_signal(how)
    assert group.wait(PATIENCE) == -how
    assert until(lambda: not is_alive(child))


def test_the_children_of_a_worker_that_dies_by_itself_go_with_it(start: Callable[[str], workers.Group]) -> None:
    group = start("import os, subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True); os._exit(1)")
    child = int(said(group))
    assert until(lambda: group.poll() == 1)
    assert until(lambda: not is_alive(child))


def test_the_guardian_ends_what_the_platform_leaves_behind(start: Callable[[str], workers.Group]) -> None:
    left, ended = start(PARENT), start("pass")
    child = int(said(left))
    ended.wait(PATIENCE)
    words = f"+{left.pid}\n+{ended.pid}\n-{ended.pid}\n"
    subprocess.run(
        [sys.executable, "-I", "-S", str(workers.GUARDIAN)], input=words, text=True, timeout=PATIENCE, check=True
    )
    assert left.wait(PATIENCE) == -signal.SIGKILL
    assert until(lambda: not is_alive(child))


@pytest.mark.parametrize("code", [HUNGRY, HUNGRY_CHILD])
@pytest.mark.parametrize(("megabytes", "killed"), [(32, True), (512, False)])
def test_a_worker_is_held_to_its_functions_memory(
    start: Callable[[str], workers.Group], code: str, megabytes: int, killed: bool
) -> None:
    group, lines = start(code), list[dict[str, Any]]()
    assert said(group) == "full"
    worker = SimpleNamespace(_proc=group, in_use=True, config={"MemorySize": megabytes}, func_name="hungry")
    workers.hold(worker, lines.append)
    if killed:
        assert group.wait(PATIENCE) == -signal.SIGKILL
        assert lines[0]["function"] == "hungry"
        assert lines[0]["memory_size"] == 32 < 64 <= lines[0]["memory_used"]
    else:
        assert group.poll() is None
        assert lines == []
    workers.hold(worker, lines.append)  # nothing is said twice
    assert len(lines) == killed
