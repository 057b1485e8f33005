"""No sentence of the importers reaches the Chinese page in English."""

import ast
import re
from pathlib import Path

import pytest

import bihuan
from bihuan.archive import deliveries, quarantine
from bihuan.feeds import ambient_table, cnemc_hour, gather, labels, lines, sites, values
from bihuan.feeds.long import plain, sections
from bihuan.feeds.long import rows as long
from bihuan.feeds.long.columns import SEVERAL
from bihuan.feeds.weather import grib, grids, netcdf, series
from bihuan.web.refusals import chinese_of

SOURCE = Path(bihuan.__file__).parent
MODULES = [
    *sorted((SOURCE / "feeds").glob("*.py")),
    *sorted((SOURCE / "feeds" / "weather").glob("*.py")),
    *sorted((SOURCE / "feeds" / "long").glob("*.py")),
    *sorted((SOURCE / "pipeline").glob("*.py")),
    SOURCE / "apart" / "client.py",
    Path(quarantine.__file__),
    Path(deliveries.__file__),
]
ERRORS = {"Unreadable", "NotMended", "NotOpen", "NotFailed", "Stopped"}


def rendered(node: ast.expr) -> str | None:
    """A string of the source, fields filled with 7."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "7" for v in node.values)
    if isinstance(node, ast.Subscript):
        return rendered(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return rendered(node.func.value)
    return None


def raised() -> set[str]:
    """Every sentence with which a reader, the mending or the quarantine gives up."""
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ERRORS
                and node.args
            ):
                found.add(rendered(node.args[0]))
    return {t for t in found if t}


def refused() -> set[str]:
    """Reasons and remedies of single records."""
    told = {labels.WRONG_TIME, labels.NOT_FULL, labels.OUT_OF_RANGE, gather.CONFLICT, gather.CONFLICT_REMEDY}
    told |= {
        *labels.REMEDIES.values(),
        *values.REMEDIES,
        *values.REMEDIES.values(),
        values.OTHER_REMEDY,
        cnemc_hour.O3_NOTE,
    }
    told |= {grids.GRID_REMEDY, series.ISSUED_REMEDY, grib.DAMAGED, "the unit is not known"}
    told |= {"send it in K", "ask for one of m/s, km/h 7", "7 values for 7 times", "fetch the file again"}
    told |= {
        *long.MOMENTS,
        *long.MOMENTS.values(),
        long.CONFLICT,
        long.CONFLICT_REMEDY,
        long.NO_UNIT,
        SEVERAL,
    }
    told |= {
        long.REVISED.format(7),
        sections.TIMELESS.format(7),
        plain.NO_PERIOD,
        plain.UNKNOWN,
        plain.NO_QUANTITY,
    }
    told |= {plain.QUANTITY_REMEDY, plain.UNKNOWN_PERIOD, plain.PERIOD_REMEDY, plain.WHICH_UNIT}
    told |= {plain.OTHER_UNIT.format(unit) for unit in ("mg/L", "no unit")}
    told |= {plain.UNIT_REMEDY.format(unit) for unit in ("mg/L", "no unit")}
    told |= {"send it in no unit", "the times have no year: 7 is taken from the file's name"}
    told |= {"outside 0..14, which no instrument reports"}
    told |= {"not time, latitude, longitude", "reorder the dimensions", "ask for hourly values in ISO 8601"}
    told |= {"fetch the file again; what came before it was taken"}
    told |= {netcdf.UNDATED, grids.FILLED, "7 rows valid at or before their issue were left out"}
    told |= {"x 7.csv holds no weather after its time of issue; check the file and its time of issue"}
    told |= {"outside 0..5000 µg/m³, which no instrument reports", "no site", "write the code of the station"}
    co = ambient_table._co_refusal(Path("x.csv"))
    return told | {
        co.reason,
        co.remedy,
        "the line has 3 fields, the header has 7",
        "a quotation mark is not closed",
        *(*lines.MISQUOTED, lines.END_MISSING.format(7)),
        *("the column has no name", "it is not said what was measured", "write one of PM2.5, PM10"),
        *(sites.fault(text) or "" for text in ("\0", "[1]", "x" * 200)),
        "only the sheet x was read, not y",
    }


@pytest.mark.parametrize("text", sorted(raised() | refused()))
def test_every_sentence_has_its_chinese(text: str) -> None:
    chinese = chinese_of(text)
    assert re.search("[一-鿿]", chinese), text
    # Every fact of the sentence is kept.
    assert chinese.count("7") >= min(text.count("7"), 1)


def test_a_sentence_within_a_sentence_is_translated_too() -> None:
    text = "still refused: '坏': not a number; correct the cell, or leave it empty if there is no value"
    assert chinese_of(text) == "仍不能入库：'坏'：不是数字；改正单元格；没有值就留空"


def test_what_nobody_foresaw_is_shown_as_it_is() -> None:
    assert chinese_of("the moon is full") == "the moon is full"


def test_what_is_said_inside_a_sentence_is_chinese_too() -> None:
    english = "m.grib2 has none of the fields 2t 2d 2r sp 10u 10v tp; it has skt; 2t: the unit is not known"
    assert chinese_of(english).endswith("；现有：skt；2t：单位不明")
