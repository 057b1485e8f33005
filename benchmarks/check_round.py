"""A whole round of checks on the full practice city, with the time of each check and of what is prepared for them.

    python benchmarks/check_round.py [--data DIR] [--rounds 2]

Builds the full practice city in DIR when it is not there (some minutes). Reference of the same run: reading the rows of all
loggers that the checks of stacks look at and sorting them by key, once. Goal: a round below 60 s.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

GOAL = 60.0
AT = "2019-01-11T12:00"
LOGGERS = "plant_emissions"


def build(folder: Path) -> None:
    """The full practice city at a fixed moment, when it is not there."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "bihuan.cli", "--data", str(folder), "demo", "--size", "full", "--at", AT, "--speed", "0"]  # fmt: skip
        subprocess.run(command, check=True)
    os.environ |= {
        "BIHUAN_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "bihuan.settings",
        "BIHUAN_LOG": "ERROR",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def reference() -> tuple[float, int]:
    """Seconds of reading and sorting the loggers' rows once, and their number."""
    from bihuan import clock
    from bihuan.registry.hours import archive
    from bihuan.scenarios.resolved import every_scenario

    now = clock.now()
    back = every_scenario()[LOGGERS].look_back
    began = time.perf_counter()
    rows = archive().devices.current(now - back, now, as_of=now).collect().height
    return time.perf_counter() - began, rows


def one_round() -> float:
    """Seconds of a round as the worker runs it."""
    from bihuan import clock
    from bihuan.scenarios.checking import check

    began = time.perf_counter()
    check(clock.now(), lambda _said: None)
    return time.perf_counter() - began


def main() -> None:
    """Print every cost of the best round, the longest first."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("build/bench-round"))
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    build(args.data.resolve())
    from bihuan.web.check_times import round_times
    from bihuan.web.pages.checks import last_runs

    unit, rows = reference()
    sys.stdout.write(f"reference: {rows:,} rows of loggers read and sorted by key once, {unit:.2f} s\n")
    found = [(one_round(), round_times(last_runs())) for _ in range(args.rounds)]
    whole, times = min(found, key=lambda pair: pair[0])
    for cost in times.costs:
        name = cost.key or f"{cost.scenario}: {cost.title}"
        sys.stdout.write(f"{name:<44} {cost.seconds:8.2f} s  {cost.seconds / unit:6.2f} x\n")
    first = found[0][0]
    verdict = "" if first < GOAL else f"   OVER {GOAL:.0f} s"
    sys.stdout.write(
        f"first round {first:.1f} s{verdict}, best {whole:.1f} s = {whole / unit:.1f} x the reference; "
        f"preparing {times.prepared:.1f} s of {times.total:.1f} s\n"
    )


if __name__ == "__main__":
    main()
