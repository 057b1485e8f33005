"""The month report of a region's parks: sentences, the parks, their outlets and stations, the counties."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.kit.shown import number, percent
from bihuan.kit.tables import Sheet, Table
from bihuan.kit.tables import table as columns
from bihuan.registry.models import Region
from bihuan.scenarios.industrial_parks.checks import WORDS
from bihuan.scenarios.industrial_parks.figures import Gap
from bihuan.scenarios.industrial_parks.view import ParkTold, Told, Value, Whole, roman

PARK_HEAD = (
    "园区",
    "区划",
    "污水去向",
    "联网",
    "排水（m³/d）",
    "负荷率",
    "上游对照",
    "下游控制",
    "水量相差",
    "发现",
)
VALUE_HEAD = ("园区", "排口", "类型", "项目", "月均值", "限值", "超限天数", "最高")
COUNTY_HEAD = ("县区", "园区", "有集中处理", "已联网", "排口超限", "下游变差", "发现")
NOTE = "限值为登记的日均限值；瞬时样单独注明。下游类别按与上游对照共有的项目比较，河段自身和其他来水的影响未知。水量平衡未扣除雨水入渗、损失和回用。"


def title_of(whole: Whole, region: Region | None) -> str:
    """What the report is called."""
    return f"{region.name if region else ''}工业园区水污染月报{whole.month.first:%Y-%m}"


def as_word(whole: Whole, region: Region | None) -> bytes:
    """The paper."""
    page = a4()
    line(page, title_of(whole, region), size=16, bold=True, centre=True)
    for sentence in sentences(whole):
        line(page, sentence)
    line(page, "园区", bold=True)
    table(page, PARK_HEAD, [_park(told) for told in whole.parks])
    line(page, "排口", bold=True)
    table(page, VALUE_HEAD, [_value(*each) for each in _values(whole) if each[2].limit is not None])
    line(page, "县区", bold=True)
    rows = [
        (Written(c.name), *map(str, (c.parks, c.treated, c.linked, c.exceeded, c.worse, c.findings)))
        for c in whole.counties
    ]
    table(page, COUNTY_HEAD, rows)
    line(page, NOTE)
    return as_docx(page)


def sentences(whole: Whole) -> Iterator[str]:
    """The month in words, with what it leaves out."""
    parks = whole.parks
    treated, linked = sum(t.treated for t in parks), sum(t.park.linked == "yes" for t in parks)
    yield f"工业园区 {len(parks)} 个，有污水集中处理的 {treated} 个，自动监测已联网的 {linked} 个。"
    over = [t for t in parks if t.exceeded]
    worse = [t for t in parks if any(s.worse for s in t.stations)]
    yield f"排口超过限值的园区 {len(over)} 个，下游劣于上游对照的园区 {len(worse)} 个。"
    for told in over:
        for outlet in told.exceeded:
            names = "、".join(value.quantity.chinese for value in outlet.exceeded)
            yield f"{told.park.name}的{outlet.place.name}超过限值：{names}。"
    for told in worse:
        for station in told.stations:
            if station.behind and station.worse:
                yield f"{told.park.name}：{station.place.name}{roman(station.behind.below)}类，上游对照{roman(station.behind.above)}类。"
    silent = [t for t in parks if not any(o.values for o in t.outlets)]
    if silent:
        yield f"排口没有监测数据的：{'、'.join(t.park.name for t in silent)}。"


def _class(told: Told | None) -> str:
    return roman(told.water_class) if told else "—"


def _gap(gap: Gap | None) -> str:
    return percent(gap.share) if gap else "—"


def _park(told: ParkTold) -> tuple[str, ...]:
    return (
        Written(told.park.name), Written(told.park.region.name), told.park.get_way_display(), told.park.get_linked_display() or "—",
        number(told.water), percent(told.load), _class(told.up), _class(told.down), _gap(told.worst_gap), str(told.findings),
    )  # fmt: skip


def _values(whole: Whole) -> list[tuple[ParkTold, Told, Value]]:
    return [(p, t, v) for p in whole.parks for t in (*p.outlets, *p.stations) for v in t.values]


def _value(park: ParkTold, told: Told, value: Value) -> tuple[str, ...]:
    name = value.quantity.chinese + ("（瞬时样）" if value.samples and value.samples == value.times else "")
    return (
        Written(park.park.name), Written(told.place.name), told.place.get_kind_display(), name,
        f"{value.value:.4g} {value.quantity.unit}", f"{value.limit:.4g}" if value.limit is not None else "—",
        str(value.times), "—" if value.worst is None else f"{value.worst:.4g}",
    )  # fmt: skip


def flow_of(told: ParkTold) -> list[tuple[str, float | None]]:
    """The nodes of the balance in words, with those that are not known."""
    known = {node.key: node.water for node in told.nodes}
    return [(word, known.get(key)) for key, word in WORDS.items()]


def gaps_of(told: ParkTold) -> list[tuple[str, str, float]]:
    """Between which nodes which share of the water is not accounted for, in words."""
    return [(WORDS[gap.first.key], WORDS[gap.second.key], gap.share) for gap in told.gaps]


def sheets(whole: Whole) -> list[Sheet]:
    """The parks, every value of their places, and the counties."""
    return [
        Sheet(_("园区"), _parks(whole)),
        Sheet(_("监测数据"), _items(whole)),
        Sheet(_("县区"), _counties(whole)),
    ]


def _parks(whole: Whole) -> Table:
    return columns(
        {
            _("编码"): lambda t: t.park.code,
            _("园区"): lambda t: Written(t.park.name),
            _("区划"): lambda t: Written(t.park.region.name),
            _("园区级别"): lambda t: _(t.park.get_level_display()),
            _("主导产业"): lambda t: Written(t.park.industries),
            _("管理委员会"): lambda t: Written(str(t.park.organisation or "")),
            _("污水去向"): lambda t: _(t.park.get_way_display()),
            _("雨污分流"): lambda t: _(t.park.get_separation_display()),
            _("自动监测联网"): lambda t: _(t.park.get_linked_display()),
            _("设计处理规模（m³/d）"): lambda t: t.park.design,
            _("企业排水合计（m³/d）"): lambda t: t.registered,
            _("没有登记水量的企业"): lambda t: t.unknown,
            _("总排口出水（m³/d）"): lambda t: t.water,
            _("负荷率"): lambda t: t.load,
            _("上游对照"): lambda t: _class(t.up),
            _("下游控制"): lambda t: _class(t.down),
            _("水量相差"): lambda t: t.worst_gap.share if t.worst_gap else None,
            _("发现"): lambda t: t.findings,
            _("模拟"): lambda t: _("模拟") if t.park.simulated else "",
        },
        whole.parks,
    )


def _items(whole: Whole) -> Table:
    return columns(
        {
            _("园区"): lambda x: Written(x[0].park.name),
            _("编码"): lambda x: x[1].place.code,
            _("点位"): lambda x: Written(x[1].place.name),
            _("类型"): lambda x: _(x[1].place.get_kind_display()),
            _("项目"): lambda x: _(x[2].quantity.chinese),
            _("月均值"): lambda x: x[2].value,
            _("单位"): lambda x: x[2].quantity.unit,
            _("限值"): lambda x: x[2].limit,
            _("超限天数"): lambda x: x[2].times,
            _("其中瞬时样"): lambda x: x[2].samples,
            _("最高"): lambda x: x[2].worst,
            _("水质类别"): lambda x: roman(x[1].water_class),
        },
        _values(whole),
    )


def _counties(whole: Whole) -> Table:
    return columns(
        {
            _("县区"): lambda c: Written(c.name),
            _("园区"): lambda c: c.parks,
            _("有集中处理"): lambda c: c.treated,
            _("已联网"): lambda c: c.linked,
            _("排口超限"): lambda c: c.exceeded,
            _("下游变差"): lambda c: c.worse,
            _("发现"): lambda c: c.findings,
        },
        whole.counties,
    )
