"""Taking an import of people back (撤销): accounts that nobody has used go, posts under which nothing was done end."""

from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.kit.registers.people import NAME, PASSWORD, PEOPLE, PHONE
from bihuan.kit.registers.plan import Problem
from bihuan.kit.registers.undo import known, values
from bihuan.kit.registers.writing import Act, Refused
from bihuan.registry import accounts
from bihuan.registry.accounts import NotChanged
from bihuan.registry.changes import Batch, Change, enter_batch
from bihuan.registry.models import AuditEntry, Person, Post

Left = list[tuple[str, str]]
"""Account, and why what was done to it stays."""


@transaction.atomic
def undo_people(batch: Batch, act: Act) -> tuple[int, Left]:
    """How many rows were taken back, once, and what stays and why. Raises Refused."""
    if not act.reason.strip():
        raise Refused([Problem("", "", _("没有写理由"), _("写明为什么改，它留在变更记录里"))])
    if Batch.objects.select_for_update().filter(undoes=batch).exists():
        raise Refused([Problem("", "", _("这一批已经撤销过"), _("看它的变更记录"))])
    done, left = [], list[tuple[str, str]]()
    for change in reversed(batch.rows.order_by("pk")):
        try:
            with transaction.atomic():
                _back(change, act)
            done.append(_undone(change))
        except NotChanged as error:
            left.append((change.key, str(error)))
    if done:
        made = Batch(
            kind=PEOPLE.label, person=act.by, reason=act.reason.strip()[:400], at=clock.now(), real_at=datetime.now(UTC),
            undoes=batch,
        )  # fmt: skip
        enter_batch(made, done)
    return len(done), left


def _undone(change: Change) -> Change:
    new = change.action == Change.Action.NEW
    action = Change.Action.REMOVED if new else Change.Action.CHANGED
    after = {} if new else change.before
    return Change(kind=change.kind, key=change.key, action=action, before=change.after, after=after)


def _back(change: Change, act: Act) -> None:
    person = Person.objects.filter(username=change.key).first()
    if person is None:
        raise NotChanged(_("这个账号已经不在了"))
    if change.action != Change.Action.NEW:
        _restore(change, person, act)
    elif PASSWORD in change.after:
        accounts.remove(act.by, person, act.request)
    else:
        _end(change, person, act)


def _end(change: Change, person: Person, act: Act) -> None:
    """The post that was given ends, unless the person has done anything since."""
    if AuditEntry.objects.filter(person=person, real_at__gte=change.batch.real_at).exists():
        raise NotChanged(_("这个人此后办过事，职务不能撤销；请在人员页结束它"))
    accounts.end_post(act.by, _post(change, person), act.request)


def _post(change: Change, person: Person) -> Post:
    said = change.after
    posts = person.posts.filter(
        role=said["role"], region=said["region"], organisation=said.get("organisation")
    )
    for post in posts.order_by("-pk"):
        if post.state != "ended":
            return post
    raise NotChanged(_("这个职务已经结束"))


def _restore(change: Change, person: Person, act: Act) -> None:
    """Name, telephone and the end of a post as they were, where they are still what the import made of them."""
    before, after = (values(PEOPLE, known(PEOPLE, side)) for side in (change.before, change.after))
    now = {NAME: person.full_name, PHONE: person.phone}
    if any(now[name] != after[name] for name in now.keys() & after.keys()):
        raise NotChanged(_("这个账号后来又改过"))
    if now.keys() & before.keys():
        new = now | {name: before[name] for name in now.keys() & before.keys()}
        accounts.edit(act.by, person, name=new[NAME], phone=new[PHONE], request=act.request)
    if "until" in before:
        posts = [p for p in person.posts.all() if p.until == after["until"] and p.state != "ended"]
        if not posts:
            raise NotChanged(_("这个职务已经结束"))
        if len(posts) > 1:  # the history does not say which of them it was
            raise NotChanged(_("有几个职务到同一天截止，分不清是哪一个；请在人员页修改"))
        accounts.set_end(act.by, posts[0], before["until"], act.request)
