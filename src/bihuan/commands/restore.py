"""`bihuan restore`: a backup back into an empty folder."""

import argparse
from pathlib import Path

from bihuan.commands.output import Output
from bihuan.installation.backup import restore

HELP = "restore a backup into a new folder; every file is checked"
EXAMPLE = "bihuan --data city-again restore city-20191005.tar.gz"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("file", metavar="FILE", type=Path)


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 2 nothing done."""
    found = restore(args.file, args.data, out.progress)
    out.result(
        {"data": str(args.data), **found},
        f"{found['files']} files, {found['bytes'] / 1e6:.1f} MB, in {args.data}",
    )
    return 0
