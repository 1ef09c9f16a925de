"""A folder on the worker's disk for one job, and none left behind by those that were killed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "job-"


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder for one job. Those of workers that were killed go first: Lambda keeps /tmp from one call to the next."""
    for left in Path(tempfile.gettempdir()).glob(f"{FOLDER}*-*"):
        pid = left.name.split("-")[1]
        if not (pid.isdigit() and int(pid) != os.getpid() and is_running(int(pid))):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
