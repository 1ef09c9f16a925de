"""`scripts/attack`: tries to break into a platform on this machine, and prints what came of it, one line an attack.

`--own` starts a platform for it, with fresh data, which is also killed in the middle of writes. Exit 1 if anything was
let in, or any answer was a fault of the platform's.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from scripts.adversary import crash, media, outward, ownership, races, schema, tokens, wire
from scripts.adversary.doorway import doorway
from scripts.adversary.own import own_platform
from scripts.adversary.target import Tally, Target

ATTACKS: dict[str, Callable[[Target, Tally], None]] = {
    "schema": schema.attack,
    "outward": outward.attack,
    "tokens": tokens.attack,
    "ownership": ownership.attack,
    "races": races.attack,
    "wire": wire.attack,
    "media": media.attack,
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main() -> int:
    options = argparse.ArgumentParser(prog="scripts/attack", description="Attack a platform on this machine.")
    options.add_argument("attacks", nargs="*", help=f"some of {', '.join([*ATTACKS, 'crash'])}; all by default")
    options.add_argument("--url", default="http://127.0.0.1:8000")
    options.add_argument("--own", action="store_true", help="start a platform for it, with data of its own")
    options.add_argument("--data", type=Path, help="the platform's data folder: forge with its own secret, too")
    options.add_argument("--seconds", type=float, default=300)
    options.add_argument("--i-own-this", action="store_true", help="attack an address that is not this machine")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a platform of our own is stopped, too
    if unknown := set(chosen.attacks) - {*ATTACKS, "crash"}:
        options.error(f"unknown: {', '.join(sorted(unknown))}")
    if urlsplit(chosen.url).hostname not in LOOPBACK and not chosen.i_own_this:
        options.error(f"{chosen.url} is not this machine; --i-own-this says that you may")
    if not chosen.own:
        return report(run(Target(chosen.url, chosen.data, chosen.seconds), chosen.attacks or list(ATTACKS)))
    with doorway() as way, own_platform(RATE_LIMITS="off", OUTBOUND_ALLOW=f"127.0.0.1:{way.port}") as platform:
        target = Target(platform.url, platform.data, chosen.seconds, way)
        tallies = run(target, [name for name in chosen.attacks or ATTACKS if name != "crash"])
        if not chosen.attacks or "crash" in chosen.attacks:
            tallies.append(timed(target, "crash", lambda target, tally: crash.attack(platform, target, tally)))
        return report(tallies)


def run(target: Target, names: list[str]) -> list[Tally]:
    if target.counts_requests:
        print("Rate limits are on: an answer may be 429 instead of what it would be. Start with RATE_LIMITS=off.")
    tallies = []
    for name in names:
        if name == "crash":
            print("crash needs a platform of its own: --own")
        elif target.left() > 0:
            tallies.append(timed(target, name, ATTACKS[name]))
        else:
            tallies.append(Tally(name, note="no time left"))
    return tallies


def timed(target: Target, name: str, attack: Callable[[Target, Tally], None]) -> Tally:
    target.tally = tally = Tally(name)
    limited, started = target.limited, time.monotonic()
    attack(target, tally)
    tally.seconds = time.monotonic() - started
    if target.limited > limited:
        tally.note = f"{tally.note} {target.limited - limited} answers were 429".strip()
    return tally


def report(tallies: list[Tally]) -> int:
    print(f"\n{'attack':<12}{'tried':>8}{'let in':>8}{'5xx':>6}{'seconds':>9}")
    for tally in tallies:
        line = f"{tally.name:<12}{tally.tried:>8}{len(tally.let_in):>8}{len(tally.faults):>6}{tally.seconds:>9.1f}"
        print(f"{line}  {tally.note}".rstrip())
    for tally in tallies:
        for what in [*dict.fromkeys(tally.let_in), *dict.fromkeys(tally.faults)]:
            print(f"{tally.name}: {what}")
    return 1 if any(tally.let_in or tally.faults for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
