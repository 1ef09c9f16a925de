"""A platform of one's own on a free port, with fresh data, that can be killed and started again."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
READY = 120.0  # seconds


class Platform:
    def __init__(self, data: Path, settings: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.data, self.url = data, f"http://127.0.0.1:{self.port}"
        self.settings = settings
        self.start()

    def start(self) -> None:
        """Returns when it answers. Raises TimeoutError."""
        until = time.monotonic() + READY
        self.process = self.begun()
        while time.monotonic() < until:
            if self.process.poll() is not None:  # what is left of the one before still has the folder
                time.sleep(0.3)
                self.process = self.begun()
            try:
                if httpx.get(f"{self.url}/health", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise TimeoutError(f"not ready in {READY} s")

    def begun(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(ROOT / "scripts/run"), "--port", str(self.port), "--data", str(self.data)],
            env=os.environ | self.settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        """SIGKILL, to its functions' processes too: what a power cut leaves."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def own_platform(**settings: str) -> Iterator[Platform]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        platform = Platform(Path(folder) / "data", settings)
        try:
            yield platform
        finally:
            platform.stop()
