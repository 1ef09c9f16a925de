"""Cold imports in fresh processes: a function with its DynamoDB client, against bare starlette, mangum and boto3."""

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from scripts.measure.ratios import in_turn, row

ROOT = Path(__file__).parents[2]
ROUNDS = 15
BARE = """
import starlette.applications, starlette.requests, starlette.responses, starlette.routing, mangum, boto3
boto3.client("dynamodb", region_name="us-east-1")
"""
LIGHT = """
import functions.{folder}.app
from shared import aws
aws.client("dynamodb")
"""
FOLDERS = ("progress", "ratings", "uploads", "files", "accounts", "signin")


def measure() -> None:
    print(f"medians of {ROUNDS} fresh processes, in turn; both sides with a DynamoDB client made")
    for folder in FOLDERS:
        light = LIGHT.format(folder=folder)
        fresh(light), fresh(BARE)  # writes the .pyc files
        row(f"{folder} / bare", *in_turn(partial(fresh, light), partial(fresh, BARE), ROUNDS), bar="≤ 1.25")


def fresh(code: str) -> float:
    """Seconds that `code` takes in a new interpreter, without the interpreter's own start."""
    timed = f"import time; start = time.perf_counter()\n{code}\nprint(time.perf_counter() - start)"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "JWT_SECRET": "x" * 32, "AWS_DEFAULT_REGION": "us-east-1"}
    command = [sys.executable, "-c", timed]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    time.sleep(0.02)
    return float(done.stdout)
