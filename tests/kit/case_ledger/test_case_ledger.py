"""The ledger out and in again: unchanged it changes nothing; what is changed, refused and in conflict is told cell by cell; undo."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.transitions import State
from bihuan.feeds.reading import Unreadable
from bihuan.kit.case_ledger.export import workbook
from bihuan.kit.case_ledger.plan import Plan
from bihuan.kit.case_ledger.planning import make_plan, read_ledger
from bihuan.kit.case_ledger.writing import TakenBack, apply, take_back
from bihuan.kit.registers.exchange import keep
from bihuan.registry.changes import Batch
from bihuan.registry.log import is_intact
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import COUNTY, World

Edit = Callable[[Any], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "台账.xlsx"


def exported(path: Path, *cases: Case, edit: Edit = lambda _sheet: None) -> Path:
    """The ledger of some cases, changed by hand in Excel."""
    book = load_workbook(io.BytesIO(workbook(cases)))
    edit(book.active)
    book.save(path)
    return path


def put(number: int, **texts: Any) -> Edit:
    """Write into the cells of a row, each named by its head."""

    def edit(sheet: Any) -> None:
        heads = {cell.value: cell.column for cell in sheet[1]}
        for head, text in texts.items():
            sheet.cell(number, heads[head], text)

    return edit


def planned(world: World, path: Path, role: str = "dispatcher") -> Plan:
    return make_plan(read_ledger(path, path.name), world.person(role))


def counts(plan: Plan) -> tuple[int, int, int, int]:
    """New, changed, same, refused."""
    return (plan.counts["new"], plan.counts["changed"], plan.counts["same"], plan.counts["refused"])


def troubles(plan: Plan) -> list[tuple[str, str, str]]:
    return [(t.at, t.value, t.why) for t in plan.troubles]


def imported(world: World, path: Path, role: str = "dispatcher") -> Batch:
    return apply(planned(world, path, role), world.person(role), "月度更新", keep(path))


def test_a_ledger_that_nobody_changed_changes_nothing(world: World, path: Path) -> None:
    odd = "=1+1\n'第一行\n第二行 <b>\t, 100%"
    cases = [
        world.case(state, requirement=odd, description=odd)
        for state in (State.DRAFT, State.RECTIFYING, State.CLOSED)
    ]
    plan = planned(world, exported(path, *cases))
    assert counts(plan) == (0, 0, 3, 0)
    with pytest.raises(IllegalMove, match="没有可以导入的行"):
        apply(plan, world.person("dispatcher"), "试", keep(path))


def test_what_the_office_changed_is_shown_cell_by_cell_and_written_by_one_step(
    world: World, path: Path
) -> None:
    case = world.case(State.RECTIFYING, requirement="清理")
    exported(path, case, edit=put(2, 整改要求="清理并苫盖", 责任人="王五", 计划完成="2019/3/1", 备注="重点"))
    plan = planned(world, path)
    assert {(t.title, t.before, t.after) for row in plan.rows for t in row.turns} == {
        ("整改要求", "清理", "清理并苫盖"), ("责任人", "", "王五"), ("计划完成", "", "2019-03-01"), ("备注", "", "重点"),
    }  # fmt: skip
    due = case.due
    batch = imported(world, path)
    case.refresh_from_db()
    assert (case.requirement, case.liable, str(case.planned), case.remark) == (
        "清理并苫盖",
        "王五",
        "2019-03-01",
        "重点",
    )
    assert (case.state, case.due) == (State.RECTIFYING, due)
    step = case.steps.latest("seq")
    assert (step.action, step.note) == ("amend", "台账导入")
    assert (batch.changes, is_intact(batch)) == (1, True)


def test_the_unit_reports_progress_by_the_ledger_and_may_change_no_more_than_its_own(
    world: World, path: Path
) -> None:
    case = world.case(State.RECTIFYING)
    exported(path, case, edit=put(2, 进展="已苫盖一半", 整改措施="分两期"))
    imported(world, path, "handler")
    case.refresh_from_db()
    step = case.steps.latest("seq")
    assert (step.action, step.note, case.measures) == ("progress", "已苫盖一半", "分两期")
    [row] = planned(world, exported(path, case, edit=put(2, 责任人="赵六")), "handler").rows
    assert [t.why for t in row.troubles] == ["这一列由调度岗、负责人填写"]
    [row] = planned(world, exported(path, case, edit=put(2, 进展="好")), "dispatcher").rows
    assert [t.why for t in row.troubles] == ["这一列由承办单位填写"]


@pytest.mark.parametrize(
    ("texts", "at", "why"),
    [
        ({"计划完成": "三月初"}, "台账!O2", "不是日期"),
        ({"备注": "长" * 501}, "台账!P2", "备注最多 500 字"),
        ({"状态": "已销号"}, "台账!K2", "这一列不能在台账里改，平台上是“整改中”"),
        ({"期限": "2030-01-01"}, "台账!G2", "这一列不能在台账里改"),
        ({"编号": "环交〔2019〕9999"}, "台账!A2", "没有这个编号的问题"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_with_its_address(
    world: World, path: Path, texts: dict[str, str], at: str, why: str
) -> None:
    exported(path, world.case(State.RECTIFYING), edit=put(2, **texts))
    [(found, value, said)] = troubles(planned(world, path))
    assert (found, value) == (at, next(iter(texts.values()))[:200])
    assert why in said


def test_good_rows_are_kept_beside_refused_ones(world: World, path: Path) -> None:
    good, bad, closed = (world.case(s) for s in (State.SIGNED, State.SIGNED, State.CLOSED))

    def edit(sheet: Any) -> None:
        for number, text in ((2, "好"), (3, "长" * 501), (4, "晚了")):
            put(number, 备注=text)(sheet)

    plan = planned(world, exported(path, good, bad, closed, edit=edit))
    assert counts(plan) == (0, 1, 0, 2)
    assert "问题现在是“已销号”，台账不能再改" in [t.why for t in plan.troubles]
    imported(world, path)
    for case in (good, bad, closed):
        case.refresh_from_db()
    assert [c.remark for c in (good, bad, closed)] == ["好", "", ""]


def test_a_case_that_changed_since_the_export_is_a_conflict_and_is_not_overwritten(
    world: World, path: Path
) -> None:
    case = world.case(State.RECTIFYING)
    exported(path, case, edit=put(2, 备注="我的"))
    world.go(case, "amend", remark="别人的", note="")
    plan = planned(world, path)
    assert troubles(plan) == [("台账!P2", "我的", "导出以后问题有了变化，平台上现在是“别人的”")]
    assert plan.effective == []


def test_one_that_changed_since_but_says_the_same_is_no_conflict(world: World, path: Path) -> None:
    case = world.case(State.SIGNED)
    exported(path, case)
    world.go(case, "amend", remark="", measures="苫盖", note="")
    exported(path, case, edit=put(2, 版本="1"))
    assert counts(planned(world, path)) == (0, 0, 1, 0)


def test_the_same_case_twice_is_refused_once(world: World, path: Path) -> None:
    case = world.case(State.SIGNED)
    plan = planned(world, exported(path, case, case))
    assert troubles(plan) == [("台账!A3", case.number, "与第 2 行是同一个问题")]


def test_merged_heads_are_refused_with_the_place(world: World, path: Path) -> None:
    exported(path, world.case(State.SIGNED), edit=lambda sheet: sheet.merge_cells("L1:N1"))
    with pytest.raises(Unreadable, match="台账!L1:N1"):
        planned(world, path)


def test_a_title_above_the_heads_may_be_merged_and_merged_rows_below_are_refused(
    world: World, path: Path
) -> None:
    def edit(sheet: Any) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "阳泉市生态环境问题台账"
        sheet.merge_cells("A1:R1")
        sheet.merge_cells("P4:P5")

    cases = [world.case(State.SIGNED) for _ in range(3)]
    plan = planned(world, exported(path, *cases, edit=edit))
    assert [(t.at, t.why) for t in plan.troubles] == [
        ("台账!A4", "P4:P5 是合并的单元格"), ("台账!A5", "P4:P5 是合并的单元格"),
    ]  # fmt: skip
    assert counts(plan) == (0, 0, 1, 2)


def no_heads(sheet: Any) -> None:
    sheet["A1"] = "序号"


def twice(sheet: Any) -> None:
    sheet["R1"] = "备注"


@pytest.mark.parametrize(
    ("edit", "said"), [(no_heads, "heads 编号、标题"), (twice, "台账!1 have the same head")]
)
def test_heads_that_cannot_be_told_are_refused(world: World, path: Path, edit: Edit, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        planned(world, exported(path, world.case(State.SIGNED), edit=edit))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04cut", "编号,标题\n".encode()])
def test_what_is_no_workbook_is_refused(world: World, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="not an Excel workbook"):
        planned(world, path)


def thirty(sheet: Any) -> None:
    for n in range(30):
        put(
            2 + n,
            标题=f"问题 {n}",
            区划="平定县",
            来源="督察",
            级别="较重",
            整改要求="立行立改",
            承办单位="平定县人民政府" if n % 2 else "",
        )(sheet)


def test_thirty_problems_of_an_inspection_come_in_at_once(world: World, path: Path) -> None:
    batch = imported(world, exported(path, edit=thirty))
    cases = Case.objects.filter(source=Case.Source.INSPECTION)
    assert (batch.changes, cases.count()) == (30, 30)
    assert {c.state for c in cases} == {State.PENDING, State.DISPATCHED}
    assert len({c.number for c in cases}) == 30
    assert {c.requirement for c in cases} == {"立行立改"}


def test_a_new_row_says_each_field_that_is_wrong(world: World, path: Path) -> None:
    exported(path, edit=put(2, 标题="", 区划="太原市", 来源="听说", 级别="较重", 期限="2019-01-01", 备注="x"))
    assert [(at, why.split("；")[0]) for at, _, why in troubles(planned(world, path))] == [
        ("台账!C2", "不在可选项之内"), ("台账!D2", "不在可选项之内"), ("台账!B2", "没有填写"),
        ("台账!G2", "办结期限必须晚于现在"), ("台账!G2", "没有承办单位，不能定期限"),
    ]  # fmt: skip


def undone(world: World, batch: Batch) -> TakenBack:
    return take_back(Batch.objects.get(pk=batch.pk), world.person("dispatcher"), "导错了")


def test_an_import_is_taken_back_whole_by_steps_of_its_own(world: World, path: Path) -> None:
    case = world.case(State.RECTIFYING, requirement="清理")

    def edit(sheet: Any) -> None:
        put(2, 整改要求="苫盖", 计划完成="2019-03-01")(sheet)
        put(3, 标题="新问题", 区划="平定县", 来源="巡查")(sheet)

    batch = imported(world, exported(path, case, edit=edit))
    seq = case.steps.count()
    done = undone(world, batch)
    assert done.batch is not None
    assert (done.batch.changes, done.troubles) == (2, [])
    case.refresh_from_db()
    assert (case.requirement, case.planned, case.steps.count()) == ("清理", None, seq + 1)
    assert Case.objects.get(title="新问题").state == State.VOID
    with pytest.raises(IllegalMove, match="已经撤销"):
        undone(world, batch)


def test_what_was_dealt_with_since_stays_and_is_named(world: World, path: Path) -> None:
    kept, free = world.case(State.RECTIFYING), world.case(State.SIGNED)

    def edit(sheet: Any) -> None:
        put(2, 备注="甲")(sheet)
        put(3, 备注="乙")(sheet)

    batch = imported(world, exported(path, kept, free, edit=edit))
    kept.refresh_from_db()
    world.go(kept, "progress")
    done = undone(world, batch)
    assert [t.why for t in done.troubles] == [f"{kept.number} 在导入以后又办理过，没有撤销"]
    for case in (kept, free):
        case.refresh_from_db()
    assert (kept.remark, free.remark) == ("甲", "")


def test_a_step_that_changes_nothing_is_refused(world: World) -> None:
    case = world.case(State.SIGNED)
    with pytest.raises(IllegalMove, match="没有改动"):
        world.go(case, "amend", remark="")
    with pytest.raises(IllegalMove, match="不是日期"):
        world.go(case, "amend", planned="三月")
    assert Case.objects.get(pk=case.pk).region_id == COUNTY
