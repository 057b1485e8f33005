"""`bihuan person add`: make an account, e.g. the first one of a bare installation."""

import argparse
import getpass
import secrets

import django

from bihuan.commands.output import Output
from bihuan.installation import open_installation

HELP = "add an account with a post"
EXAMPLE = "bihuan --data data person add zhang.san --name 张三 --role dispatcher --region 140300"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="add one account; its password is made and printed once")
    add.add_argument("username")
    add.add_argument("--name", default="", help="full name (姓名)")
    add.add_argument(
        "--role",
        required=True,
        help="dispatcher, handler, verifier, chief, ranger, enterprise, auditor or admin",
    )
    add.add_argument("--region", required=True, help="GB/T 2260 code, e.g. 140300")
    add.add_argument("--region-name", default="", help="name of the region, when it is not registered yet")
    add.add_argument(
        "--organisation", default="", help="name of the unit (needed for handler and enterprise)"
    )
    add.add_argument(
        "--ask-password", action="store_true", help="type the password instead of having one made"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    """Add the account. Exit 2 when something is wrong with the arguments."""
    open_installation(args.data)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from bihuan.registry.accounts import add_person

    password = getpass.getpass() if args.ask_password else secrets.token_urlsafe(12)
    add_person(
        args.username, password, name=args.name, role=args.role, region=args.region,
        region_name=args.region_name, organisation=args.organisation,
    )  # fmt: skip
    said = "" if args.ask_password else f"; password (shown once): {password}"
    out.result(
        {"username": args.username, **({} if args.ask_password else {"password": password})},
        f"added {args.username}{said}",
    )
    return 0
