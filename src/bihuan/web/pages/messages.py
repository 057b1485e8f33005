"""Delivery log (送达记录): who was told what, as which post, by which way, when, and what became of it."""

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.cases import channels
from bihuan.cases.message_models import Delivery
from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.errors import NotAllowed
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, whole, words_in
from bihuan.kit.listing.shown import listed
from bihuan.registry.access import CITY, Asked, may, visible
from bihuan.registry.roles import WATCHERS
from bihuan.web.message_rows import kind_title, where_of

TONES = {
    Delivery.State.SENT: "good",
    Delivery.State.FAILED: "bad",
    Delivery.State.EMPTY: "bad",
    Delivery.State.WAITING: "warn",
}


def index(request: Asked) -> HttpResponse:
    """The log of the whole city, newest first."""
    if not may(request.user, *WATCHERS, region=CITY):
        raise NotAllowed(_("送达记录由全市的调度岗、负责人、审计和系统管理员查看。"))
    rows = visible(Delivery.objects.select_related("person", "case"), request.user)
    listing = Listing(
        "messages", _("送达记录"), whole(rows.filter, _("还没有送达记录。")), _columns(), per_page=100, unit=_("条"),
        search=words_in("person__full_name", "person__username", "post", "case__number"), place=_("人员、职务或问题编号"),
        filters=_filters(),
    )  # fmt: skip
    return listed(request, listing)


def _filters() -> tuple[Filter, ...]:
    states = [(value, _(str(label))) for value, label in Delivery.State.choices]
    kinds = [("inbox", _("站内"))] + [(kind.key, str(kind.title)) for kind in channels.KINDS.values()]
    purposes = [(value, _(str(label))) for value, label in Delivery.Purpose.choices]
    return (
        Filter("status", _("结果"), lambda: states, lambda value: Q(state=value)),
        Filter("kind", _("渠道"), lambda: kinds, lambda value: Q(kind=value)),
        Filter("purpose", _("用途"), lambda: purposes, lambda value: Q(purpose=value)),
    )


def _columns() -> tuple[Column[Delivery], ...]:
    return (
        Column(_("时间"), lambda d: f"{d.at.astimezone(CST):%Y-%m-%d %H:%M}"),
        Column(_("人员"), lambda d: Written(d.person or "")),
        Column(_("职务"), lambda d: Written(d.post)),
        Column(_("用途"), lambda d: d.get_purpose_display()),
        Column(_("问题"), lambda d: d.case.number if d.case else "", _case),
        Column(_("渠道"), lambda d: kind_title(d.kind)),
        Column(_("地址"), lambda d: Written(where_of(d))),
        Column(_("结果"), lambda d: d.get_state_display(), _state),
        Column(_("说明"), lambda d: d.result),
        Column(_("次数"), lambda d: d.tries, number=True),
        Column(
            _("送出时间"), lambda d: f"{d.ended_at.astimezone(CST):%Y-%m-%d %H:%M:%S}" if d.ended_at else ""
        ),
    )


def _case(row: Delivery) -> Cell:
    return Cell(row.case.number, reverse("case", args=[row.case.number])) if row.case else Cell("—")


def _state(row: Delivery) -> Cell:
    return Cell(_(row.get_state_display()), tone=TONES.get(Delivery.State(row.state), ""))
