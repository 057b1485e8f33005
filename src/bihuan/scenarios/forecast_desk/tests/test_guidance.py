"""Guidance files: what is taken in, what is refused and why, and what is kept."""

import hashlib
from datetime import timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from django.db import DatabaseError, transaction

from bihuan.cases.errors import IllegalMove
from bihuan.feeds.reading import Unreadable
from bihuan.registry.models import AuditEntry
from bihuan.scenarios.forecast_desk import guidance as guidances
from bihuan.scenarios.forecast_desk.models import Guidance
from bihuan.scenarios.forecast_desk.tests.world import KEY, World

FIXTURES = Path(__file__).parent / "fixtures"


def take_in(world: World, path: Path, role: str = "dispatcher", source: str = "省中心") -> Guidance:
    return guidances.take_in(path, world.person(role), source=source, issued=world.at - timedelta(hours=1))


def test_a_good_file_is_taken_in_whole_and_its_bytes_are_kept(world: World) -> None:
    path = FIXTURES / "guidance.csv"
    made = take_in(world, path)
    assert (len(made.rows), made.refused) == (5, [])
    assert made.rows[0] == {"place": KEY, "item": "aqi", "day": "2019-02-26", "start": None, "low": 140.0, "value": 165.0, "high": 190.0, "primary": "PM2.5"}  # fmt: skip
    assert [r["place"] for r in made.rows] == [KEY, KEY, KEY, "S1", KEY]
    assert (made.rows[2]["item"], made.rows[2]["low"], made.rows[2]["value"], made.rows[2]["high"]) == ("o3_8h", 70.0, 80.0, 90.0)  # fmt: skip
    assert made.rows[4]["primary"] == "O3_8h"
    assert made.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert guidances.raw_files().path(made.sha256).read_bytes() == path.read_bytes()
    assert AuditEntry.objects.get(action="guidance.import").detail["rows"] == 5


def test_every_row_that_cannot_be_read_is_named(world: World) -> None:
    made = take_in(world, FIXTURES / "refused.csv")
    assert [(r["row"], r["column"], r["value"]) for r in made.refused] == [
        (2, "城市", "太原"), (3, "因子", "VOCs"), (4, "日期", "26 Feb"), (5, "值", "高"), (6, "值", "-5"),
        (7, "下限", "120-90"), (8, "值", ""), (9, "首要污染物", "烟尘"), (11, "因子", "SO2"),
    ]  # fmt: skip
    assert all(r["reason"] and r["remedy"] for r in made.refused)
    assert [(r["item"], r["value"]) for r in made.rows] == [("so2", 30.0)]


def test_excel_with_a_title_row_and_hours(world: World, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["省环境监测中心数值预报"])
    sheet.append(["city", "item", "time", "value"])
    for hour in range(1, 25):
        label = f"2019-02-26 {hour:02d}:00" if hour < 24 else "2019-02-27 00:00"
        sheet.append(["阳泉市", "PM2.5", label, 100 + hour])
    path = tmp_path / "省.xlsx"
    book.save(path)
    made = take_in(world, path)
    assert made.refused == []
    # Labelled by its end: the hour 01:00 starts at 00:00.
    assert made.rows[0]["start"] == "2019-02-26T00:00:00+08:00"
    day = guidances.days_of(made, KEY).row(0, named=True)
    assert (day["item"], str(day["date"]), day["value"]) == ("pm25", "2019-02-26", pytest.approx(112.5))


def test_few_hours_make_no_day_and_a_given_day_goes_before_its_hours(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    hours = "".join(f"阳泉,PM2.5,,2019-02-26 {h:02d}:00,100\n" for h in range(1, 24))
    few = "".join(f"阳泉,SO2,,2019-02-26 {h:02d}:00,30\n" for h in range(1, 19))
    path.write_text(f"城市,因子,日期,时间,值\n阳泉,PM2.5,2019-02-26,,90\n{hours}{few}", encoding="utf-8")
    made = take_in(world, path)
    assert made.refused == []
    assert guidances.days_of(made, KEY).select("item", "value").rows() == [("pm25", 90.0)]
    assert guidances.hours_of(made, KEY).height == 41


def test_a_file_without_the_needed_columns_is_refused_whole(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("城市,日期,值\n阳泉,2019-02-26,90\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="须有列"):
        take_in(world, path)
    path.write_text("城市,因子,日期\n阳泉,AQI,2019-02-26\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="缺少列"):
        take_in(world, path)
    assert not Guidance.objects.exists()


def test_who_may_and_when(world: World) -> None:
    path = FIXTURES / "guidance.csv"
    for role in ("handler", "auditor", "enterprise"):
        with pytest.raises(IllegalMove, match="调度岗"):
            take_in(world, path, role)
    with pytest.raises(IllegalMove, match="来源"):
        take_in(world, path, source=" ")
    with pytest.raises(IllegalMove, match="晚于现在"):
        guidances.take_in(path, world.person(), source="省中心", issued=world.at + timedelta(hours=1))
    take_in(world, path)
    with pytest.raises(IllegalMove, match="已经导入过"):
        take_in(world, path)


def test_guidance_is_never_changed(world: World) -> None:
    made = take_in(world, FIXTURES / "guidance.csv")
    made.source = "x"
    with pytest.raises(TypeError, match="written once"):
        made.save()
    with pytest.raises(DatabaseError, match="会商预报只能追加"), transaction.atomic():
        Guidance.objects.update(source="x")


def test_the_newest_of_each_source_speaks_and_only_of_its_places(world: World) -> None:
    first = take_in(world, FIXTURES / "guidance.csv")
    world.later(2)
    second = take_in(world, FIXTURES / "guidance.csv")
    other = take_in(world, FIXTURES / "guidance.csv", source="区域中心")
    assert {g.pk for g in guidances.latest_for(KEY, world.at)} == {second.pk, other.pk}
    assert [g.pk for g in guidances.latest_for(KEY, world.at - timedelta(hours=1))] == [first.pk]
    assert guidances.latest_for("S2", world.at) == []
    assert guidances.days_of(second, "S1").select("item", "low", "value", "high").rows() == [
        ("pm10", 180.0, 210.0, 240.0)
    ]
    assert guidances.days_of(second, "S2").schema == pl.Schema(guidances.DAYS)
