"""Lists: records that are to be mended, and days compared by station."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from bihuan.domain.vehicles.upward.codes import code_of
from bihuan.domain.vehicles.upward.messages import FAULTS, FIELDS, KINDS
from bihuan.english import Written, told
from bihuan.kit.forms import worded
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, whole, words_in
from bihuan.scenarios.vehicle_reporting.models import ComparedDay, Message
from bihuan.scenarios.vehicle_reporting.reconciling import agrees

NAMED = 5
NAMES = {kind: {f.column: f.name for f in fields} for kind, fields in FIELDS.items()}


@dataclass(frozen=True)
class Mending:
    """A record that is to be mended, in words. why: what the answer means, with its code; fields: which field, and what is wrong with it."""

    message: Message
    kind: str
    why: str
    fields: str
    remedy: str


def _mending(rows: Sequence[Message]) -> list[Mending]:
    return [Mending(m, _kind(m), _code(m.code), fields_of(m), told(code_of(m.code).remedy)) for m in rows]


def _kind(line: Message | ComparedDay) -> str:
    return _(KINDS[line.kind])


def _code(code: str) -> str:
    return f"{code} {told(code_of(code).meaning)}"


def _kinds() -> Filter:
    return Filter("kind", _("数据种类"), worded(KINDS.items()), lambda kind: Q(kind=kind))


def fields_of(message: Message) -> str:
    """What is wrong with which field, by its name in the message."""
    faults = (fault.rpartition(":") for fault in message.wrong)
    return "；".join(
        f"{NAMES[message.kind].get(column, column)} {_(FAULTS[fault])}" for column, _colon, fault in faults
    )


def mending(*, may_send: bool) -> Listing[Mending]:
    """Records that are to be mended; with a press at each for who may send."""
    rows = Message.objects.filter(state=Message.State.PARKED)

    def codes() -> list[tuple[str, str]]:
        return [(c, _code(c)) for c in rows.order_by("code").values_list("code", flat=True).distinct()]

    return Listing(
        "reports-to-mend", _("待更正的上报记录"), whole(rows.filter, _("没有待更正的记录。")),
        (
            Column(_("日期"), lambda m: m.message.day, order="day"),
            Column(_("数据种类"), lambda m: m.kind),
            Column(_("站点"), lambda m: Written(m.message.site), order="site"),
            Column(_("记录"), lambda m: Written(m.message.key)),
            Column(_("原因"), lambda m: m.why),
            Column(_("字段"), lambda m: m.fields),
            Column(_("上级回答"), lambda m: Written(m.message.said)),
            Column(_("怎么改"), lambda m: m.remedy),
        ),
        filters=(_kinds(), Filter("code", _("原因"), codes, lambda code: Q(code=code))), search=words_in("key", "site"), place=_("记录或站点"),
        lines=_mending, row="vehicle_reporting/_mending.html" if may_send else "", order=("day", "pk"),
    )  # fmt: skip


def compared() -> Listing[ComparedDay]:
    """Days compared by station."""
    rows = ComparedDay.objects.all()
    wrong = [r.pk for r in rows.defer("at") if not agrees(r)]
    return Listing(
        "reporting-days", _("对账"),
        (
            Tab("", _("不一致"), rows.filter(pk__in=wrong).filter, _("没有不一致的日子。")),
            Tab("all", _("全部"), rows.filter, _("还没有对过账。")),
        ),
        (
            Column(_("日期"), lambda r: r.day, order="day"),
            Column(_("数据种类"), _kind),
            Column(_("站点"), lambda r: Written(r.site), order="site"),
            Column(_("本平台"), lambda r: r.ours, number=True),
            Column(_("已确认"), lambda r: r.taken, number=True),
            Column(_("待发送"), lambda r: r.waiting, number=True),
            Column(_("待更正"), lambda r: r.refused, number=True),
            Column(_("上级平台"), lambda r: r.theirs, lambda r: "—" if r.theirs is None else str(r.theirs), number=True),
            Column(_("上级缺少"), lambda r: len(r.again), lambda r: Cell(str(len(r.again)), tone="bad" if r.again else "dim"), number=True),
            Column(_("上级多出"), lambda r: len(r.extra), lambda r: Cell(str(len(r.extra)), tone="bad" if r.extra else "dim", note="、".join(r.extra[:NAMED])), number=True),
            Column(_("缺少的记录"), lambda r: Written("、".join(r.again)), page=False),
            Column(_("多出的记录"), lambda r: Written("、".join(r.extra)), page=False),
            Column(_("对账时间"), lambda r: r.at),
        ),
        filters=(_kinds(),), search=words_in("site"), place=_("站点"),
    )  # fmt: skip
