"""Accounts (人员与职务): made, closed, opened again, given a new password; posts given and ended. Nothing is deleted.

Each change checks the right of who makes it, is one transaction and leaves an audit entry. `by` is None for the command
line: whoever runs it holds the data folder.
"""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bihuan.errors import BihuanError, NothingDone
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.city import own_city
from bihuan.registry.models import Organisation, Person, Post, Region
from bihuan.registry.names import sign_in_name
from bihuan.registry.roles import ADMINS, UNIT, Role
from bihuan.registry.temporary import Generated, hash_of, temporary_password


class NotChanged(BihuanError):
    """The account stays as it is; the message says why and what to do (Chinese)."""


def posts_that_count(person: Person) -> list[Post]:
    """The posts by which it is decided who may change an account: those not ended, or of a leaver all of before."""
    posts = list(person.posts.select_related("region", "organisation").order_by("pk"))
    return [p for p in posts if p.state != "ended"] or posts


def why_not(by: Person | None, person: Person) -> str:
    """Why `by` may not change this account; empty when they may.

    The city's administrators change all accounts but their own; a county's those whose posts all lie in the county.
    """
    if by is None:
        return ""
    if by.pk == person.pk:
        return _("自己的账号和职务须由另一位系统管理员办理；改密码请到“我的”")
    if may(by, *ADMINS, region=CITY):
        return ""
    posts = posts_that_count(person)
    if posts and all(may(by, *ADMINS, region=p.region_id) for p in posts):
        return ""
    return _("这个账号有您管理的区域以外的职务，由全市的系统管理员办理")


def _check(by: Person | None, person: Person) -> None:
    if reason := why_not(by, person):
        raise NotChanged(reason)


@transaction.atomic
def add(
    by: Person | None,
    username: str,
    password: str,
    *,
    name: str,
    role: str,
    region: Region,
    organisation: Organisation | None,
    phone: str = "",
    temporary: bool = True,
    since: datetime | None = None,
    until: datetime | None = None,
    request: HttpRequest | None = None,
) -> Person:
    """One account with one post, from now or `since` a moment on, open or `until` another. A `temporary` password must be changed at the first sign-in. Raises NotChanged."""
    person = Person(
        username=sign_in_name(username), full_name=name.strip() or sign_in_name(username), phone=phone.strip(),
        must_change_password=temporary,
    )  # fmt: skip
    if Person.objects.filter(username=person.username).exists():
        raise NotChanged(_("已有账号 %(name)s") % {"name": person.username})
    _set_password(person, password)
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as error:
        raise NotChanged(" ".join(error.messages)) from error
    person.save()
    _give(by, person, role, region, organisation, since, until)
    record(by, "person.add", person.username, request, role=role, region=region.code)
    return person


def _set_password(person: Person, password: str) -> None:
    if isinstance(password, Generated):
        person.password = hash_of(password)
        return
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise NotChanged(_("密码不合要求：%(why)s") % {"why": " ".join(error.messages)}) from error
    person.set_password(password)


@transaction.atomic
def close(by: Person | None, person: Person, reason: str, request: HttpRequest | None = None) -> None:
    """Close an account: its sessions end at once, all that it did stays. Raises NotChanged."""
    _check(by, person)
    if not reason.strip():
        raise NotChanged(_("请写明停用的理由，如离职、调岗"))
    _keep_an_admin(without=person)
    if Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False) != 1:
        raise NotChanged(_("账号 %(name)s 已经停用") % {"name": person.username})
    record(by, "person.close", person.username, request, reason=reason.strip()[:400])


@transaction.atomic
def reopen(by: Person | None, person: Person, request: HttpRequest | None = None) -> str:
    """Open a closed account again with a temporary password, which is returned. Raises NotChanged."""
    _check(by, person)
    if Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True) != 1:
        raise NotChanged(_("账号 %(name)s 没有停用") % {"name": person.username})
    record(by, "person.reopen", person.username, request)
    return _new_password(person, temporary_password())


@transaction.atomic
def reset_password(
    by: Person | None, person: Person, password: str = "", request: HttpRequest | None = None
) -> str:
    """Give a password that must be changed at the next sign-in (default: one made here), and return it.

    All sessions of the account end. Raises NotChanged.
    """
    _check(by, person)
    if not Person.objects.filter(pk=person.pk, is_active=True).exists():
        raise NotChanged(_("账号 %(name)s 已停用，请先恢复") % {"name": person.username})
    record(by, "person.reset_password", person.username, request)
    return _new_password(person, password or temporary_password())


def _new_password(person: Person, password: str) -> str:
    _set_password(person, password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    return password


@transaction.atomic
def remove(by: Person | None, person: Person, request: HttpRequest | None = None) -> None:
    """Take back an account that was made by mistake: nobody has signed in with it, and nothing names it. Raises NotChanged."""
    _check(by, person)
    used = person.last_login is not None or any(
        relation.related_model._default_manager.filter(**{relation.field.name: person}).exists()
        for relation in Person._meta.related_objects
        if relation.related_model is not Post
    )
    if used:
        raise NotChanged(
            _("账号 %(name)s 已经用过，不能撤销；不再使用时请停用它") % {"name": person.username}
        )
    _keep_an_admin(without=person)
    record(by, "person.remove", person.username, request)
    person.delete()


@transaction.atomic
def edit(
    by: Person | None, person: Person, *, name: str, phone: str, request: HttpRequest | None = None
) -> None:
    """Change the full name and the phone number. Raises NotChanged."""
    _check(by, person)
    old = {"name": person.full_name, "phone": person.phone}
    new = {"name": name.strip(), "phone": phone.strip()}
    if not new["name"]:
        raise NotChanged(_("姓名不能为空"))
    person.full_name, person.phone = new["name"], new["phone"]
    try:
        person.full_clean(exclude=["password", "username"])
    except ValidationError as error:
        raise NotChanged(" ".join(error.messages)) from error
    person.save(update_fields=["full_name", "phone"])
    record(by, "person.edit", person.username, request, old=old, new=new)


@transaction.atomic
def add_post(
    by: Person | None,
    person: Person,
    role: str,
    region: Region,
    organisation: Organisation | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    request: HttpRequest | None = None,
) -> Post:
    """Give a post from now or `since` a moment on, open or `until` another. Raises NotChanged."""
    _check(by, person)
    made = _give(by, person, role, region, organisation, since, until)
    detail = {"role": role, "region": region.code, "organisation": str(organisation or "")}
    days = {"since": str(since or ""), "until": str(until or "")}
    record(by, "person.post_add", person.username, request, **days, **detail)
    return made


def _give(
    by: Person | None,
    person: Person,
    role: str,
    region: Region,
    organisation: Organisation | None,
    since: datetime | None,
    until: datetime | None,
) -> Post:
    if role not in Role.values:
        raise NotChanged(
            _("没有职务 %(role)s，可选：%(all)s") % {"role": role, "all": ", ".join(Role.values)}
        )
    if by is not None and not may(by, *ADMINS, region=region):
        raise NotChanged(_("您不管理%(region)s，不能授予那里的职务") % {"region": region.name})
    if role in UNIT and organisation is None:
        raise NotChanged(_("%(role)s须指定所在单位") % {"role": _(str(Role(role).label))})
    if until is not None and until <= timezone.now():
        raise NotChanged(_("职务的截止时间必须晚于现在"))
    if since is not None and until is not None and until <= since:
        raise NotChanged(_("职务的截止时间必须晚于起始时间"))
    same = person.posts.filter(role=role, region=region, organisation=organisation)
    if any(p.state != "ended" for p in same):
        raise NotChanged(_("已有同样的职务"))
    return Post.objects.create(
        person=person, role=role, region=region, organisation=organisation, since=since or timezone.now(), until=until
    )  # fmt: skip


@transaction.atomic
def end_post(by: Person | None, post: Post, request: HttpRequest | None = None) -> None:
    """End a post now; it stays in the history. Raises NotChanged."""
    _check(by, post.person)
    if by is not None and not may(by, *ADMINS, region=post.region_id):
        raise NotChanged(_("您不管理%(region)s，不能结束那里的职务") % {"region": post.region.name})
    if post.state == "ended":
        raise NotChanged(_("这个职务已经结束"))
    _keep_an_admin(ended=post)
    Post.objects.filter(pk=post.pk).update(until=timezone.now())
    record(by, "person.post_end", post.person.username, request, role=post.role, region=post.region_id)


@transaction.atomic
def set_end(
    by: Person | None, post: Post, until: datetime | None, request: HttpRequest | None = None
) -> None:
    """Let a post that holds end at another moment ahead; None: it stays open. Raises NotChanged."""
    _check(by, post.person)
    if by is not None and not may(by, *ADMINS, region=post.region_id):
        raise NotChanged(_("您不管理%(region)s，不能结束那里的职务") % {"region": post.region.name})
    if until is not None and until <= timezone.now():
        raise NotChanged(_("职务的截止时间必须晚于现在"))
    if until is not None:
        _keep_an_admin(ended=post)
    Post.objects.filter(pk=post.pk).update(until=until)
    detail = {"role": post.role, "region": post.region_id, "until": str(until or "")}
    record(by, "person.post_until", post.person.username, request, **detail)


def _keep_an_admin(without: Person | None = None, ended: Post | None = None) -> None:
    """Raises NotChanged if nobody would be left to run the accounts of the whole city (if there is somebody now)."""
    held = Post.objects.select_for_update().in_force().filter(role=Role.ADMIN, person__is_active=True)
    city = own_city()
    admins = [p for p in held.select_related("region") if city and city.code.startswith(p.region.prefix)]
    gone = [p for p in admins if p == ended or (without is not None and p.person_id == without.pk)]
    if gone and not any(p.until is None for p in admins if p not in gone):
        raise NotChanged(_("这是最后一位全市系统管理员，请先授予另一人这个职务"))


def add_person(
    username: str,
    password: str,
    *,
    name: str,
    role: str,
    region: str,
    region_name: str = "",
    organisation: str = "",
    phone: str = "",
    temporary: bool = False,
) -> Person:
    """`add` by the names of the command line; registers the region when its name is given. Raises NothingDone."""
    with translation.override("en"), transaction.atomic():
        if role not in Role.values:
            raise NothingDone(f"--role {role} is unknown; choose one of {', '.join(Role.values)}")
        place, unit = region_of(region, region_name), unit_of(organisation)
        if role in UNIT and unit is None:
            raise NothingDone(f"{role} needs --organisation, the name of a registered unit; none was given")
        try:
            return add(
                None, username, password, name=name, role=role, region=place, organisation=unit, phone=phone,
                temporary=temporary,
            )  # fmt: skip
        except NotChanged as error:
            raise NothingDone(str(error)) from error


def region_of(code: str, name: str = "") -> Region:
    """The region of a code, registered under `name` if it is new. Raises NothingDone."""
    found = Region.objects.filter(pk=code).first()
    if found is None and not name:
        raise NothingDone(f"the region {code} is not registered; give its name with --region-name")
    return found or Region.objects.create(code=code, name=name)


def unit_of(name: str) -> Organisation | None:
    """The organisation of a name; None for no name. Raises NothingDone."""
    found = Organisation.objects.filter(name=name).first() if name else None
    if name and found is None:
        raise NothingDone(f"no organisation is called {name}; give the full name of a registered unit")
    return found
