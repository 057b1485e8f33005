"""The columns of the ledger, declared once: what each is called, what stands in it, and who may change it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_noop

from bihuan.cases.deadlines import CHINA
from bihuan.cases.models import Case


class Who(Enum):
    """Who may change a column of a case that there is. NEW: nobody, it is filled in for a case that there is not yet."""

    NOBODY = "nobody"
    NEW = "new"
    OFFICE = "office"
    BOTH = "both"
    UNIT = "unit"


@dataclass(frozen=True)
class Column:
    """One column. cell: what it shows of a case. width: [characters]."""

    name: str
    title: str
    who: Who
    cell: Callable[[Case], str]
    width: int = 12


def _of(name: str) -> Callable[[Case], str]:
    return lambda case: str(getattr(case, name) or "")


def _due(case: Case) -> str:
    return f"{case.due.astimezone(CHINA):%Y-%m-%d %H:%M}" if case.due else ""


COLUMNS = (
    Column("number", gettext_noop("编号"), Who.NOBODY, _of("number"), 20),
    Column("title", gettext_noop("标题"), Who.NEW, _of("title"), 30),
    Column("region", gettext_noop("区划"), Who.NEW, lambda c: c.region.name),
    Column("source", gettext_noop("来源"), Who.NEW, lambda c: c.get_source_display()),
    Column("level", gettext_noop("级别"), Who.NEW, lambda c: c.get_level_display()),
    Column("organisation", gettext_noop("承办单位"), Who.NEW, lambda c: c.organisation.name if c.organisation else "", 20),
    Column("due", gettext_noop("期限"), Who.NEW, _due, 16),
    Column("place", gettext_noop("地点"), Who.NEW, _of("place"), 20),
    Column("description", gettext_noop("情况描述"), Who.NEW, _of("description"), 30),
    Column("basis", gettext_noop("法律依据"), Who.NEW, _of("basis"), 20),
    Column("state", gettext_noop("状态"), Who.NOBODY, lambda c: c.get_state_display()),
    Column("requirement", gettext_noop("整改要求"), Who.OFFICE, _of("requirement"), 30),
    Column("liable", gettext_noop("责任人"), Who.OFFICE, _of("liable")),
    Column("measures", gettext_noop("整改措施"), Who.BOTH, _of("measures"), 30),
    Column("planned", gettext_noop("计划完成"), Who.BOTH, _of("planned")),
    Column("remark", gettext_noop("备注"), Who.BOTH, _of("remark"), 20),
    Column("progress", gettext_noop("进展"), Who.UNIT, lambda _case: "", 30),
    Column("parent", gettext_noop("上级问题"), Who.NOBODY, lambda c: c.parent.number if c.parent else "", 20),
    Column("version", gettext_noop("版本"), Who.NOBODY, _of("version"), 6),
)  # fmt: skip
BY_TITLE: Mapping[str, Column] = {column.title: column for column in COLUMNS}
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}


def shown(case: Case, name: str) -> str:
    """What a column shows of a case."""
    return BY_NAME[name].cell(case)
