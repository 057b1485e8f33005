"""The command `bihuan`: a thin table of commands. Each lives in `bihuan.commands`."""

import argparse
import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

from django.core.exceptions import ImproperlyConfigured

from bihuan import __version__
from bihuan.commands.output import Output
from bihuan.errors import BihuanError
from bihuan.installation import crashes
from bihuan.installation.private import keep_private

TASKS: dict[str, tuple[str, ...]] = {
    "Run": ("demo", "serve"),
    "Data in and out": ("import", "deliveries", "export"),
    "Work on files": ("aqi", "statistics", "backtest", "water"),
    "Forecast": ("forecast",),
    "Devices": ("hj212", "gates"),
    "Care": ("register", "person", "cases", "backup", "restore"),
}


def command_module(name: str) -> ModuleType:
    """The module of a command, loaded when it is first asked for."""
    return importlib.import_module(f"bihuan.commands.{name.replace('import', 'import_')}")


def _overview() -> str:
    lines = []
    for task, names in TASKS.items():
        lines.append(f"{task}:")
        lines += [f"  {name:<12} {command_module(name).HELP}" for name in names]
    return "\n".join(lines)


def build_parser(named: str | None = None) -> argparse.ArgumentParser:
    """The whole argument parser; only the command that is `named` is filled in, so that starting stays quick."""
    parser = argparse.ArgumentParser(
        prog="bihuan",
        description="闭环: observe, judge, act, close."
        if named
        else f"闭环: observe, judge, act, close.\n\n{_overview()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="bihuan [--data DIR] [--json] COMMAND ...",
    )
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        default=Path("data"),
        help="folder of the installation (default ./data)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on stdout and nothing else"
    )
    parser.add_argument("--version", action="version", version=f"bihuan {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, help=argparse.SUPPRESS)
    for name in [named] if named else [n for names in TASKS.values() for n in names]:
        module = command_module(name)
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=module.HELP,
            epilog=f"example:\n  {module.EXAMPLE}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        # The common options may stand before or after the command.
        command.add_argument(
            "--data", metavar="DIR", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
        command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        module.configure(command)
        command.set_defaults(run=module.run)
    return parser


def _named(argv: list[str]) -> str | None:
    known = {n for names in TASKS.values() for n in names}
    after_data = {i + 1 for i, a in enumerate(argv) if a == "--data"}
    return next((a for i, a in enumerate(argv) if a in known and i not in after_data), None)


def main(argv: list[str] | None = None) -> int:
    """Run one command. Exit 0 = done, 1 = done but some records were refused, 2 = nothing done."""
    argv = sys.argv[1:] if argv is None else argv
    name = _named(argv)
    args = build_parser(name).parse_args(argv)
    keep_private()
    out = Output(as_json=args.json)
    try:
        os.environ["BIHUAN_DATA"] = str(args.data.resolve())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")
        return int(args.run(args, out))
    except (BihuanError, ImproperlyConfigured) as error:
        out.fail(str(error))
    except KeyboardInterrupt:
        out.fail("stopped by the keyboard; what was complete stays, nothing is half done")
    except BrokenPipeError:
        _silence()
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 # the one place for all commands; a panic of a library is no Exception
        record = crashes.keep(error, f"command {name}", args.data)
        out.fail(_damage(error, args.data) or crashes.sentence(error, record))
    return 2


def _damage(error: BaseException, data: Path) -> str | None:
    """What is damaged of the archive, where that explains the error."""
    from bihuan.archive.damage import told  # loads the tables' libraries, which a start need not wait for

    return told(error, data / "archive")


def _silence() -> None:
    """Nobody reads what is printed any more: Python must not complain of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
