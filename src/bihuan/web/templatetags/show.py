"""How values are shown: China time, units, levels (never by colour alone), sparklines."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import template
from django.template import RequestContext
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan import english
from bihuan.cases.deadlines import span_text, until_text
from bihuan.cases.models import Finding
from bihuan.cases.targets import kind_of
from bihuan.domain.standards import advice_of, level_of
from bihuan.domain.timeaxis import CST, label_of_start
from bihuan.kit.air import lacking
from bihuan.kit.reason_words import said, words
from bihuan.kit.shown import item_label, level_name, number, percent, signed, unit
from bihuan.registry.models import Organisation
from bihuan.scenarios import resolved
from bihuan.scenarios.catalogue import title_of_check
from bihuan.web.drafts import Draft
from bihuan.web.loggers.marks import FAR, MARKS

if TYPE_CHECKING:
    from bihuan.registry.access import Asked

register = template.Library()


@register.filter
def cst(moment: datetime | None, form: str = "%m-%d %H:%M") -> str:
    """An instant in China Standard Time."""
    return moment.astimezone(CST).strftime(form) if moment else "—"


@register.filter
def until(moment: datetime | None, day: str = "%m-%d") -> str:
    """A deadline in China Standard Time; midnight is written as 24:00 of the day that ends."""
    return until_text(moment, day) if moment else "—"


@register.filter
def deviation(mark: str) -> str:
    """A mark of a packet that leaves the standard, in words."""
    return str((MARKS | FAR).get(mark, mark))


@register.filter
def hour_label(start: datetime | None, form: str = "%m-%d %H:%M") -> str:
    """The END label of the ambient hour that begins at `start`."""
    return label_of_start(start).strftime(form) if start else "—"


for shown in (number, signed, percent, item_label, unit, level_name, lacking):
    register.filter(shown)
register.filter("said", said)
register.filter("words", words)
register.filter("check_title", title_of_check)
register.filter("duration_text", span_text)


@register.filter
def target_chart(found: Finding) -> str:
    """Where a chart of what a finding is about comes from, as it was at its end; empty for a kind that has none."""
    kind = kind_of(found.target_kind)
    return kind.chart(found.target, found.item, found.until) if kind and kind.chart else ""


@register.simple_tag(takes_context=True)
def beside(context: RequestContext, found: Finding) -> str:
    """What the line of business of a finding tells besides of it; empty for most."""
    more = resolved.beside(found)
    request = cast("Asked", context["request"])
    return render_to_string(more.template, more.context(request, found), request) if more else ""


@register.filter
def plain(value: Any) -> str:
    """A value of evidence as a person reads it: numbers with two decimals at most, lists joined."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return _("、").join(plain(v) for v in value)
    return "—" if value is None else english.told(str(value))


@register.filter
def told(text: Any) -> str:
    """A sentence of the software (a title, a reason) in the language of the reader."""
    return english.told(text if isinstance(text, str) else str(text))


@register.simple_tag
def unofficial() -> SafeString:
    """What stands above a paper that is not the Chinese one."""
    note = english.unofficial()
    return format_html('<p class="dim small">{}</p>', note) if note else SafeString("")


@register.filter
def lookup(mapping: dict[Any, Any], key: Any) -> Any:
    """mapping[key], or None."""
    return mapping.get(key)


@register.filter
def attribute(thing: Any, name: str) -> Any:
    """The attribute whose name a table gives."""
    return getattr(thing, name)


@register.simple_tag
def aqi_badge(aqi: float | str | None, lacking: str = "") -> SafeString:
    """The index with its level's colour and name; grey without one, with what is lacking."""
    if isinstance(aqi, str) or aqi is None:
        return format_html('<span class="lv lv0" title="{}">—</span>', lacking or _("无有效数据"))
    level = level_of(round(aqi)).level
    return format_html('<span class="lv lv{}" title="{}">{}</span>', level, level_name(level), round(aqi))


@register.filter
def health_advice(level: int) -> str:
    """What people should do at a level, in the language of the reader."""
    advice = advice_of(level)
    return advice.advice if (get_language() or "").startswith("zh") else advice.english


@register.simple_tag
def unit_options(
    units: Iterable[Organisation],
    region: str,
    chosen: str | None = None,
    proposed: Organisation | None = None,
) -> SafeString:
    """The units to choose from, the chosen one marked, else the one proposed, else those of the region.

    Made here because a list has one for every finding.
    """
    known = list(units)
    others = [proposed] if proposed is not None and proposed not in known else []

    def marked(unit: Organisation) -> bool:
        if chosen:
            return str(unit.pk) == chosen
        return unit == proposed if proposed is not None else unit.region_id == region

    rows = ((unit.pk, " selected" if marked(unit) else "", unit.name) for unit in (*others, *known))
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@register.simple_tag
def amiss(draft: Draft | str | None, name: str) -> SafeString:
    """Attributes of a field of a form that was refused for it; nothing of any other."""
    return SafeString(
        ' aria-invalid="true" autofocus' if isinstance(draft, Draft) and draft.field == name else ""
    )


@register.simple_tag
def why_amiss(draft: Draft | str | None, name: str) -> SafeString:
    """Why that field was refused."""
    if not isinstance(draft, Draft) or draft.field != name:
        return SafeString("")
    return format_html('<b class="bad small" role="alert">{}</b>', draft.why)


@register.simple_tag
def sparkline(values: list[float | None], width: int = 96, height: int = 24) -> SafeString:
    """A small line of the values in order; a gap stays a gap."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return format_html('<svg class="spark" width="{}" height="{}"></svg>', width, height)
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = width / max(len(values) - 1, 1)
    path, pen = [], "M"
    for i, v in enumerate(values):
        if v is None:
            pen = "M"
            continue
        path.append(f"{pen}{i * step:.1f} {height - 2 - (v - low) / span * (height - 4):.1f}")
        pen = "L"
    return format_html(
        '<svg class="spark" width="{}" height="{}" role="img" aria-label="{}–{}"><path d="{}"/></svg>',
        width, height, f"{low:g}", f"{high:g}", " ".join(path),
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The present query string with some values changed (None removes, a tuple gives several)."""
    values = context["request"].GET.copy()
    for key, value in changes.items():
        values.pop(key, None)
        if value is not None:
            values.setlist(key, [str(v) for v in value] if isinstance(value, tuple) else [str(value)])
    return f"?{values.urlencode()}"
