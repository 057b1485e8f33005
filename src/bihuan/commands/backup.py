"""`bihuan backup`: one consistent file of all, while running."""

import argparse
from pathlib import Path

from bihuan import clock
from bihuan.backup import back_up
from bihuan.commands.output import Output
from bihuan.installation import open_installation

HELP = "write one consistent file of all, while everything runs"
EXAMPLE = "bihuan --data city backup city-20191005.tar.gz"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("file", metavar="FILE", type=Path)


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 2 nothing done."""
    open_installation(args.data)
    found = back_up(args.data, args.file, at=clock.now(), progress=out.progress)
    found["size"] = args.file.stat().st_size
    text = f"{found['files']} files, {found['bytes'] / 1e6:.1f} MB, in {args.file} ({found['size'] / 1e6:.1f} MB)"
    out.result({"out": str(args.file), **found}, text)
    return 0
