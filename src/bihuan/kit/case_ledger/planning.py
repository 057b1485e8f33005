"""What a ledger would do, cell by cell, before anything is written: changes, new cases, conflicts, and why a cell cannot be taken."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import reporting, rules
from bihuan.cases.deadlines import end_of_day
from bihuan.cases.errors import IllegalMove
from bihuan.cases.ledger import AMEND, PROGRESS
from bihuan.cases.models import Case, Level
from bihuan.cases.texts import case_fields, clean
from bihuan.cases.transitions import BY_KEY, Need, State, Transition
from bihuan.kit.case_ledger.columns import BY_NAME, BY_TITLE, COLUMNS, Column, Who, shown
from bihuan.kit.case_ledger.plan import Plan, Row, Trouble, Turn
from bihuan.kit.case_ledger.reading import Sheet, read_sheet
from bihuan.kit.registers.cells import PARSERS, Wrong
from bihuan.kit.registers.declared import Form
from bihuan.printable import printable
from bihuan.registry.access import may, visible
from bihuan.registry.models import Organisation, Person
from bihuan.registry.roles import OFFICE, UNIT

SHOWN = 200
"""Characters of a value in a report."""


class _Planner:
    """Plans the rows of one sheet for one person; what all rows ask for is read once."""

    def __init__(self, sheet: Sheet, by: Person) -> None:
        self.sheet, self.by, self.now = sheet, by, clock.now()
        numbers = {texts.get("编号", "") for _number, texts in sheet.rows}
        seen = visible(Case.objects.select_related("region", "organisation", "parent"), by).filter(
            number__in=numbers
        )
        self.cases = {case.number: case for case in seen}
        self.regions = {region.name: region for region in reporting.regions(by)}
        self.units = {u.name: u for u in visible(Organisation.objects.exclude(kind="centre"), by)}
        self.first: dict[str, int] = {}

    def row(self, number: int, texts: Mapping[str, str]) -> Row:
        """What one row would do."""
        row = Row(number, texts)
        if cells := self.sheet.merged.get(number):
            self._refuse(
                row, "编号", _("%(cells)s 是合并的单元格") % {"cells": cells}, _("取消合并，每行各填各的")
            )
        elif key := texts.get("编号", ""):
            self._existing(row, key)
        else:
            self._new(row)
        return row

    def _refuse(self, row: Row, title: str, why: str, remedy: str) -> None:
        value = row.texts.get(title, "")[:SHOWN]
        row.troubles.append(Trouble(self.sheet.at(row.number, title), title, value, why, remedy))

    def _existing(self, row: Row, key: str) -> None:
        row.case = self.cases.get(key)
        if row.case is None:
            self._refuse(
                row, "编号", _("没有这个编号的问题，或不在您的范围内"), _("核对编号；新问题请把编号留空")
            )
            return
        if key in self.first:
            said = {"row": self.first[key]}
            self._refuse(row, "编号", _("与第 %(row)s 行是同一个问题") % said, _("只留一行"))
            return
        self.first[key] = row.number
        changed = [c for c in COLUMNS if self._differs(row.case, c, row.texts)]
        stale = row.texts.get("版本", "") != str(row.case.version)
        for column in changed:
            self._take(row, row.case, column, stale)
        if row.turns and not row.troubles:
            self._step(row, row.case)

    def _differs(self, case: Case, column: Column, texts: Mapping[str, str]) -> bool:
        if column.title not in texts or column.name in ("number", "version"):
            return False
        return _bare(texts[column.title]) != _bare(shown(case, column.name))

    def _take(self, row: Row, case: Case, column: Column, stale: bool) -> None:
        before, text = shown(case, column.name), row.texts[column.title]
        if stale:
            self._refuse(
                row, column.title, _("导出以后问题有了变化，平台上现在是“%(now)s”") % {"now": before[:SHOWN] or "—"},
                _("重新导出，在新的台账上再改"),
            )  # fmt: skip
        elif column.who in (Who.NOBODY, Who.NEW):
            self._refuse(
                row,
                column.title,
                _("这一列不能在台账里改，平台上是“%(now)s”") % {"now": before[:SHOWN] or "—"},
                _("改回原样，在问题页面上办理"),
            )
        else:
            try:
                row.turns.append(Turn(column.name, before, _value(column, text)))
            except (Wrong, IllegalMove) as error:
                self._refuse(row, column.title, str(error), getattr(error, "remedy", _("改正后再导入")))

    def _step(self, row: Row, case: Case) -> None:
        """By which step it is written, and whether this person may take it."""
        office = may(self.by, *OFFICE, region=case.region)
        unit = may(self.by, *UNIT, region=case.region, organisation=case.organisation)
        row.action = AMEND if office else PROGRESS
        for turn in row.turns:
            who = BY_NAME[turn.name].who
            if not (office and who in (Who.OFFICE, Who.BOTH)) and not (
                unit and not office and who in (Who.UNIT, Who.BOTH)
            ):
                self._refuse(row, turn.title, _hint(who), _("改回原样"))
        step = BY_KEY.get((State(case.state), row.action))
        if row.troubles:
            return
        why = self._why_not(case, step)
        if why:
            self._refuse(row, "状态", why, _("改回原样，或先在问题页面上办理"))

    def _why_not(self, case: Case, step: Transition | None) -> str:
        if step is None:
            return _("问题现在是“%(state)s”，台账不能再改") % {"state": _(case.get_state_display())}
        return rules.why_not(case, self.by, step, self.now, rules.unit_actors(case))

    def _new(self, row: Row) -> None:
        texts = row.texts
        sources = {str(s.label): s for s in reporting.sources(self.by)}
        levels = {str(label): value for value, label in Level.choices}
        picked = {
            "region": self._chosen(row, "区划", self.regions, needed=True),
            "source": self._chosen(row, "来源", sources, needed=True),
            "level": self._chosen(row, "级别", levels),
            "organisation": self._chosen(row, "承办单位", self.units),
        }
        if not texts.get("标题"):
            self._refuse(row, "标题", _("没有填写"), _("必填，一句话说明发现了什么"))
        free = ("title", "requirement", "place", "description", "basis", "measures", "remark")
        row.fields = {name: value for name, value in picked.items() if value}
        for name in free:
            self._free(row, BY_NAME[name])
        self._days(row)
        if row.fields.get("organisation") and not (
            picked["region"] and may(self.by, *OFFICE, region=picked["region"])
        ):
            self._refuse(row, "承办单位", _("您不能在这里直接交办"), _("留空，由调度岗交办"))

    def _chosen(self, row: Row, title: str, known: Mapping[str, Any], *, needed: bool = False) -> Any:
        text = row.texts.get(title, "")
        if text in known:
            return known[text]
        if text or needed:
            why = _("不在可选项之内") if text else _("没有填写")
            self._refuse(row, title, why, _("可选：%(all)s") % {"all": "、".join([*known][:20])})
        return None

    def _free(self, row: Row, column: Column) -> None:
        if text := row.texts.get(column.title, ""):
            try:
                row.fields |= case_fields({column.name: text})
            except IllegalMove as error:
                self._refuse(row, column.title, str(error), _("改正后再导入"))

    def _days(self, row: Row) -> None:
        for name in ("planned", "due"):
            column = BY_NAME[name]
            if text := row.texts.get(column.title, ""):
                try:
                    day = PARSERS[Form.DAY](text)
                except Wrong as error:
                    self._refuse(row, column.title, error.why, error.remedy)
                    continue
                row.fields[name] = end_of_day(day) if name == "due" else day
        due = row.fields.get("due")
        if isinstance(due, datetime) and due <= self.now:
            self._refuse(row, "期限", _("办结期限必须晚于现在"), _("改正日期"))
        if due and not row.fields.get("organisation"):
            self._refuse(row, "期限", _("没有承办单位，不能定期限"), _("填写承办单位，或把期限留空"))
        if row.fields.get("organisation") and row.texts.get("责任人"):
            row.fields["liable"] = row.texts["责任人"]


def read_ledger(path: Path, file: str) -> Sheet:
    """The ledger in a file that is called `file`. Raises Unreadable."""
    return read_sheet(path, file, [*BY_TITLE])


def make_plan(sheet: Sheet, by: Person) -> Plan:
    """What the ledger would do when this person takes it in."""
    planner = _Planner(sheet, by)
    return Plan(sheet, [planner.row(number, texts) for number, texts in sheet.rows])


def _bare(text: str) -> str:
    """What a spreadsheet may change of a text by itself: line ends and blanks around it."""
    return printable(text).strip()


def _value(column: Column, text: str) -> str:
    """The text as it is kept. Raises Wrong, IllegalMove."""
    if column.name == "planned":
        day: date | None = PARSERS[Form.DAY](text) if text else None
        return day.isoformat() if day else ""
    need = Need.NOTE if column.name == "progress" else next(n for n in Need if n.key == column.name)
    return clean(text, need.label, need.limit, column.name)


def _hint(who: Who) -> str:
    return {
        Who.OFFICE: _("这一列由调度岗、负责人填写"),
        Who.BOTH: _("这一列由调度岗、负责人或承办单位填写"),
        Who.UNIT: _("这一列由承办单位填写"),
    }[who]
