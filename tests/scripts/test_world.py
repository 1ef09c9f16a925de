"""The embedded AWS knows the functions' processes by one secret, from the first of them on."""

import subprocess
import sys
from pathlib import Path

# In a process of its own: MiniStack reads the environment when it is imported.
ASKED = """
import sys
from pathlib import Path
from scripts.local import world
own = world.prepare(Path(sys.argv[1]), 1)
from ministack.core import lambda_runtime
from ministack.services import sts
from ministack import app
app.AUTH = True

class Watched(dict):
    seen = []
    def __setitem__(self, key, session):
        super().__setitem__(key, session)
        self.seen.append(dict(session))

sts._sessions = Watched()
world.guard_credentials(own)
config = {"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f", "Role": "arn:r/f"}
found = [lambda_runtime.execution_credentials(config) for _ in range(3)]
assert found[0] == found[1] == found[2]
known = [(one["SecretAccessKey"], one["SessionToken"]) for one in Watched.seen]
assert known[1:] == [(found[0]["AWS_SECRET_ACCESS_KEY"], found[0]["AWS_SESSION_TOKEN"])] * (len(known) - 1), known
assert known[0] != known[1], "the first is told before anybody has it"
"""


def test_a_second_process_of_a_function_does_not_lock_the_first_one_out(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    asked = subprocess.run([sys.executable, "-c", ASKED, str(tmp_path)], cwd=root, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr
