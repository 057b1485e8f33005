"""`bihuan person`: accounts and posts from the command line, e.g. the first one of a bare installation."""

import argparse
import getpass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import django

from bihuan.commands.output import Output
from bihuan.domain.timeaxis import CST
from bihuan.errors import NothingDone
from bihuan.installation.marker import open_installation

if TYPE_CHECKING:
    from bihuan.registry.models import Person, Post

HELP = "accounts: add, list, close, give a new password; give and end posts"
EXAMPLE = "bihuan --data data person add zhang.san --name 张三 --role dispatcher --region 140300"
ROLES = "dispatcher, handler, verifier, chief, ranger, enterprise, auditor or admin"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add(actions.add_parser("add", help="add one account; its password is made and printed once"))
    listed = actions.add_parser("list", help="all accounts with their posts")
    listed.add_argument("--search", default="", help="part of a user name, full name or phone number")
    for name, said in (
        ("show", "one account with its posts, ended ones too"),
        ("close", "close an account; its sessions end at once, what it did stays"),
        ("reopen", "open a closed account again, with a new password that is printed once"),
        ("reset-password", "give a new password that must be changed at the next sign-in"),
        ("post-add", "give another post"),
        ("post-end", "end a post; it stays in the history"),
    ):
        one = actions.add_parser(name, help=said)
        one.add_argument("username")
        if name == "close":
            one.add_argument("--reason", required=True, help="e.g. left the bureau")
        if name == "reset-password":
            one.add_argument("--ask-password", action="store_true", help="type the password")
        if name.startswith("post"):
            _post(one)
        if name == "post-add":
            one.add_argument(
                "--until", type=_day, metavar="DATE", help="last day of the post, e.g. 2027-06-30"
            )


def _add(add: argparse.ArgumentParser) -> None:
    add.add_argument("username")
    add.add_argument("--name", default="", help="full name (姓名)")
    add.add_argument("--phone", default="")
    _post(add)
    add.add_argument("--region-name", default="", help="name of the region, when it is not registered yet")
    add.add_argument(
        "--ask-password", action="store_true", help="type the password instead of having one made"
    )
    add.add_argument(
        "--temporary", action="store_true", help="the password must be changed at the first sign-in"
    )


def _post(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", required=True, help=ROLES)
    parser.add_argument("--region", required=True, help="GB/T 2260 code, e.g. 140300")
    parser.add_argument(
        "--organisation", default="", help="name of the unit (needed for handler and enterprise)"
    )


def _day(text: str) -> datetime:
    """The end of a day in China time."""
    return datetime.strptime(text, "%Y-%m-%d").replace(hour=23, minute=59, second=59, tzinfo=CST)


def run(args: argparse.Namespace, out: Output) -> int:
    """Do what is asked. Exit 2 when something is wrong with the arguments, or the change is refused."""
    open_installation(args.data)
    django.setup()
    from django.core.management import call_command
    from django.utils import translation

    from bihuan.registry.accounts import NotChanged

    call_command("migrate", verbosity=0)
    work = {"add": _add_person, "list": _list, "show": _show}.get(args.action, _change)
    try:
        with translation.override("en"):
            work(args, out)
    except NotChanged as error:
        raise NothingDone(str(error)) from error
    return 0


def _add_person(args: argparse.Namespace, out: Output) -> None:
    from bihuan.registry.accounts import add_person
    from bihuan.registry.temporary import temporary_password

    password = getpass.getpass() if args.ask_password else temporary_password()
    add_person(
        args.username, password, name=args.name, role=args.role, region=args.region, region_name=args.region_name,
        organisation=args.organisation, phone=args.phone, temporary=args.temporary,
    )  # fmt: skip
    _say_password(out, f"added {args.username}", args.username, "" if args.ask_password else password)


def _say_password(out: Output, what: str, username: str, password: str) -> None:
    said = f"; password (shown once): {password}" if password else ""
    out.result({"username": username, **({"password": password} if password else {})}, f"{what}{said}")


def _list(args: argparse.Namespace, out: Output) -> None:
    from django.db.models import Q

    from bihuan.registry.models import Person

    named = Q()
    for field in ("username", "full_name", "phone"):
        named |= Q(**{f"{field}__icontains": args.search})
    people = Person.objects.filter(named).order_by("username").prefetch_related("posts__region")
    rows = [_row(p) for p in people]
    lines = [
        f"{r['username']:<16} {r['name']:<10} {'' if r['active'] else 'closed '}{'; '.join(p['text'] for p in r['posts'] if p['state'] == 'now')}"
        for r in rows
    ]
    out.result({"people": rows}, "\n".join(lines) or "no account fits")


def _row(person: "Person") -> dict[str, Any]:
    return {
        "username": person.username, "name": person.full_name, "phone": person.phone, "active": person.is_active,
        "last_login": person.last_login, "posts": [_post_row(p) for p in person.posts.all()],
    }  # fmt: skip


def _post_row(post: "Post") -> dict[str, Any]:
    unit = f" {post.organisation}" if post.organisation_id else ""
    return {
        "text": f"{post}{unit}", "role": post.role, "region": post.region_id, "organisation": unit.strip(),
        "since": post.since, "until": post.until, "state": post.state,
    }  # fmt: skip


def _show(args: argparse.Namespace, out: Output) -> None:
    row = _row(_person(args.username))
    state = "open" if row["active"] else "closed"
    lines = [
        f"{row['username']} {row['name']} {row['phone']} ({state}), last signed in {row['last_login'] or 'never'}"
    ]
    lines += [
        f"  {p['text']}: {p['since'] or '...'} to {p['until'] or '...'} ({p['state']})" for p in row["posts"]
    ]
    out.result(row, "\n".join(lines))


def _person(username: str) -> "Person":
    from bihuan.registry.models import Person
    from bihuan.registry.names import sign_in_name

    found = Person.objects.filter(username=sign_in_name(username)).first()
    if found is None:
        raise NothingDone(f"there is no account {username}; `bihuan person list` shows all")
    return found


def _change(args: argparse.Namespace, out: Output) -> None:
    from bihuan.registry import accounts

    person, password = _person(args.username), ""
    if args.action == "close":
        accounts.close(None, person, args.reason)
    elif args.action == "reopen":
        password = accounts.reopen(None, person)
    elif args.action == "reset-password":
        typed = getpass.getpass() if args.ask_password else ""
        made = accounts.reset_password(None, person, typed)
        password = "" if typed else made
    else:
        _change_post(args, person)
    _say_password(out, f"{args.action} {person.username}: done", person.username, password)


def _change_post(args: argparse.Namespace, person: "Person") -> None:
    from bihuan.registry import accounts

    region, unit = accounts.region_of(args.region), accounts.unit_of(args.organisation)
    if args.action == "post-add":
        accounts.add_post(None, person, args.role, region, unit, until=args.until)
        return
    held = [p for p in person.posts.filter(role=args.role, region=region) if p.state != "ended"]
    fitting = [p for p in held if unit is None or p.organisation_id == unit.pk]
    if len(fitting) != 1:
        raise NothingDone(
            f"{person.username} holds {len(fitting)} posts {args.role} in {args.region}; `bihuan person show` tells them apart by unit (--organisation)"
        )
    accounts.end_post(None, fitting[0])
