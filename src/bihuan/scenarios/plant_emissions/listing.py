"""The list of outlets of a medium: its columns on the page and in the file, and by what it is narrowed."""

from collections.abc import Mapping
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.english import Written, told
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, whole
from bihuan.registry.models import Person
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.items import LABELS
from bihuan.scenarios.plant_emissions.medium import Medium
from bihuan.scenarios.plant_emissions.standings import OFFLINE, STATES, Standing, Value

NOT_LIMITED = Cell("·", tone="dim")


def county_filter(person: Person) -> Filter:
    """By counties of the outlets that a person may see; which outlets a county has, was asked before."""
    return Filter("county", _("区县"), partial(_counties, person))


def _counties(person: Person) -> list[tuple[str, str]]:
    rows = (
        register.outlets_seen(person).order_by().values_list("emitter__region__code", "emitter__region__name")
    )
    return sorted({(code[:6], name) for code, name in rows})


def outlets(
    person: Person, medium: Medium, standings: list[Standing], state: str, findings: Mapping[str, int]
) -> Listing[Standing]:
    """Outlets of a medium, all states of them or one. findings: how many are open, by the outlet's code."""
    rows = [s for s in standings if not state or s.state == state]
    states = Filter("state", _("状态"), lambda: [(k, _(title)) for k, title in STATES.items()])
    return Listing(
        "outlets", _("企业排放"), whole(lambda _q: rows, _("没有登记这类排放口。")), _columns(medium, findings),
        filters=(county_filter(person), states), kept=("kind", "emitter"), per_page=60, unmatched=_("没有符合条件的排放口。"),
    )  # fmt: skip


def _columns(medium: Medium, findings: Mapping[str, int]) -> tuple[Column[Standing], ...]:
    def count(s: Standing) -> int:
        return findings.get(s.outlet.code, 0)

    pollutants = [column for item in medium.pollutants for column in _of_pollutant(item, medium)]
    return (
        Column(_("状态"), lambda s: s.label, lambda s: Cell("", tags=[(s.label, s.tone)], note=s.mark)),
        Column(told("企业"), lambda s: Written(s.outlet.emitter.name), _name),
        Column(told("企业编码"), lambda s: s.outlet.emitter.code, page=False),
        Column(told("排放口"), lambda s: Written(s.outlet.name), page=False),
        Column(told("编码"), lambda s: s.outlet.code, page=False),
        Column(_("区县"), lambda s: Written(s.outlet.emitter.region.name)),
        Column(told("小时"), lambda s: s.hour, _hour),
        *pollutants,
        Column(told("今日有效小时"), lambda s: s.valid, lambda s: f"{s.valid}/{s.owed}", number=True),
        Column(told("今日应有小时"), lambda s: s.owed, page=False),
        Column(told("标记"), lambda s: s.mark, page=False),
        Column(_("未办结发现"), count, lambda s: Cell(str(count(s)), tone="warn" if count(s) else ""), number=True),
        Column(_("最后收到"), lambda s: _clock(s, "%Y-%m-%d %H:%M:%S"), _heard),
        Column(told("模拟"), lambda s: "是" if s.outlet.simulated else "", page=False),
    )  # fmt: skip


def _of_pollutant(item: str, medium: Medium) -> tuple[Column[Standing], ...]:
    """Value, limit and flag of a pollutant: one cell of the page, three of the file."""

    def of(s: Standing) -> Value | None:
        return next((v for v in s.values if v.item == item), None)

    def shown(s: Standing) -> Cell:
        value = of(s)
        return _shown(value) if value else NOT_LIMITED

    def number(s: Standing) -> float | None:
        value = of(s)
        return None if value is None or value.value is None else round(value.value, 2)

    def limit(s: Standing) -> float | None:
        value = of(s)
        return value.beside if value else None

    def flag(s: Standing) -> str:
        value = of(s)
        return value.flag if value else ""

    return (
        Column(told(f"{LABELS[item]} {medium.unit}"), number, shown, number=True),
        Column(told(f"{LABELS[item]}{medium.limit_title} {medium.unit}"), limit, page=False),
        Column(told(f"{LABELS[item]}标识"), flag, page=False),
    )


def _shown(value: Value) -> Cell:
    text = "—" if value.value is None else f"{value.value:.{2 if value.early else 1}f}"
    tags = [] if value.flag == "N" else [(value.flag, "")]
    return Cell(text, tone=value.tone, tags=tags, note=f"/ {value.beside:g}")


def _name(s: Standing) -> Cell:
    tags = [("模拟", "sim")] if s.outlet.simulated else []
    text = Written(f"{s.outlet.emitter.name} {s.outlet.name}")
    return Cell(
        text, reverse("plant_emissions:outlet", args=[s.outlet.code]), tags=tags, note=Written(s.outlet.code)
    )


def _hour(s: Standing) -> Cell | str:
    if s.hour is None:
        return "—"
    local = s.hour.astimezone(CST)
    address = reverse("plant_emissions:hour", args=[s.outlet.code, f"{local:%Y%m%d%H}"])
    return Cell(f"{local:%H:%M}", address)


def _heard(s: Standing) -> Cell:
    return Cell(_clock(s, "%m-%d %H:%M") or "—", tone="warn" if s.state == OFFLINE else "")


def _clock(s: Standing, form: str) -> str:
    return s.heard.astimezone(CST).strftime(form) if s.heard else ""
