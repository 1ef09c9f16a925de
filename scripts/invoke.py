"""Run a function's built artifact on an event, as Lambda would: `scripts/invoke FUNCTION EVENT.json`.

AWS's runtime interface emulator (its binary ships in the aws-sam-cli wheel) calls the artifact through awslambdaric.
The artifact sees its own dependencies only: python runs without its site folder. While `scripts/run` is up, a function
gets its environment and works on its data; otherwise it gets none, and rate limits are off so that it needs no table.
"""

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import samcli

from scripts.build import BUILD, ROOT, build, host

RUNTIME = BUILD / f"awslambdaric-{host()}"


def main() -> None:
    options = argparse.ArgumentParser(prog="scripts/invoke", description="Run a built artifact on an event.")
    options.add_argument("function", help="for example system")
    options.add_argument("event", type=Path, help="for example tests/events/config.json")
    options.add_argument("--data", type=Path, default=ROOT / ".bobine", help="data folder of a running scripts/run")
    chosen = options.parse_args()
    artifact = BUILD / "host" / chosen.function
    build(chosen.function, artifact, cloud=False)
    answer = invoke(
        artifact, f"functions.{chosen.function}.app.handler", chosen.event.read_bytes(), environment(chosen.data)
    )
    print(json.dumps(json.loads(answer), indent=2, ensure_ascii=False))


def environment(data: Path) -> dict[str, str]:
    """Of the running platform; without one, enough to answer what needs no AWS."""
    region = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "PATH": os.environ["PATH"]}
    path = data / "environment.json"  # written by scripts/run, gone when it stops
    if path.exists():
        running: dict[str, str] = json.loads(path.read_text())
        return region | running
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    return region | nowhere | {"RATE_LIMITS": "off"}


def invoke(artifact: Path, handler: str, event: bytes, env: dict[str, str]) -> bytes:
    if not RUNTIME.exists():
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--target",
            str(RUNTIME),
        ]
        subprocess.run([*command, "-c", "constraints.txt", "awslambdaric"], cwd=ROOT, check=True)
    processor = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
    emulator = Path(samcli.__file__).parent / f"local/rapid/aws-lambda-rie-{processor}"
    emulator.chmod(0o755)
    door, inside = free_port(), free_port()
    process = subprocess.Popen(
        [emulator, "--runtime-interface-emulator-address", f"127.0.0.1:{door}",
         "--runtime-api-address", f"127.0.0.1:{inside}", "--log-level", "error",
         sys.executable, "-S", "-m", "awslambdaric", handler],
        cwd=artifact,
        env=env | {"PYTHONPATH": f"{artifact}:{RUNTIME}", "AWS_LAMBDA_FUNCTION_TIMEOUT": "900"},
        stdout=sys.stderr,
    )  # fmt: skip
    try:
        return post(f"http://127.0.0.1:{door}/2015-03-31/functions/function/invocations", event)
    finally:
        process.terminate()
        process.wait()


def post(url: str, body: bytes) -> bytes:
    """The emulator's answer; it takes a moment to listen."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, data=body, timeout=900) as answer:  # noqa: S310  our own loopback
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            raise SystemExit(f"the function failed (its log is above): {error.read().decode()}") from None
        except ConnectionRefusedError:
            time.sleep(0.05)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.05)
    raise SystemExit("the runtime interface emulator did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
