"""操作日志: who did what, when; for those who audit the city."""

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.errors import NotAllowed
from bihuan.kit.listing.declared import Column, Listing, whole, words_in
from bihuan.kit.listing.shown import listed
from bihuan.reasons.deeds import meant_by
from bihuan.registry.access import CITY, Asked, may, visible
from bihuan.registry.models import AuditEntry
from bihuan.registry.roles import AUDITORS
from bihuan.web import audit_words


def page(request: Asked) -> HttpResponse:
    """The audit log, newest first."""
    if not may(request.user, *AUDITORS, region=CITY):
        raise NotAllowed(_("操作日志由全市的审计、负责人和系统管理员查看。"))
    rows = visible(AuditEntry.objects.select_related("person"), request.user)
    listing = Listing(
        "audit", _("操作日志"), whole(rows.filter, _("还没有记录。")), _columns(), per_page=100, unit=_("条"),
        search=_deeds_with, place=_("人员、操作或对象"),
    )  # fmt: skip
    return listed(request, listing)


def _deeds_with(words: str) -> Q:
    """Entries of people or objects with these words, and of deeds that are called so."""
    by_text = words_in("person__full_name", "person__username", "action", "target")(words)
    return by_text | Q(action__in=meant_by(words))


def _columns() -> tuple[Column[AuditEntry], ...]:
    return (
        Column(_("时间"), lambda a: f"{a.real_at.astimezone(CST):%Y-%m-%d %H:%M:%S}"),
        Column(_("人员"), lambda a: Written(a.person or "")),
        Column(_("操作"), lambda a: Written(audit_words.deed(a))),
        Column(_("操作代码"), lambda a: a.action, page=False),
        Column(_("对象"), lambda a: Written(audit_words.target(a))),
        Column(_("内容"), lambda a: Written(audit_words.told(a.detail))),
        Column("IP", lambda a: a.address or ""),
    )
