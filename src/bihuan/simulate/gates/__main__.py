"""Gates of the simulated vehicle users talk to the entrance, by the clock: `python -m bihuan.simulate.gates --port P --units FILE`."""

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bihuan import clock
from bihuan.installation.private import keep_private
from bihuan.simulate.gates.bars import Bar
from bihuan.simulate.gates.link import Link
from bihuan.simulate.gates.live import Faults, Live
from bihuan.simulate.gates.world import World, units_of

LIVE_FOR = timedelta(days=366)
JUMP = timedelta(hours=6)
"""A replay that moves further than this within a step has been set to another time; the gates begin anew there."""
STEP_SECONDS = 1.0
LETS_IN = 12
"""So many trucks that were turned away the unit that cheats lets in by its side gate."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bihuan.simulate.gates", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--units",
        type=Path,
        required=True,
        metavar="FILE",
        help="units with their keys, as the practice city writes it",
    )
    return parser.parse_args()


def live_of(said: Mapping[str, Any], address: tuple[str, int], start: datetime, faults: Faults) -> Live:
    """The gates of the units of a file: `units` (code, lon, lat), `keys`, `public`, `seed`, `rate`, `trips` (a day), `cheats` (the code of a unit with a side gate)."""
    units = units_of([(code, lon, lat) for code, lon, lat in said["units"]])
    world = World(said["seed"], units, start, start + LIVE_FOR, rate=said["rate"], trips=said["trips"])
    bars = {}
    for unit in units:
        side = unit.side if unit.code == said["cheats"] and unit.side else ""
        link = Link(*address, unit.code, said["keys"][unit.code], lambda: clock.now().timestamp())
        bars[unit.code] = Bar(link, said["public"], side, LETS_IN if side else 0)
    return Live(world, said["keys"], address, clock.now, faults, said["seed"], bars)


def run(said: Mapping[str, Any], address: tuple[str, int]) -> None:
    """Send what passes by the clock, until stopped. From where the records of the practice city end, if that is not long ago."""
    began = datetime.fromisoformat(said["from"])
    start = began if began <= clock.now() < began + JUMP else clock.now()
    while True:
        live, since = live_of(said, address, start, Faults()), start
        while since - timedelta(seconds=STEP_SECONDS) <= (now := clock.now()) < since + JUMP:
            if now > since:
                live.step(since, now)
                since = now
            time.sleep(STEP_SECONDS)
        live.close()
        start = now


def main() -> int:
    """Exit 0 stopped."""
    keep_private()
    args = _arguments()
    with contextlib.suppress(KeyboardInterrupt):
        run(json.loads(args.units.read_text(encoding="utf-8")), (args.host, args.port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
