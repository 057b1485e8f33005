"""`bihuan demo`: build the practice city."""

import argparse
import math
import os
import shutil
import time
from datetime import datetime
from pathlib import Path

import django

from bihuan.commands.output import Output
from bihuan.domain.timeaxis import parse_moment
from bihuan.errors import NothingDone
from bihuan.installation.marker import is_installation, open_installation

HELP = "build the practice city (阳泉, real data of 2019, simulated economy) in an empty folder"
EXAMPLE = "bihuan --data data demo --at 2019-02-25T09:00 --speed 60"
NEEDED_MB = {"small": 200, "normal": 300, "full": 3000}


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "--size",
        choices=tuple(NEEDED_MB),
        default="normal",
        help="small has 24 plants instead of 80, for slow machines; full adds about 1,000 simulated stations",
    )
    parser.add_argument(
        "--at", metavar="T", help="where the replay begins (default 2019-01-11T12:00, China time)"
    )
    parser.add_argument(
        "--speed", type=float, default=60.0, help="how fast the replay runs (default 60; 0 = it stands still)"
    )
    parser.add_argument(
        "--if-missing", action="store_true", help="do nothing when the folder is an installation already"
    )


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise NothingDone(f"--at {text}: write a time like 2019-02-25T09:00") from error


def run(args: argparse.Namespace, out: Output) -> int:
    """Build the city; says the accounts at the end."""
    folder: Path = args.data
    if is_installation(folder):
        if args.if_missing:
            return 0
        raise NothingDone(
            f"{folder} holds an installation already; choose an empty folder with --data, or remove it first"
        )
    at = _moment(args.at or "2019-01-11T12:00")
    if not 0 <= args.speed < math.inf:
        raise NothingDone(f"--speed {args.speed:g}: give a number, 0 or more (0 = the clock stands still)")
    if folder.exists() and not folder.is_dir():
        raise NothingDone(f"{folder} is no folder; choose an empty folder with --data")
    free = shutil.disk_usage(folder.parent if folder.parent.exists() else Path.cwd()).free // 2**20
    if free < NEEDED_MB[args.size]:
        raise NothingDone(
            f"the disk has {free} MB free, the practice city needs about {NEEDED_MB[args.size]} MB"
        )
    began = time.monotonic()
    partial = folder.with_name(f".{folder.name}.building")
    shutil.rmtree(partial, ignore_errors=True)
    _build(partial, folder, args, at, out)
    took = round(time.monotonic() - began)
    out.result({"data": str(folder), "seconds": took}, f"the practice city is ready in {folder} ({took} s)")
    return 0


def _build(partial: Path, folder: Path, args: argparse.Namespace, at: datetime, out: Output) -> None:
    """Build beside and rename, so that a killed build leaves nothing half done."""
    if folder.exists() and any(folder.iterdir()):
        raise NothingDone(
            f"{folder} is not empty and not an installation; choose an empty folder with --data"
        )
    open_installation(partial, create=True)
    os.environ["BIHUAN_DATA"] = str(partial.resolve())
    django.setup()
    from django.db import connections

    from bihuan.practice.build import build

    build(partial, size=args.size, at=at, speed=args.speed, say=out.progress)
    connections.close_all()
    if folder.exists():
        folder.rmdir()
    partial.rename(folder)
