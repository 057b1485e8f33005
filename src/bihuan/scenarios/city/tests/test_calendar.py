"""The official list of a year comes in as any register does: cell by cell, by the office of the city, to be taken back."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.domain.worktime import UnknownYear
from bihuan.kit.registers.undo import undo
from bihuan.kit.registers.writing import Act
from bihuan.registry.calendar import work_calendar
from bihuan.registry.changes import Batch
from bihuan.registry.models import AuditEntry, CalendarDay
from bihuan.scenarios.city.registers import CALENDAR, DUST_PERIODS, STATIONS
from tests.domain.test_worktime import INVENTED
from tests.kit.registers.world import BUILDER, csv_file, imported, planned, problems
from tests.people import CITY_CODE, City

ROWS = [
    {
        "日期": f"{day:%Y-%m-%d}",
        "安排": "调休上班" if worked else "放假",
        "节日": "",
        "文号": "国办发明电〔2026〕0号",
    }
    for day, worked in INVENTED.items()
]


def test_an_imported_year_is_known_until_the_import_is_taken_back(
    city: City, tmp_path: Path, data_dir: Path
) -> None:
    with pytest.raises(UnknownYear):
        work_calendar().works(date(2027, 2, 13))
    imported(CALENDAR, csv_file(tmp_path, ROWS), city.person("dispatcher", CITY_CODE))
    assert work_calendar().works(date(2027, 2, 13))
    assert not work_calendar().works(date(2027, 10, 1))
    assert AuditEntry.objects.filter(action__startswith="register.").exists()
    undo(CALENDAR, Batch.objects.get(), Act(BUILDER.by, "导错了", operator="root"))
    assert not CalendarDay.objects.exists()


def test_wrong_cells_are_named_and_the_good_rows_kept(city: City, tmp_path: Path, data_dir: Path) -> None:
    wrong = [
        ROWS[0] | {"日期": "2027-02-30"}, ROWS[1] | {"安排": "半天"}, ROWS[2] | {"文号": ""}, ROWS[3], ROWS[3],
    ]  # fmt: skip
    plan = planned(CALENDAR, csv_file(tmp_path, wrong), city.person("chief", CITY_CODE))
    assert [(row, column) for row, column, _value, _why in problems(plan)][:3] == [
        (2, "日期"), (3, "安排"), (4, "文号"),
    ]  # fmt: skip
    assert len(plan.effective) == 1


@pytest.mark.parametrize(
    ("role", "where"), [("dispatcher", "140321"), ("chief", "140321"), ("admin", CITY_CODE)]
)
def test_only_the_citys_office_says_when_the_city_works(
    city: City, tmp_path: Path, data_dir: Path, role: str, where: str
) -> None:
    plan = planned(CALENDAR, csv_file(tmp_path, ROWS[:1]), city.person(role, where))
    assert plan.effective == []


def test_everybody_with_a_post_sees_the_list(city: City, client: Client, data_dir: Path) -> None:
    CalendarDay.objects.create(day=date(2027, 1, 1), kind="off", source="文")
    client.force_login(city.person("handler", "140321"))
    page = client.get(reverse("register", args=["calendar"])).content.decode()
    assert "2027-01-01" in page


def test_a_moment_until_which_something_lasted_ends_no_object() -> None:
    """Periods of sand and dust have a `until` to the minute: they are over, not taken out of use."""
    assert DUST_PERIODS.end == ""
    assert STATIONS.end == "until"
