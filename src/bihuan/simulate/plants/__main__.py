"""Loggers of the simulated plants talk to a receiver: `python -m bihuan.simulate.plants --host H --port P --from T`."""

import argparse
import asyncio
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bihuan import clock
from bihuan.installation.private import keep_private
from bihuan.simulate.plants.calendar import CST
from bihuan.simulate.plants.client import Counts, Logger, Trouble
from bihuan.simulate.plants.dialects import access_of
from bihuan.simulate.plants.sending import AnyWorld
from bihuan.simulate.plants.sewage.world import make_sewage
from bihuan.simulate.plants.world import make_world

LIVE_FOR = timedelta(days=366)
JUMP = timedelta(hours=6)
"""A replay that moves further than this within a second has been set to another time; the loggers begin anew there."""
ROUGH = Trouble(cut=0.001, split=0.02, garbage=0.002)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=CST)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bihuan.simulate.plants", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--from", dest="start", type=_moment, metavar="T", help="first time; default: now by the clock"
    )
    parser.add_argument(
        "--to", dest="until", type=_moment, metavar="T", help="end; without it: live, until stopped"
    )
    parser.add_argument("--plants", type=int, default=80)
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--share", type=float, default=0.4, help="share of outlets with a fraud or fault")
    parser.add_argument("--fast", action="store_true", help="do not wait for the clock (needs --to)")
    parser.add_argument("--realtime", action="store_true", help="also values of the moment (CN 2011)")
    parser.add_argument(
        "--smooth", action="store_true", help="no cuts, split writes or garbage on the network"
    )
    parser.add_argument(
        "--sites",
        type=Path,
        metavar="FILE",
        help='only these outlets, with the minutes between records: {"P001-1": 10}',
    )
    parser.add_argument("--devices", type=Path, metavar="FILE", help="write the register of devices and end")
    return parser.parse_args()


def register_of(world: AnyWorld) -> dict[str, dict[str, str]]:
    """Devices with their passwords and keys, as the receiver's devices.json has them."""
    return {outlet.device.mn: access_of(outlet.device) for outlet in world.outlets}


def worlds_of(args: argparse.Namespace, start: datetime, until: datetime) -> tuple[AnyWorld, AnyWorld]:
    """The stacks and the sewage outlets of the plants that the words ask for."""
    intervals = None if args.sites is None else json.loads(args.sites.read_text())["intervals"]
    stacks = make_world(args.seed, start, until, plants=args.plants, share=args.share, intervals=intervals)
    sewers = make_sewage(args.seed, start, until, plants=args.plants, share=args.share, intervals=intervals)
    return stacks, sewers


def first_time(args: argparse.Namespace) -> datetime:
    """When live loggers begin: where the records of the practice city end, if that is not long ago; else now."""
    now = clock.now()
    if args.sites is not None:
        ended = _moment(json.loads(args.sites.read_text())["from"])
        if ended <= now < ended + JUMP:
            return ended
    return now


def loggers_of(args: argparse.Namespace, start: datetime, until: datetime, counts: Counts) -> list[Logger]:
    """A logger for each outlet of the simulated plants."""
    return [
        Logger(
            world, outlet, start, until, counts=counts, clock=None if args.fast else clock.now,
            with_realtime=args.realtime, trouble=None if args.smooth else ROUGH,
        )
        for world in worlds_of(args, start, until)
        for outlet in world.outlets
    ]  # fmt: skip


async def talk(loggers: list[Logger], host: str, port: int) -> list[BaseException]:
    """Let all loggers talk; the errors of those that gave up."""
    results = await asyncio.gather(*(logger.run(host, port) for logger in loggers), return_exceptions=True)
    return [r for r in results if isinstance(r, BaseException)]


async def jump() -> None:
    """Wait until the clock is set to another time."""
    before = clock.now()
    while before <= (now := clock.now()) < before + JUMP:
        before = now
        await asyncio.sleep(1)


async def live(args: argparse.Namespace, counts: Counts) -> None:
    """Send what is due by the clock, from now on, until cancelled."""
    while True:
        start = args.start or first_time(args)
        loggers = loggers_of(args, start, start + LIVE_FOR, counts)
        talking = asyncio.create_task(talk(loggers, args.host, args.port))
        jumped = asyncio.create_task(jump())
        await asyncio.wait({talking, jumped}, return_when=asyncio.FIRST_COMPLETED)
        talking.cancel()
        jumped.cancel()
        await asyncio.gather(talking, jumped, return_exceptions=True)
        args.start = None


def main() -> int:
    """Exit 0 all sent, 1 some logger gave up, 2 wrong words."""
    keep_private()
    args = _arguments()
    if args.fast and args.until is None:
        print("--fast needs --to", file=sys.stderr)  # noqa: T201 - a command
        return 2
    if args.devices is not None:
        start = args.start or clock.now()
        stacks, sewers = worlds_of(args, start, start + LIVE_FOR)
        args.devices.write_text(json.dumps(register_of(stacks) | register_of(sewers), indent=1))
        return 0
    counts, failed = Counts(), list[BaseException]()
    try:
        if args.until is None:
            asyncio.run(live(args, counts))
        else:
            loggers = loggers_of(args, args.start or clock.now(), args.until, counts)
            failed = asyncio.run(talk(loggers, args.host, args.port))
    except KeyboardInterrupt:
        pass
    print(counts)  # noqa: T201 - a command
    for error in failed:
        print(error, file=sys.stderr)  # noqa: T201 - a command
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
