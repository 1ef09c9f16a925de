import sys

from tests.reach import reached

seen = reached(sys.argv[1])
for title, lines in (
    ("units", [".".join(one) for one in seen.units]),
    ("settings", seen.settings),
    ("variables", seen.variables),
    ("asks", [f"{one.table} {one.verb} {sorted(one.writes)}" for one in seen.asks.values()]),
    ("calls", [f"{one.service} {one.operation} {sorted(one.given)}" for one in seen.calls.values()]),
):
    print(f"{title}:", *sorted(lines), sep="\n  ")  # noqa: T201
