"""What is exported and imported again changes nothing, whatever an object holds; a template is an export without rows."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.kit.registers.actions import create
from bihuan.kit.registers.export import csv_of, excel_of, geojson_of
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.planning import references_of
from bihuan.kit.registers.template import csv_template, excel_template
from bihuan.registry.models import Organisation, Region, Site
from tests.kit.registers.world import BUILDER, GOOD, REGIONS, SITES, csv_file, imported, planned
from tests.people import City

pytestmark = pytest.mark.django_db
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
ODD = st.sampled_from(
    [
        "=1+1",
        "'=x",
        "''@x",
        "-abc",
        "-5",
        "+1",
        "@a",
        'a"b',
        "a,b",
        "a\nb",
        "（甲）",
        "１２",
        "是",
        "1e5",
        "'a",
    ]
)
NUMBERS = st.floats(113.5, 113.7)


@st.composite
def objects(draw: st.DrawFn) -> dict[str, str]:
    """The cells of an object as a form may send them."""
    shape = {"type": "LineString", "coordinates": [[113.6, 37.8], [draw(NUMBERS), 37.81]]}
    return {
        "name": draw(TEXT | ODD),
        "region": draw(st.sampled_from(["140321", "140302"])),
        "organisation": draw(st.sampled_from(["", "平定县人民政府", "=甲"])),
        "lon": repr(draw(NUMBERS)),
        "lat": repr(draw(st.floats(37.5, 38))),
        "geometry": draw(st.sampled_from(["", json.dumps(shape)])),
        "since": draw(st.sampled_from(["", "2024-02-29"])),
        "simulated": draw(st.sampled_from(["", "是", "否"])),
        "rank": draw(st.sampled_from(Site.Rank.values)),
        "city": draw(st.sampled_from(["", "140300"])),
    }


def stored(number: int, cells: dict[str, str]) -> None:
    if cells["name"].strip():
        create(SITES, {"code": f"S{number}", **cells}, BUILDER)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(objects(), min_size=1, max_size=6))
def test_export_and_import_again_is_the_same(
    city: City, data_dir: Path, ending: str, made: list[dict[str, str]]
) -> None:
    Site.objects.all().delete()
    Organisation.objects.get_or_create(name="=甲", kind="enterprise", region_id="140321")
    for number, cells in enumerate(made):
        stored(number, cells)
    if not Site.objects.exists():
        return
    before = list(Site.objects.values())
    with TemporaryDirectory() as folder, translation.override("en" if len(made) % 2 else "zh-hans"):
        path = Path(folder) / f"x.{ending}"
        path.write_bytes((csv_of if ending == "csv" else excel_of)(SITES, Site.objects.all()))
        assert planned(SITES, path).counts == {Fate.SAME: len(before)}
        Site.objects.all().delete()
        imported(SITES, path)
    assert list(Site.objects.values()) == before


def test_a_cell_that_a_spreadsheet_would_run_is_guarded(city: City, data_dir: Path) -> None:
    create(
        SITES,
        {
            "code": "S1",
            "name": "=HYPERLINK(1)",
            "region": "140321",
            "lon": "113.6",
            "lat": "37.8",
            "rank": "国控",
        },
        BUILDER,
    )
    (row,) = csv.DictReader(io.StringIO(csv_of(SITES, Site.objects.all()).decode("utf-8-sig")))
    assert row["名称"] == "'=HYPERLINK(1)"
    assert (row["区划"], row["级别"], row["模拟"], row["经度（°）"]) == ("140321", "国控", "否", "113.6")
    book = openpyxl.load_workbook(io.BytesIO(excel_of(SITES, Site.objects.all())))
    assert [c.data_type for c in book.active[2]][:2] == ["s", "s"]


def test_a_boundary_that_fits_in_no_cell_is_in_the_other_files(city: City, data_dir: Path) -> None:
    ring = [[113 + n / 1e5, 37.0] for n in range(4000)] + [[113.0, 38.0], [113.0, 37.0]]
    Region.objects.filter(pk="140321").update(geometry={"type": "Polygon", "coordinates": [ring]})
    heads = [
        c.value for c in openpyxl.load_workbook(io.BytesIO(excel_of(REGIONS, Region.objects.all()))).active[1]
    ]
    assert heads == ["区划代码", "名称", "上级区划"]
    path = data_dir / "x.csv"
    path.write_bytes(csv_of(REGIONS, Region.objects.all()))
    before = Region.objects.get(pk="140321").geometry
    Region.objects.update(geometry=None)
    imported(REGIONS, path)
    assert Region.objects.get(pk="140321").geometry == before
    features = json.loads(geojson_of(REGIONS, Region.objects.all()))["features"]
    (mine,) = (f for f in features if f["properties"]["code"] == "140321")
    assert mine["geometry"] == before
    assert mine["properties"] == {"code": "140321", "name": "平定县", "parent": "140300"}


def test_objects_without_a_shape_are_points_in_geojson(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD]))
    (feature,) = json.loads(geojson_of(SITES, Site.objects.all()))["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [113.6, 37.8]}


def test_a_template_marks_what_is_required_and_says_what_each_column_means(city: City) -> None:
    book = openpyxl.load_workbook(io.BytesIO(excel_template(SITES, references_of(SITES))))
    sheet, notes, lists = book.worksheets
    assert [c.value for c in sheet[1]][:5] == ["编码*", "名称*", "区划*", "责任单位", "经度（°）*"]
    assert sheet.max_row == 1
    assert {r[0].value: r[2].value for r in notes.iter_rows(min_row=2, max_row=12)}["经度"] == "°"
    ranges = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    column = sheet.cell(1, list(SITES.named).index("rank") + 1).column_letter
    source = ranges[f"{column}2:{column}5001"]
    assert source.endswith(f"${column}$1:${column}$3")
    assert [lists[f"{column}{n}"].value for n in (1, 2, 3)] == ["国控", "省控", "乡镇"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_filled_template_comes_in(city: City, data_dir: Path, language: str) -> None:
    cells = {
        "code": "S1",
        "name": "甲",
        "region": "140321",
        "lon": "113.6",
        "lat": "37.8",
        "rank": "乡镇",
        "since": "2024-01-01",
    }
    with translation.override(language):
        text = csv_template(SITES).decode("utf-8-sig").strip() + "\n"
        path = data_dir / "x.csv"
        path.write_text(text + ",".join(cells.get(name, "") for name in SITES.named) + "\n")
        assert imported(SITES, path).counts == {Fate.NEW: 1}
        book: Any = openpyxl.load_workbook(io.BytesIO(excel_template(SITES, references_of(SITES))))
        for place, name in enumerate(SITES.named, 1):
            book.worksheets[0].cell(2, place, cells.get(name))
        book.save(data_dir / "x.xlsx")
        assert imported(SITES, data_dir / "x.xlsx").counts == {Fate.SAME: 1}
    assert Site.objects.get().since == date(2024, 1, 1)
