"""What a function's code can reach, from the source alone: the settings it reads, the calls it makes to AWS.

A small value analysis (0-CFA): from `functions.<folder>.app.handler` every name that is mentioned is followed, function
by function, and the few values that matter (settings, tables, clients, writes, functions) are followed through
arguments, fields and returns. It errs on the side of reaching too much: a method called on something unknown is that
method of every class that was reached. `python -m tests.reach FOLDER` prints what it finds.

Rules that keep it small: an import names a module, never computes one; a module's variable is looked at when somebody
mentions it; a table's setting is read when somebody asks the table something.
"""

import functools
from pathlib import Path

from tests.reach.analysis import Analysis
from tests.reach.found import Reached
from tests.reach.walk import Walk

ROOT = Path(__file__).parents[2]


@functools.cache
def reached(folder: str, root: Path = ROOT) -> Reached:
    """What `functions/<folder>` reaches from its handler."""
    analysis = Analysis(root)
    analysis.resolve(f"functions.{folder}.app", "handler")
    analysis.changed = True
    while analysis.changed:
        analysis.changed = False
        for unit in sorted(analysis.found.units):
            Walk(analysis, unit).body()
    return analysis.found
