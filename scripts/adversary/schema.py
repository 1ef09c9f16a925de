"""Requests that schemathesis makes of the OpenAPI document, as nobody and with each kind of credentials: no answer is a
fault, none is other than described, and none ignores that credentials are missing."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from scripts.adversary.target import COOKIE, Person, Tally, Target

CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance"),
    *("response_schema_conformance", "unsupported_method", "allow_header_conformance"),
)
# It takes `Authorization` away, and nothing else: beside a key or a cookie that proves nothing.
WITHOUT_CALLER = "ignored_auth"
SEED = 1
SECONDS = 15  # for each of the callers
# TRACE ends at the edge; the other methods reach the route. A 500 that is documented is no fault.
SETTINGS = """
[phases.coverage]
unexpected-methods = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"]

[[operations]]
include-operation-id-regex = "^signin_electron"
checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", 500]
"""


def attack(target: Target, tally: Tally, seconds: float = SECONDS) -> None:
    person = Person(target, "schema")
    film = person.upload(b"not a film, but bytes", "videos", "video/mp4")
    known = {"file_id": film, "user_id": person.id, "userId": person.id, "category": "videos"}
    bearer = {"Authorization": person.bearer["authorization"]}
    callers: list[tuple[str, dict[str, str], dict[str, str]]] = [
        ("nobody", {}, {}),
        ("a session", bearer, {}),
        ("a session, of what is there", bearer, known),
        ("a key", {"X-API-Key": person.key()[0]}, {}),
        ("a cookie", {"Cookie": f"{COOKIE}={person.cookie()}"}, {}),
    ]
    for name, headers, parameters in callers:
        if target.left() < seconds:
            tally.note = f"no time for {name}"
            return
        judge(tally, name, run(target, headers, parameters, seconds))


def judge(tally: Tally, caller: str, report: dict[str, Any]) -> None:
    tally.tried += report["test_cases"]["generated"]
    for failure in report["failures"]:
        what = f"as {caller}: {failure['title']}: {', '.join(failure['operations'])}"
        (tally.faults if failure["type"] == "ServerError" else tally.let_in).append(what)
    tally.let_in += [f"as {caller}: {json.dumps(error)[:300]}" for error in report["errors"]]


def run(target: Target, headers: dict[str, str], parameters: dict[str, str], seconds: float) -> dict[str, Any]:
    """schemathesis's report. Signing out is left out: everything after it would be a refusal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chosen = "\n[parameters]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in parameters.items())
        (folder / "settings.toml").write_text(SETTINGS + (chosen if parameters else ""))
        (folder / "openapi.json").write_text(json.dumps(target.document))
        checks = (*CHECKS, WITHOUT_CALLER) if "Authorization" in headers else CHECKS
        command = [str(Path(sys.executable).parent / "st"), "--config-file", "settings.toml", "run", "openapi.json"]
        command += ["--url", target.url, "--exclude-path-regex", "logout", "--checks", ",".join(checks)]
        command += ["--phases", "coverage,fuzzing", "--max-examples", "5", "--max-time", str(int(seconds))]
        command += ["--seed", str(SEED), "--no-shrink", "--generation-database", "none", "--continue-on-failure"]
        command += ["--request-timeout", "10", "--report", "json", "--report-json-path", "report.json"]
        for header in headers.items():
            command += ["--header", ":".join(header)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds + 60, check=False)
        if not (folder / "report.json").exists():
            raise RuntimeError(f"schemathesis: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        found: dict[str, Any] = json.loads((folder / "report.json").read_text())
        return found
