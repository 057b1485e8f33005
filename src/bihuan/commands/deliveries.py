"""`bihuan deliveries`: files that could not be taken in: list them, try again, dismiss."""

import argparse
from typing import Any

from bihuan import clock
from bihuan.archive import Archive
from bihuan.archive.deliveries import FAILED, STATES, Delivered
from bihuan.commands.import_ import text_of
from bihuan.commands.output import Output
from bihuan.commands.weather_files import known_points
from bihuan.domain.timeaxis import CST
from bihuan.errors import NothingDone
from bihuan.feeds.reading import Unreadable
from bihuan.installation.marker import open_installation
from bihuan.pipeline.files import retry

HELP = "files that could not be taken in: list them, try one again, or dismiss it"
EXAMPLE = (
    "bihuan --data city deliveries\n"
    "  bihuan --data city deliveries --retry 3\n"
    '  bihuan --data city deliveries --dismiss 3 --reason "not ours"'
)
WHO = "command line"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("--state", choices=STATES, default=FAILED, help="which to list (default failed)")
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--retry", type=int, metavar="N", help="read the file of this number once more")
    act.add_argument("--dismiss", type=int, metavar="N", help="set the file of this number aside")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why it is dismissed")


def plain(delivered: Delivered) -> dict[str, Any]:
    """One delivery for --json."""
    return {
        "id": delivered.id,
        "file": delivered.file,
        "received": delivered.received.astimezone(CST).isoformat(timespec="seconds"),
        "state": delivered.state,
        "attempts": delivered.attempts,
        "why": str(delivered.why or ""),
        "who": delivered.who,
        "note": delivered.note,
        "detail": delivered.detail,
        "raw": delivered.blob,
    }


def _line(delivered: Delivered) -> str:
    came = f"{delivered.received.astimezone(CST):%Y-%m-%d %H:%M}"
    said = delivered.why or delivered.note
    return f"{delivered.id}  {came}  {delivered.state}  tried {delivered.attempts} times  {delivered.file}: {said}"


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done; 1 taken in at the second try, with refused records; 2 nothing done."""
    open_installation(args.data)
    archive = Archive(args.data / "archive")
    if args.retry is not None:
        return _retry(archive, args.retry, out)
    if args.dismiss is not None:
        archive.deliveries.dismiss(args.dismiss, who=WHO, reason=args.reason, at=clock.now())
        out.result(
            {"dismissed": args.dismiss}, f"delivery {args.dismiss} is dismissed; its raw bytes may be cleared"
        )
        return 0
    found = archive.deliveries.find(args.state)
    text = "\n".join(_line(d) for d in found) or f"no {args.state} delivery"
    out.result({"count": archive.deliveries.count(args.state), "deliveries": [plain(d) for d in found]}, text)
    return 0


def _retry(archive: Archive, number: int, out: Output) -> int:
    try:
        report = retry(archive, number, received=clock.now(), points=known_points)
    except Unreadable as error:
        raise NothingDone(str(error)) from error
    out.result(report.as_dict(), text_of(report))
    return 1 if report.quarantined else 0
