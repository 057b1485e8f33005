"""People with their posts (人员与职务) from a file: a row for each post; accounts are made by the actions of accounts.

A new account gets a temporary password, which is handed back once and stands in no file of ours. What somebody may not do
on the page of people is refused here too, row by row, with the same sentence; the audit log keeps each of them.
"""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.kit.registers.cells import Wrong, readers, written
from bihuan.kit.registers.declared import Column, Register
from bihuan.kit.registers.exchange import Kept
from bihuan.kit.registers.plan import Plan, Problem, Row
from bihuan.kit.registers.planning import references_of
from bihuan.kit.registers.table import Table as FileTable
from bihuan.kit.registers.table import read_table
from bihuan.kit.registers.writing import MASK, Act
from bihuan.kit.registers.writing import kept as kept_plain
from bihuan.kit.tables import Table, as_csv
from bihuan.pipeline.reports import Progress
from bihuan.registry import accounts
from bihuan.registry.accounts import NotChanged
from bihuan.registry.changes import Batch, Change, enter_batch
from bihuan.registry.models import Organisation, Person, Post, Region
from bihuan.registry.names import sign_in_name
from bihuan.registry.roles import ADMINS
from bihuan.registry.temporary import temporary_password

USERNAME, NAME, PHONE, PASSWORD = "person__username", "person__full_name", "person__phone", "password"


class _OfPeople(Register):
    """Columns of a post and of its person; it is written by the actions of accounts only, so less is asked of it."""

    def __post_init__(self) -> None:
        """Nothing: no object is made of its columns alone."""

    def _found(self, name: str) -> "models.Field[Any, Any]":
        path, _sep, leaf = name.rpartition("__")
        found = (Person if path else Post)._meta.get_field(leaf)
        assert isinstance(found, models.Field)
        return found


PEOPLE = _OfPeople(
    "people",
    Post,
    "人员与职务",
    (
        Column(USERNAME, "账号", meaning="登录用的名字；同一人的几个职务写几行", example="zhang.san"),
        Column(NAME, "姓名", example="张三"),
        Column(PHONE, "电话", example="0353-1234567"),
        Column("role", "职务", filtered=True),
        Column("region", "区划", meaning="职务管辖的区划代码或名称", example="140321"),
        Column(
            "organisation",
            "单位",
            meaning="承办岗和企业联系人必填：所在单位的全称",
            example="平定县生态环境分局",
        ),
        Column("since", "起始日期", meaning="职务的第一天；空：从导入时起", example="2026-01-01"),
        Column("until", "截止日期", meaning="职务的最后一天；空：长期", example="2027-06-30"),
    ),
    key=(USERNAME, "role", "region", "organisation"),
    writers=ADMINS,
    note="密码不写在文件里：新账号得到只显示一次的临时密码，首次登录必须修改。",
)


@dataclass
class Brought:
    """What became of a file of people; `passwords`: user name -> temporary password of each new account.

    batch: what was written, for whoever takes it back.
    """

    plan: Plan
    passwords: dict[str, str] = field(default_factory=dict)
    batch: Batch | None = None


class _NotNow(Exception):
    """Takes a row back that was only tried."""


def bring_people(kept: Kept, act: Act, *, dry_run: bool = False, progress: Progress | None = None) -> Brought:
    """Make the accounts and posts of a kept file; a row that is refused stays out of it. `dry_run` only says what it would do.

    All is written in one transaction, so that no account is made whose password nobody is told. Raises Unreadable, BadTable.
    """
    table = read_table(PEOPLE, kept.path, kept.file)
    brought = Brought(Plan(PEOPLE, kept.file, [], table.heads, table.ignored, table.notes))
    rows = list(_rows(table))
    broken = [Row(number, (), {}, problems=[Problem("", "", why, "")]) for number, why in table.broken]
    brought.plan.rows = sorted([*rows, *broken], key=lambda row: row.number)
    seen = set[str]()
    with nullcontext() if dry_run else transaction.atomic():
        for done, row in enumerate(rows, start=1):
            if not row.problems:
                _bring(row, act, brought.passwords, seen, dry_run=dry_run)
            if progress:
                progress(kept.file, done, len(rows))
        if not dry_run and brought.plan.effective:
            brought.batch = _entered(brought, replace(act, file=kept.file, blob=kept.blob))
    return brought


def _entered(brought: Brought, act: Act) -> Batch:
    """The history of what was made; a new account is marked by its password, which is not in it."""
    made = set(brought.passwords)
    changes = []
    for row in brought.plan.effective:
        username = row.values[USERNAME]
        after = (
            {name: value for name, value in row.after.items() if value not in (None, "")}
            if row.new
            else row.after
        )
        mark = {PASSWORD: MASK} if row.new and username in made else {}
        made -= {username} if mark else set()
        changes.append(
            Change(
                kind=PEOPLE.label,
                key=username,
                action=row.action,
                before=kept_plain(row.before),
                after=kept_plain(after) | mark,
            )
        )
    batch = Batch(
        kind=PEOPLE.label, person=act.by, operator=act.operator, reason=act.reason.strip()[:400], at=clock.now(),
        real_at=datetime.now(UTC), file=act.file[:200], blob=act.blob,
    )  # fmt: skip
    return enter_batch(batch, changes)


def _rows(table: FileTable) -> Iterator[Row]:
    cells = readers(PEOPLE, references_of(PEOPLE))
    for number, texts in table.rows:
        row = Row(number, (), {})
        for name, text in zip(table.columns, texts, strict=True):
            try:
                row.values[name] = cells[name](text)
            except Wrong as error:
                row.problems.append(Problem(name, text.strip()[:200], error.why, error.remedy))
        row.values[USERNAME] = sign_in_name(row.values.get(USERNAME))
        row.key = tuple(row.values.get(name) for name in PEOPLE.key)
        yield row


def _bring(row: Row, act: Act, passwords: dict[str, str], seen: set[str], *, dry_run: bool) -> None:
    """Make what a row says. Of a dry run, an account that an earlier row would make is taken as made."""
    username = row.values[USERNAME]
    if dry_run and username in seen:
        row.new, row.after = True, dict(row.values)
        return
    try:
        with transaction.atomic():
            _make(row, act, passwords)
            if dry_run:
                raise _NotNow
    except NotChanged as error:
        row.problems.append(Problem(USERNAME, username, str(error), _("改正后再导入，其他行已收下")))
    except _NotNow:
        if passwords.pop(username, None):
            seen.add(username)


def _make(row: Row, act: Act, passwords: dict[str, str]) -> None:
    said, by, request = row.values, act.by, act.request
    region, unit = Region.objects.get(pk=said["region"]), _unit(said.get("organisation"))
    since, until = said.get("since"), _end_of(said.get("until"))
    person = Person.objects.filter(username=said[USERNAME]).first()
    if person is None:
        password = temporary_password()
        person = accounts.add(
            by, said[USERNAME], password, name=said.get(NAME) or "", role=said["role"], region=region, organisation=unit,
            phone=said.get(PHONE) or "", since=since, until=until, request=request,
        )  # fmt: skip
        passwords[person.username] = password
        row.new, row.after = True, dict(said)
        return
    _edit(row, act, person)
    post = _open_post(person, said["role"], region, unit)
    if post is None:
        accounts.add_post(by, person, said["role"], region, unit, since=since, until=until, request=request)
        row.new, row.after = True, dict(said)
        return
    if since is not None and (
        post.since is None or since.astimezone(CST).date() != post.since.astimezone(CST).date()
    ):
        raise NotChanged(_("已有这个职务，起始日期不再改动；先结束它，再另授"))
    if "until" in said and post.until != until:
        row.before["until"], row.after["until"] = post.until, until
        accounts.set_end(by, post, until, request)


def _edit(row: Row, act: Act, person: Person) -> None:
    now = {NAME: person.full_name, PHONE: person.phone}
    told = {name: row.values[name] for name in (NAME, PHONE) if name in row.values}
    changed = {name: value for name, value in told.items() if value != now[name]}
    if changed:
        new = now | changed
        accounts.edit(act.by, person, name=new[NAME], phone=new[PHONE], request=act.request)
        row.before |= {name: now[name] for name in changed}
        row.after |= changed


def _unit(key: Any) -> Organisation | None:
    return None if key is None else Organisation.objects.get(pk=key)


def _open_post(person: Person, role: str, region: Region, unit: Organisation | None) -> Post | None:
    same = person.posts.filter(role=role, region=region, organisation=unit)
    return next((post for post in same if post.state != "ended"), None)


def _end_of(last: datetime | None) -> datetime | None:
    """Posts end with their last day in China; a file may say the day, or the moment that an export gives."""
    if last is None:
        return None
    there = last.astimezone(CST)
    midnight = there.hour == there.minute == there.second == 0
    return there + timedelta(days=1) - timedelta(seconds=1) if midnight else last


def people_csv() -> bytes:
    """All posts not ended, of accounts that are open; no passwords."""
    references = references_of(PEOPLE)
    posts = Post.objects.select_related("person").order_by("person__username", "pk")
    rows = [
        [written(PEOPLE, n, _value(p, n), references.get(n)) for n in PEOPLE.named]
        for p in posts
        if p.state != "ended" and p.person.is_active
    ]
    heads = [Written(PEOPLE.head_of(name)) for name in PEOPLE.named]
    return as_csv(Table(heads, ([Written(cell) for cell in row] for row in rows)))


def _value(post: Post, name: str) -> Any:
    path, _sep, _leaf = name.rpartition("__")
    return getattr(post.person if path else post, PEOPLE.attribute(name))


def passwords_text(passwords: Mapping[str, str]) -> str:
    """The new accounts with their temporary passwords, a line each, for who hands them out."""
    return "".join(f"{username}\t{password}\n" for username, password in passwords.items())
