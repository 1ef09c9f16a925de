"""Ends the functions' process groups when the platform is gone, whichever way it went.

Its standard input is the platform's word: `+<group>` has begun, `-<group>` has ended. When that ends, the platform has.
"""

import os
import signal
import sys

groups: set[int] = set()
for line in sys.stdin:
    (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        continue
