"""What reads a stranger's bytes runs in a child process: bounded in memory, in time and in what it may write.

    started   any program, within bounds
    call      a function of ours: bytes in, bytes out

A child knows nothing of ours (no keys, no secret): its environment is empty but for what it needs to start. It stays in
our process group, so that what ends the worker ends it too.
"""

import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from shared.media.errors import MediaError, Overrun

try:
    import resource
except ImportError:  # pragma: no cover (Windows)
    resource = None  # type: ignore[assignment]

MIB = 1 << 20
OWN = 256 * MIB  # bytes of a function's memory for our own process: Python, botocore, what is on its way to the bucket
LEAST = 256 * MIB  # bytes of address space below which ffmpeg does not start
ELSEWHERE = 2752 * MIB  # bytes where nobody says how much there is: what the transcode worker has for a child
PER_THREAD = 1024 * MIB  # bytes for each thread: two threads decode 8K HEVC of 10 bits and encode 1080p in 1.5 GiB
LARGEST_ANSWER = 64 * MIB
PATIENCE = 10  # niceness: a tenth of a processor that somebody else wants
TIME = 30.0  # seconds for a function of ours
STARTING = ("LD_LIBRARY_PATH",)  # of our own environment: where Lambda's Python finds its libraries
HERE = str(Path(__file__).parents[2])
REFUSED, SHORT = 65, 75  # exit codes (sysexits.h): the input is bad; something ran out


def memory() -> int:
    """Bytes of address space that a child may have: the function's memory, less what we need ourselves."""
    whole = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    return max(LEAST, int(whole) * MIB - OWN) if whole.isdigit() else ELSEWHERE


def granted() -> int:
    """In a child: bytes of address space that it was given."""
    most = resource.getrlimit(resource.RLIMIT_AS)[0] if resource is not None else -1
    return most if most > 0 else memory()


def threads() -> int:
    """How many threads a child may use: one per processor, where there is memory for it."""
    return max(1, min(os.cpu_count() or 1, memory() // PER_THREAD))


@contextmanager
def started(
    command: Sequence[str],
    *,
    seconds: float,
    stdin: BinaryIO | int = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
    writes: int = 0,
    patient: bool = False,
) -> Iterator[tuple["subprocess.Popen[bytes]", threading.Event]]:
    """A child while it runs, and whether its time was over. Leaving the block ends it.

    It is killed after `seconds`. `writes` is how many bytes a file that it makes may have. A `patient` one lets others
    on the same machine go first (a laptop; a Lambda has its processors to itself).
    """
    process = subprocess.Popen(
        [*command], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(environment or {})
    )
    _limit(process.pid, seconds, writes)
    if patient:
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, process.pid, PATIENCE)
    overdue = threading.Event()

    def stop() -> None:
        overdue.set()
        process.kill()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield process, overdue
    finally:
        timer.cancel()
        process.kill()
        process.wait()


def _limit(pid: int, seconds: float, writes: int) -> None:
    if resource is not None and hasattr(resource, "prlimit"):  # Linux
        cpu = int(seconds * (os.cpu_count() or 1)) + 1
        with suppress(ProcessLookupError, PermissionError):
            for what, most in (("AS", memory()), ("CPU", cpu), ("FSIZE", writes), ("CORE", 0)):
                resource.prlimit(pid, getattr(resource, f"RLIMIT_{what}"), (most, most))


def call(function: Callable[..., bytes], source: bytes | Path, *arguments: str, seconds: float = TIME) -> bytes:
    """What `function(stdin, *arguments)` answers in a child; its standard input is `source`, a file can be sought in.

    The function stands in a module of ours and imports in its body what only the child needs. Raises the MediaError
    that it raised, MediaError when it ran out of memory and Overrun when it was stopped.
    """
    command = [sys.executable, "-B", "-P", "-m", "shared.media.child", f"{function.__module__}:{function.__name__}"]
    environment = {name: os.environ[name] for name in STARTING if name in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join([HERE, *filter(None, sys.path)]), "MALLOC_ARENA_MAX": "2"}
    with _open(source) as stdin:
        bounds: dict[str, Any] = {"seconds": seconds, "stdin": stdin, "environment": environment}
        with started([*command, *arguments], **bounds) as (process, overdue):
            answer, said = _talk(process, source if isinstance(source, bytes) else None)
    log = said[-2000:].decode(errors="replace")
    if process.returncode == REFUSED:
        raise MediaError(**json.loads(log.splitlines()[-1]))
    if process.returncode == SHORT:
        raise MediaError("The file takes too much memory to be read", log=log)
    if overdue.is_set() or process.returncode < 0:
        raise Overrun(log=f"exit {process.returncode}: {log}")
    if process.returncode:
        raise RuntimeError(f"{function.__name__} failed in its child: {log}")
    return answer


@contextmanager
def _open(source: bytes | Path) -> Iterator[BinaryIO | int]:
    if isinstance(source, bytes):
        yield subprocess.PIPE
    else:
        with source.open("rb") as file:
            yield file


def _talk(process: "subprocess.Popen[bytes]", data: bytes | None) -> tuple[bytes, bytes]:
    said: list[bytes] = []
    ears = threading.Thread(target=lambda: said.append(_most(cast(IO[bytes], process.stderr))), daemon=True)
    mouth = threading.Thread(target=_tell, args=(process.stdin, data), daemon=True)
    ears.start()
    mouth.start()
    answer = _most(cast(IO[bytes], process.stdout))
    for thread in (mouth, ears):
        thread.join()
    process.wait()
    return answer, b"".join(said)


def _most(stream: IO[bytes]) -> bytes:
    """What a stream says, as far as we keep it."""
    with stream:
        data = stream.read(LARGEST_ANSWER)
        while stream.read(MIB):
            pass
    return data


def _tell(stream: IO[bytes] | None, data: bytes | None) -> None:
    if stream is not None:
        with suppress(OSError), stream:  # it may have seen enough
            stream.write(data or b"")


def main() -> None:
    """In the child."""
    module, _, name = sys.argv[1].partition(":")
    try:
        answer = getattr(importlib.import_module(module), name)(sys.stdin.buffer, *sys.argv[2:])
    except MediaError as error:
        sys.stderr.write("\n" + json.dumps({"message": error.message, "log": error.log[:500]}))
        sys.exit(REFUSED)
    except MemoryError:
        sys.exit(SHORT)
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
