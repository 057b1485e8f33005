"""`bihuan backup`: one consistent file of all, while running."""

import argparse
import tempfile
from datetime import datetime
from pathlib import Path

from bihuan import clock
from bihuan.archive.damage import damages
from bihuan.atomic import write_json
from bihuan.commands.cases import has_log
from bihuan.commands.output import Output
from bihuan.domain.timeaxis import CST
from bihuan.installation.backup import back_up, restore
from bihuan.installation.marker import open_installation
from bihuan.small_json import read_small_json

HELP = "write one consistent file of all, while everything runs"
EXAMPLE = "bihuan --data city backup city-20191005.tar.gz"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--prove",
        action="store_true",
        help="also restore the file into a temporary folder and check every file",
    )


def shown(moment: datetime) -> str:
    """China time, as the system page shows it."""
    return f"{moment.astimezone(CST):%Y-%m-%d %H:%M}"


def note(folder: Path, noted: dict[str, str]) -> None:
    """Tell the system page; an older proof stays until there is a newer one. A damaged record begins anew."""
    path = folder / "backups.json"
    try:
        known = dict(read_small_json(path))
    except (OSError, ValueError, TypeError):
        known = {}
    write_json(path, {**known, **noted})


def keep_root(data: Path) -> None:
    """Put the root of the log beside the database, so that it goes into the backup too."""
    import django

    django.setup()
    from bihuan.registry import anchors

    if has_log():
        anchors.keep(data)


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 2 nothing done."""
    open_installation(args.data)
    keep_root(args.data)
    found = back_up(args.data, args.file, at=clock.now(), progress=out.progress)
    found["size"] = args.file.stat().st_size
    noted = {"made": shown(clock.now()), "file": str(args.file.resolve())}
    if args.prove:
        with tempfile.TemporaryDirectory(dir=args.file.resolve().parent, prefix=".proof-") as folder:
            restore(args.file, Path(folder) / "proof", out.progress)
        noted["proven"] = shown(clock.now())
    note(args.data, noted)
    harm = [str(d) for d in damages(args.data / "archive")]
    text = f"{found['files']} files, {found['bytes'] / 1e6:.1f} MB, in {args.file} ({found['size'] / 1e6:.1f} MB)"
    out.result({"out": str(args.file), **found, "damaged": harm}, "\n".join([text, *harm]))
    return 0
