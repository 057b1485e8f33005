"""人员与职务: accounts and posts, for the administrators of the city, and of a county for its own people."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.asked import whole_of
from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.errors import BihuanError
from bihuan.kit.listing.declared import Cell, Column, Listing, Tab, words_in
from bihuan.kit.listing.shown import listed
from bihuan.registry import accounts
from bihuan.registry.access import Asked, may, scope_of, visible
from bihuan.registry.accounts import NotChanged
from bihuan.registry.models import AuditEntry, Organisation, Person, Post, Region
from bihuan.registry.roles import ADMINS, Role
from bihuan.registry.temporary import temporary_password
from bihuan.web import audit_words

ENTRIES = 30


def demand_admin(request: Asked) -> None:
    """Raises BihuanError for whoever manages nobody."""
    if not scope_of(request.user).has(*ADMINS):
        raise BihuanError(_("人员与职务由系统管理员管理。"))


def _person(request: Asked, pk: int) -> Person:
    return get_object_or_404(visible(Person.objects.all(), request.user), pk=pk)


def _found(person: Person) -> QuerySet[Person]:
    """The accounts that the person may see."""
    return visible(Person.objects.order_by("username").prefetch_related("posts__region"), person)


def _named(words: str) -> Q:
    """Whose name, telephone or unit has these words."""
    units = Post.objects.filter(organisation__name__icontains=words).values("person")
    return words_in("username", "full_name", "phone")(words) | Q(pk__in=units)


def index(request: Asked) -> HttpResponse:
    """All accounts, searched by name, phone number or unit; `as` takes them away."""
    demand_admin(request)
    found, empty = _found(request.user), _("您管理的区域内还没有人员。")
    listing = Listing(
        "people",
        _("人员与职务"),
        (
            Tab("active", _("在用"), found.filter(is_active=True).filter, empty),
            Tab("closed", _("已停用"), found.filter(is_active=False).filter, _("没有停用的人员。")),
            Tab("all", _("全部"), found.filter, empty),
        ),
        columns=_columns(),
        search=_named,
        place=_("姓名、用户名、电话或单位"),
        unit=_("人"),
        unmatched=_("没有符合的人员；换个词，或看“全部”。"),
    )
    return listed(request, listing, "web/people.html")


def _columns() -> tuple[Column[Person], ...]:
    return (
        Column(_("用户名"), lambda p: p.username, lambda p: Cell(Written(p.username), reverse("person", args=[p.pk]))),
        Column(_("姓名"), lambda p: Written(p.full_name)),
        Column(_("电话"), lambda p: p.phone),
        Column(_("职务"), lambda p: _("、").join(_posts_held(p)), lambda p: Cell("", tags=[(post, "") for post in _posts_held(p)])),
        Column(_("状态"), lambda p: _("在用") if p.is_active else _("已停用"), _state),
        Column(_("上次登录"), lambda p: p.last_login, order="last_login"),
    )  # fmt: skip


def _posts_held(person: Person) -> list[str]:
    return [f"{p.region.name}{_(p.get_role_display())}" for p in person.posts.all() if p.state == "now"]


def _state(person: Person) -> Cell:
    temporary = [(_("临时密码"), "warn")] if person.must_change_password else []
    if person.is_active:
        return Cell(_("在用"), tone="good", tags=temporary)
    return Cell(_("已停用"), tone="dim", tags=temporary)


def new(request: Asked) -> HttpResponse:
    """The form of a new account; afterwards its temporary password, shown once."""
    demand_admin(request)
    said = {k: request.POST.get(k, "").strip() for k in ("username", "name", "phone", "role")}
    context = {"said": said, **_choices(request)}
    if request.method != "POST":
        return render(request, "web/person_new.html", context)
    password = temporary_password()
    try:
        region, unit = _place(request)
        made = accounts.add(
            request.user, said["username"], password, name=said["name"], role=said["role"], region=region,
            organisation=unit, phone=said["phone"], since=_begin_of_day(request), request=request,
        )  # fmt: skip
    except NotChanged as error:
        return render(request, "web/person_new.html", context | {"failed": str(error)}, status=400)
    return _show_password(request, made, password)


def _choices(request: Asked) -> dict[str, Any]:
    """What the forms of posts offer: places and units that this administrator manages."""
    regions = [r for r in visible(Region.objects.all(), request.user) if may(request.user, *ADMINS, region=r)]
    return {
        "roles_offered": Role.choices,
        "regions": regions,
        "units": visible(Organisation.objects.all(), request.user),
    }


def _place(request: Asked) -> tuple[Region, Organisation | None]:
    """The region and the unit of a form, among those that the administrator sees. Raises NotChanged."""
    region = visible(Region.objects.all(), request.user).filter(pk=request.POST.get("region", "")).first()
    if region is None:
        raise NotChanged(_("请选择区划"))
    name = request.POST.get("organisation", "").strip()
    if not name:
        return region, None
    unit = visible(Organisation.objects.all(), request.user).filter(name=name).first()
    if unit is None:
        raise NotChanged(_("没有这个单位，请从列表中选择"))
    return region, unit


def _show_password(request: Asked, person: Person, password: str) -> HttpResponse:
    return render(request, "web/person_password.html", {"person": person, "password": password})


def detail(request: Asked, pk: int) -> HttpResponse:
    """One account: posts of now and before, what was done with it, and what may be done."""
    demand_admin(request)
    person = _person(request, pk)
    posts = person.posts.select_related("region", "organisation").order_by("-until", "-pk")
    log = AuditEntry.objects.filter(target=person.username, action__startswith="person.").select_related(
        "person"
    )
    context = {
        "person": person,
        "posts_of": posts,
        "why_not": accounts.why_not(request.user, person),
        "log": [(e, audit_words.deed(e), audit_words.told(e.detail)) for e in log[:ENTRIES]],
        **_choices(request),
    }
    return render(request, "web/person.html", context)


@require_POST
def change(request: Asked, pk: int, action: str) -> HttpResponse:
    """One change of an account; a new password is shown once, on the answer itself."""
    demand_admin(request)
    person = _person(request, pk)
    if action not in ACTIONS:
        raise Http404
    try:
        password = ACTIONS[action](request, person)
    except NotChanged as error:
        messages.error(request, str(error))
        return redirect("person", pk)
    if password:
        return _show_password(request, person, password)
    messages.success(request, _("已办理。"))
    return redirect("person", pk)


def _edit(request: Asked, person: Person) -> None:
    name, phone = (request.POST.get(k, "") for k in ("name", "phone"))
    accounts.edit(request.user, person, name=name, phone=phone, request=request)


def _close(request: Asked, person: Person) -> None:
    accounts.close(request.user, person, request.POST.get("reason", ""), request)


def _add_post(request: Asked, person: Person) -> None:
    region, unit = _place(request)
    accounts.add_post(
        request.user, person, request.POST.get("role", ""), region, unit, since=_begin_of_day(request),
        until=_at(request.POST.get("until", ""), time(23, 59, 59)), request=request,
    )  # fmt: skip


def _begin_of_day(request: Asked) -> datetime | None:
    return _at(request.POST.get("since", ""), time())


def _at(text: str, clock_time: time) -> datetime | None:
    """A time of a day in China; None for no day."""
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise NotChanged(_("日期无法识别，请写成 2027-06-30"))
    return datetime.combine(day, clock_time, CST)


def _end_post(request: Asked, person: Person) -> None:
    post = person.posts.filter(pk=whole_of(request.POST.get("post", "")) or 0).first()
    if post is None:
        raise NotChanged(_("没有这个职务"))
    accounts.end_post(request.user, post, request)


ACTIONS: dict[str, Callable[[Asked, Person], str | None]] = {
    "edit": _edit,
    "close": _close,
    "reopen": lambda request, person: accounts.reopen(request.user, person, request),
    "reset": lambda request, person: accounts.reset_password(request.user, person, request=request),
    "post_add": _add_post,
    "post_end": _end_post,
}
