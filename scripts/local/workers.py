"""The functions' processes: each in a process group with what it starts, held to its memory, and none outlives us.

In the cloud a function's process and its children live and die in one sandbox. Here a process group stands for it:
    memory    whoever uses more than the function's MemorySize is killed, as Lambda does it, and the log says so
    the end   a worker's children go with it; and all of them with the platform, however that ends (`kill -9` too)
Memory is what /proc says (Linux); elsewhere it is not held.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import types
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

EVERY = 0.25  # seconds between two looks at the memory
PROC = Path("/proc")
GUARDIAN = Path(__file__).with_name("guardian.py")
MIB = 2**20
RELEASED = ("RssAnon:", "RssShmem:", "VmSwap:")  # of /proc/<pid>/status: what the kernel could not drop and read again


class Group(subprocess.Popen[str]):
    """A worker in a process group of its own: signals reach all of it, and its end is the end of all of it."""

    watch: Callable[[str], None] = staticmethod(lambda line: None)

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more, start_new_session=True)
        self.emptied = False
        self.watch(f"+{self.pid}")

    def send_signal(self, sig: int) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, sig)

    def poll(self) -> int | None:
        return self._over(super().poll())

    def wait(self, timeout: float | None = None) -> int:
        code = super().wait(timeout)
        self._over(code)
        return code

    def _over(self, code: int | None) -> int | None:
        """The worker has ended: so do its children."""
        if code is not None and not self.emptied:
            self.emptied = True
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self.watch(f"-{self.pid}")
        return code


def keep(tell: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
    """Make MiniStack's workers such groups from now on. `tell` writes a line of the log.

    Answers what ends it: the watch over memory, and the guardian.
    """
    guardian = subprocess.Popen(
        [sys.executable, "-I", "-S", str(GUARDIAN)],
        stdin=subprocess.PIPE,
        text=True,
        bufsize=1,
        start_new_session=True,
    )
    lock, workers, over = threading.Lock(), weakref.WeakSet[Any](), threading.Event()

    def watch(line: str) -> None:
        with lock, contextlib.suppress(OSError, ValueError):  # a guardian that is gone is no reason to stop
            guardian.stdin.write(f"{line}\n")  # type: ignore[union-attr]

    Group.watch = staticmethod(watch)
    lambda_runtime.subprocess = types.SimpleNamespace(**vars(subprocess) | {"Popen": Group})
    spawn = lambda_runtime.Worker._spawn

    def spawn_and_note(worker: Any) -> None:
        workers.add(worker)
        spawn(worker)

    lambda_runtime.Worker._spawn = spawn_and_note

    def look() -> None:
        while not over.wait(EVERY):
            for worker in list(workers):
                hold(worker, tell)

    threading.Thread(target=look, daemon=True, name="memory").start()

    def end() -> None:
        over.set()
        with lock, contextlib.suppress(OSError):
            guardian.stdin.close()  # type: ignore[union-attr]
        guardian.wait()

    return end


def hold(worker: Any, tell: Callable[[dict[str, Any]], None]) -> None:
    """Kill a worker that has more memory than its function, with its children."""
    process = worker._proc
    if process is None or not worker.in_use or process.poll() is not None:
        return
    allowed = int(worker.config.get("MemorySize", 128)) * MIB
    used = memory(process.pid)
    if used > allowed:
        process.send_signal(signal.SIGKILL)
        tell(
            {
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "level": "ERROR",
                "message": "out of memory: the worker was killed",
                "function": worker.func_name,
                "memory_size": allowed // MIB,
                "memory_used": used // MIB,
            }
        )


def memory(pid: int) -> int:
    """Bytes that a process and all its descendants hold; 0 where there is no /proc."""
    total = 0
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith(RELEASED):
                total += int(line.split()[1]) * 1024
        total += sum(memory(child) for child in children(pid))
    return total


def children(pid: int) -> list[int]:
    tasks = (PROC / str(pid) / "task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]
