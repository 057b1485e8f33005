"""移动源联网上报: how sending stands by kind, what came back to be mended, days compared, and the settings. Only for posts of the whole city."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import Count, Min, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.domain.vehicles.upward.codes import code_of
from bihuan.domain.vehicles.upward.messages import KINDS
from bihuan.errors import NotAllowed
from bihuan.kit.forms import acted, filled, worded
from bihuan.kit.listing.shown import listed
from bihuan.kit.spans import today
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.audit import record
from bihuan.registry.roles import ADMINS, OPERATORS, WATCHERS
from bihuan.scenarios.vehicle_reporting import listing, outbox, settings
from bihuan.scenarios.vehicle_reporting.models import ComparedDay, Message, Reading
from bihuan.scenarios.vehicle_reporting.reconciling import agrees
from bihuan.scenarios.vehicle_reporting.sending import line

HOME = "vehicle_reporting:index"
SHOWN_DAYS = 14
FIRST = MinValueValidator(date(2000, 1, 1))
LAST_NUMBER = 2**53
State = Message.State


class Settings(forms.Form):
    """Where to send, as whom, with which key, and what."""

    url = forms.CharField(label=gettext_lazy("上级平台地址"), required=False, max_length=settings.LONGEST)
    city = forms.CharField(label=gettext_lazy("本市在上级平台的编码"), required=False, max_length=20)
    key = forms.CharField(
        label=gettext_lazy("签名密钥（留空：不改）"), required=False, max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )  # fmt: skip
    since = forms.DateField(
        label=gettext_lazy("从哪一天的记录起上报"),
        required=False,
        validators=[FIRST],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("上报的数据种类"), required=False, choices=worded(KINDS.items()), widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    enabled = forms.BooleanField(label=gettext_lazy("启用"), required=False)


class Again(forms.Form):
    """What is sent again: one record, a day of a kind (of a station), or what is to be mended of a kind."""

    kind = forms.ChoiceField(choices=worded(KINDS.items()))
    message = forms.IntegerField(required=False, min_value=1, max_value=LAST_NUMBER)
    day = forms.DateField(required=False)
    site = forms.CharField(required=False, max_length=60)
    code = forms.CharField(required=False, max_length=20)


def _watcher(request: Asked) -> None:
    if not may(request.user, *WATCHERS, region=CITY):
        raise NotAllowed(_("联网上报由全市的调度岗、负责人、审计和系统管理员查看。"))


def index(request: Asked) -> HttpResponse:
    """How it stands."""
    _watcher(request)
    to, admin = settings.upward(), may(request.user, *ADMINS, region=CITY)
    first = {"url": to.url, "city": to.city, "since": to.since, "kinds": to.kinds, "enabled": to.enabled}
    context = {
        "to": to, "line": line(), "kinds": _kinds(to), "codes": _codes(), "days": list(_days()), "today": today(), "may": may(request.user, *OPERATORS, region=CITY),
        "form": Settings(initial=first) if admin else None, "parked": Message.objects.filter(state=State.PARKED).count(),
    }  # fmt: skip
    return render(request, "vehicle_reporting/index.html", context)


def _kinds(to: settings.Upward) -> list[dict[str, Any]]:
    counts = {
        state: Count("pk", filter=Q(state=state)) for state in (State.WAITING, State.TAKEN, State.PARKED)
    }
    oldest = Min("made_at", filter=Q(state=State.WAITING))
    rows = {r["kind"]: r for r in Message.objects.order_by().values("kind").annotate(oldest=oldest, **counts)}
    return [
        {"kind": kind, "title": title, "on": kind in to.kinds, **rows.get(kind, {State.WAITING.value: 0, State.TAKEN.value: 0, State.PARKED.value: 0})}
        for kind, title in KINDS.items()
    ]  # fmt: skip


def _codes() -> list[tuple[str, str, Any, int]]:
    """Kind, its title, code, and how many wait to be mended for it."""
    rows = (
        Message.objects.filter(state=State.PARKED)
        .order_by()
        .values_list("kind", "code")
        .annotate(n=Count("pk"))
    )
    return [(kind, KINDS[kind], code_of(code), n) for kind, code, n in sorted(rows)]


def _days() -> Iterable[dict[str, Any]]:
    """Days by kind, the sums of their stations; theirs is unknown where it is of one station."""
    found: dict[tuple[date, str], list[ComparedDay]] = {}
    for row in ComparedDay.objects.filter(day__gte=today() - timedelta(days=SHOWN_DAYS)):
        found.setdefault((row.day, row.kind), []).append(row)
    for (day, kind), rows in found.items():
        known = all(r.theirs is not None for r in rows)
        yield {
            "day": day, "kind": kind, "title": KINDS[kind], "at": max(r.at for r in rows), "good": known and all(agrees(r) for r in rows),
            "theirs": sum(r.theirs or 0 for r in rows) if known else None, "again": sum(len(r.again) for r in rows), "extra": sum(len(r.extra) for r in rows),
            **{name: sum(getattr(r, name) for r in rows) for name in ("ours", "taken", "waiting", "refused")},
        }  # fmt: skip


def mending(request: Asked) -> HttpResponse:
    """Records that came back, with what is wrong and how to mend it."""
    _watcher(request)
    context = {"may": may(request.user, *OPERATORS, region=CITY), "kinds": KINDS.items()}
    return listed(
        request, listing.mending(may_send=context["may"] is True), "vehicle_reporting/mending.html", context
    )


def days(request: Asked) -> HttpResponse:
    """Days compared, station by station."""
    _watcher(request)
    return listed(request, listing.compared())


@require_POST
def again(request: Asked) -> HttpResponse:
    """Send again: one record, a day, or all of a kind that is to be mended."""
    if not may(request.user, *OPERATORS, region=CITY):
        raise NotAllowed(_("重发由全市的调度岗或系统管理员办理。"))

    def act() -> str:
        given, to, now = filled(Again(request.POST)), settings.upward(), clock.now()
        if not to.city or to.since is None:
            raise IllegalMove(_("还没有设置上级平台"))
        if given["day"] and not to.since <= given["day"] <= today():
            raise IllegalMove(_("这一天不在上报范围内"))
        kind, what = given["kind"], ""
        if given["message"]:
            message = Message.objects.filter(pk=given["message"], kind=kind).first()
            if message is None:
                raise IllegalMove(_("没有这条报文"))
            n, what = outbox.send_again(to, kind, message.day, now, keys=[message.key]), message.key
        elif given["day"]:
            n = outbox.send_again(to, kind, given["day"], now, site=given["site"] or None)
            what = f"{given['day']} {given['site']}".strip()
        else:
            n, what = outbox.parked_again(to, kind, now, given["code"]), given["code"]
        record(request.user, "reporting.resend", f"{kind} {what}".strip(), request, records=n)
        return _("%(n)s 条记录已按归档中的现行版本排入发送") % {"n": n}

    return acted(request, reverse(HOME), act)


@require_POST
def change(request: Asked) -> HttpResponse:
    """Keep the settings."""
    if not may(request.user, *ADMINS, region=CITY):
        raise NotAllowed(_("上报设置由全市的系统管理员办理。"))

    def act() -> str:
        before = settings.upward()
        made = settings.keep({**filled(Settings(request.POST)), "simulated": before.simulated})
        if (before.city, before.since) != (made.city, made.since):
            Reading.objects.all().delete()  # the archive is read anew; what was made is known by its number
        record(request.user, "reporting.set", made.url, request, enabled=made.enabled, kinds=list(made.kinds), key_changed=made.key != before.key)  # fmt: skip
        return _("已保存。")

    return acted(request, reverse(HOME), act)


urlpatterns = [
    path("", index, name="index"),
    path("mending/", mending, name="mending"),
    path("days/", days, name="days"),
    path("again/", again, name="again"),
    path("settings/", change, name="settings"),
]
