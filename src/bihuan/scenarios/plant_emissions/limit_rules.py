"""What limits and measuring ranges demand by their medium: for their forms, and for lists that are imported."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from bihuan.english import told
from bihuan.scenarios.plant_emissions.items import LABELS
from bihuan.scenarios.plant_emissions.media import medium_of
from bihuan.scenarios.plant_emissions.models import Limit, Outlet, Span

Faults = Iterator[tuple[str, str]]
"""(field, why and how to mend) of each fault."""


def limit_faults(limit: Limit) -> Faults:
    """Sewage is judged by the day's mean, its pH between two ends; only stacks have ultra-low limits."""
    medium = medium_of(limit.outlet)
    yield from _foreign(limit.outlet, limit.item, (*medium.pollutants, *medium.ranged))
    if medium.by_day and limit.period != Limit.Period.DAY:
        yield "period", _("污水按日均值判定，请选日均值")
    if medium.by_day and limit.ultra_low:
        yield "ultra_low", _("污水没有超低限值，请填“否”")
    ranged = limit.item in medium.ranged
    if ranged and (limit.low is None or limit.low >= limit.limit):
        yield "low", _("pH 限值要有下限，且低于上限，如 6 与 9")
    if not ranged and limit.low is not None:
        yield "low", _("只有 pH 有下限，请留空")


def span_faults(span: Span) -> Faults:
    """The upper end is above the lower."""
    yield from _foreign(span.outlet, span.item, medium_of(span.outlet).spanned)
    if span.high <= span.low:
        yield "high", _("量程上限应大于下限")


def _foreign(outlet: Outlet, item: str, own: tuple[str, ...]) -> Faults:
    if item not in own:
        offered = "、".join(_(LABELS[i]) for i in own)
        said = {"kind": told(Outlet.Kind(outlet.kind).label), "all": offered}
        yield "item", _("“%(kind)s”排放口没有这一项；可选：%(all)s") % said
