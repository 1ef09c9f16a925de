"""Two things timed in turn, and their ratio."""

import statistics
import time
from collections.abc import Callable


def in_turn(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> tuple[float, float, float]:
    """Medians of `ours` and `theirs` (seconds), and the median of the ratios round by round."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), ratio


def seconds(action: Callable[[], object], times: int = 1) -> float:
    """Wall time of one `action`, averaged over `times` runs."""
    start = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - start) / times


def row(what: str, ours: float, theirs: float, ratio: float, bar: str) -> None:
    print(f"{what:<58} {ours * 1000:9.2f} ms {theirs * 1000:9.2f} ms  {ratio:5.2f}  (bar {bar})", flush=True)
