"""The heads of a file and what a template says of them: every way to write them, twice, missing, unknown; lists to choose from."""

import io
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.utils import translation

from bihuan.feeds.lines import ROW
from bihuan.kit.registers import table as tables
from bihuan.kit.registers import template
from bihuan.kit.registers.declared import Form, Register
from bihuan.kit.registers.planning import references_of
from bihuan.kit.registers.table import BadTable, heads_of, matched
from bihuan.registry.models import Region, Site
from tests.kit.registers.world import MEASURES, REGIONS, SITES, UNITS
from tests.people import City
from tests.taken import read

TOLD: dict[str, Any] = {"broken": [], "notes": []}


def frame(*heads: str, rows: int = 1) -> pl.DataFrame:
    return pl.DataFrame({ROW: range(2, 2 + rows), **{head: [f"v{n}" for n in range(rows)] for head in heads}})


@pytest.mark.parametrize("head", ["编码", "编码*", " 编 码 ", "code", "CODE", "Code*", "编码＊"])
def test_a_head_is_known_in_every_way_it_is_written(head: str) -> None:
    found = matched(SITES, frame(head), TOLD, "表.csv")
    assert (found.columns, found.heads) == (("code",), {"code": head})
    assert list(found.rows) == [(2, ("v0",))]


@pytest.mark.parametrize("head", ["经度（°）", "经度(°)", "经度", "lon", "Longitude"])
def test_a_unit_may_stand_in_brackets_of_either_width_or_not_at_all(head: str) -> None:
    assert matched(SITES, frame("code", head), TOLD, "表.csv").columns == ("code", "lon")


def test_heads_in_english_are_those_of_the_english_template() -> None:
    with translation.override("en"):
        heads = template.heads(SITES)
    assert heads[0].endswith("*")
    found = matched(SITES, frame(*heads), TOLD, "t.csv")
    assert found.columns == tuple(SITES.named)
    assert set(heads_of(SITES).values()) == set(SITES.named)


def test_two_heads_for_one_column_are_refused_by_its_name() -> None:
    with pytest.raises(BadTable, match=r"表\.csv 里有两列是“编码”，删去一列再导入"):
        matched(SITES, frame("编码", "code"), TOLD, "表.csv")


@pytest.mark.parametrize(
    ("register", "heads", "missing"),
    [(SITES, ["名称"], ["编码"]), (MEASURES, ["预警级别"], ["污染源", "污染物"]), (UNITS, [], ["名称"])],
)
def test_a_file_that_does_not_say_which_object_is_refused_with_what_it_lacks(
    register: Register, heads: list[str], missing: list[str]
) -> None:
    titles = {register.title_of(name): name for name in register.key}
    with pytest.raises(BadTable) as caught:
        matched(register, frame(*(titles.get(head, head) for head in heads)), TOLD, "表.csv")
    lacking = [title for title in titles if title not in heads]
    assert str(caught.value) == f"表.csv 没有“{'、'.join(lacking)}”列，认不出每行是哪一个对象；请按模板填写"
    assert len(lacking) == len(missing)


def test_a_head_that_nobody_knows_is_named_unless_nothing_stands_below_it() -> None:
    table = frame("编码").with_columns(备注=pl.lit("x"), 空=pl.lit(None, pl.String))
    assert matched(SITES, table, TOLD, "表.csv").ignored == ("备注",)


def test_rows_that_say_nothing_are_passed_over_and_keep_the_numbers_of_the_others() -> None:
    table = pl.DataFrame({ROW: [2, 3, 4, 5], "编码": ["A", " ", None, "D"], "备注": ["", "x", "x", ""]})
    assert list(matched(SITES, table, TOLD, "表.csv").rows) == [(2, ("A",)), (5, ("D",))]


def test_a_file_of_too_many_rows_is_refused_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    assert len(matched(SITES, frame("编码", rows=3), TOLD, "表.csv").rows) == 3
    with pytest.raises(BadTable, match=r"表\.csv 超过 3 行"):
        matched(SITES, frame("编码", rows=4), TOLD, "表.csv")


def test_what_was_broken_or_noted_on_the_way_stays_with_the_table() -> None:
    found = matched(SITES, frame("编码"), {"broken": [[7, "列数不对"]], "notes": ["按 GBK 读取"]}, "表.csv")
    assert (found.broken, found.notes, found.layers) == (((7, "列数不对"),), ("按 GBK 读取",), ())


@pytest.mark.parametrize(
    ("place", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_a_column_is_called_as_excel_calls_it(place: int, letters: str) -> None:
    assert template._letters(place) == letters


def test_a_template_for_a_csv_has_the_heads_alone_and_marks_what_is_demanded() -> None:
    (heads,) = read(template.csv_template(SITES))
    assert heads == template.heads(SITES)
    assert [h for h in heads if h.endswith("*")] == [
        "编码*",
        "名称*",
        "区划*",
        "经度（°）*",
        "纬度（°）*",
        "级别*",
    ]
    assert template.csv_template(SITES).startswith(b"\xef\xbb\xbf")


def test_a_cell_offers_what_it_can_hold(city: City) -> None:
    references = references_of(SITES)
    assert template.choices(SITES, "rank") == [str(label) for _value, label in Site.Rank.choices]
    assert template.choices(SITES, "evaluated") == ["是", "否"]
    assert template.choices(SITES, "region", references["region"]) == list(
        Region.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert (
        template.choices(SITES, "name")
        == template.choices(SITES, "lon")
        == template.choices(SITES, "region")
        == []
    )


def test_of_very_many_objects_none_is_offered_in_a_list(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "LISTED", 3)
    assert template.choices(SITES, "region", references_of(SITES)["region"]) == []


def test_every_column_has_a_line_that_says_its_form() -> None:
    notes = {row[0]: row for row in template.column_notes(SITES)}
    assert list(notes) == [SITES.title_of(name) for name in SITES.named]
    assert notes["经度"][1:5] == ("是", "°", "WGS 84；其他坐标系在导入时说明", "数字")
    assert notes["启用日期"][4] == "日期，如 2024-01-31"
    assert notes["区划"][4] == "已登记的编码或全称"
    assert notes["位置图形"][4] == "GeoJSON"
    assert notes["编码"][4] == "文字，最多 40 个字符"
    assert "国控" in notes["级别"][4]
    forms = {register.form(name) for register in (SITES, REGIONS, UNITS, MEASURES) for name in register.named}
    assert forms >= {Form.TEXT, Form.NUMBER, Form.CHOICE, Form.YES_NO, Form.DAY, Form.REFERENCE, Form.SHAPE}


def test_a_workbook_has_the_form_its_notes_and_the_lists_behind_it(city: City) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template.excel_template(SITES, references_of(SITES))))
    form, notes, lists = (book[name] for name in book.sheetnames)
    assert (form.title, notes.title, lists.sheet_state, form.freeze_panes) == (
        "监测点位",
        "填写说明",
        "hidden",
        "A2",
    )
    assert [c.value for c in form[1]] == template.heads(SITES)
    assert notes.max_row >= len(SITES.named) + 2
    validated = {str(v.sqref).split(":")[0]: v.formula1 for v in form.data_validations.dataValidation}
    rank = list(SITES.named).index("rank")
    cell = f"{template._letters(rank)}2"
    assert (
        validated[cell]
        == f"'可选项'!${template._letters(rank)}$1:${template._letters(rank)}${len(Site.Rank.choices)}"
    )
    assert [
        lists.cell(row, rank + 1).value for row in range(1, 1 + len(Site.Rank.choices))
    ] == template.choices(SITES, "rank")
