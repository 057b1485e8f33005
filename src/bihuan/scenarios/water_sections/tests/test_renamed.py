"""Former names in files: they go to today's section and are said; unknown ones are refused with those most like them; a far move is another point."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from bihuan.archive.observations import Asked
from bihuan.pipeline.files import import_files
from bihuan.pipeline.reports import FileReport
from bihuan.registry.hours import archive
from bihuan.scenarios import resolved_sites
from bihuan.scenarios.water_sections.models import FormerName, Section
from bihuan.scenarios.water_sections.tests.world import section
from bihuan.scenarios.water_sections.values import values_of
from tests.people import City
from tests.web.world import NOW

NEW, OLD = "山西省·新名", "山西省·旧名"


def report(folder: Path, rows: str, received: datetime = NOW) -> FileReport:
    """A laboratory's report as it is brought in."""
    path = folder / "report.csv"
    path.write_text(f"省份,断面名称,采样日期,氨氮,总磷\n{rows}", "utf-8")
    (found,) = import_files(archive(), [path], received=received, delay=None, sites=resolved_sites.known())
    return found


def codes(sites: list[str]) -> list[str]:
    return [note.code for note in resolved_sites.notes(sites)]


def test_a_former_name_goes_to_todays_section_and_is_said(place: City, tmp_path: Path) -> None:
    FormerName.objects.create(site=OLD, section=section(place, NEW), renamed=date(2019, 1, 1))
    found = report(tmp_path, "山西省,旧名,2018-12-05,0.3,0.1\n")
    assert (found.new, found.quarantined) == (2, 0)
    rows = values_of(Asked([NEW], ["w21003"], as_of=NOW + timedelta(days=1)))
    assert rows.select("site", "value").rows() == [(NEW, 0.3)]
    (note,) = resolved_sites.notes(found.sites)
    assert str(note) == f"{OLD} is a former name of {NEW}: its values of before 2019-01-01 are that section's"


def test_values_after_the_day_are_of_another_point_and_that_is_said(place: City, tmp_path: Path) -> None:
    one = section(place, NEW, until=date(2019, 1, 20))
    FormerName.objects.create(site=OLD, section=one, renamed=date(2019, 1, 1))
    assert codes([OLD, NEW]) == ["former_name_until"]  # nothing came under today's name since its end
    report(tmp_path, "山西省,旧名,2019-01-01,0.3,0.1\n山西省,新名,2019-01-20,0.3,0.1\n")
    assert codes([OLD, NEW]) == ["former_name_after", "section_ended"]


def test_an_unknown_name_is_refused_with_those_most_like_it_and_taken_once_it_is_registered(
    place: City, tmp_path: Path
) -> None:
    one = section(place, "山西省·白羊墅")
    rows = "山西省,白羊墅,2019-01-05,0.3,0.1\n山西省,白羊野,2019-01-05,0.4,0.1\n山西省,XYZ,2019-01-05,1,1\n"
    found = report(tmp_path, rows)
    assert (found.rows, found.new) == (3, 2)
    assert [(r.row, r.column, r.value, r.why.code) for r in found.refused] == [
        (3, "B 断面名称", "山西省·白羊野", "unknown_section"),
        (4, "B 断面名称", "山西省·XYZ", "unknown_section_unlike"),
    ]
    assert "write 山西省·白羊墅;" in found.refused[0].remedy
    FormerName.objects.create(site="山西省·白羊野", section=one)
    again = report(tmp_path, rows, NOW + timedelta(hours=1))
    assert (again.new, again.same, again.quarantined) == (2, 2, 1)
    assert [r.value for r in archive().quarantine.find()] == ["山西省·XYZ"]


def test_the_name_of_one_section_means_it_and_that_of_two_none(place: City, tmp_path: Path) -> None:
    """A laboratory writes names; 同名 is that of a section in two places."""
    section(place, "SIM-1", name="上游断面")
    section(place, "SIM-2", name="同名断面")
    section(place, "SIM-3", name="同名断面")
    found = report(
        tmp_path, ",上游断面,2019-01-05,0.3,0.1\n,同名断面,2019-01-05,0.3,0.1\n,上游,2019-01-05,1,1\n"
    )
    assert set(archive().observations.read(Asked()).collect()["site"]) == {"SIM-1"}
    assert [(r.value, r.why.code) for r in found.refused] == [
        ("同名断面", "unknown_section"),
        ("上游", "unknown_section"),
    ]
    assert "上游断面" in found.refused[1].remedy


def test_any_name_may_stand_in_a_report_where_no_section_is_registered(place: City, tmp_path: Path) -> None:
    assert report(tmp_path, "山西省,甲,2019-01-05,0.3,0.1\n").new == 2


@pytest.mark.parametrize(("metres", "far"), [(400, False), (600, True)])
def test_a_section_that_is_moved_far_is_another_point(place: City, metres: float, far: bool) -> None:
    """A degree of latitude is 111 km."""
    section(place, NEW)
    one, moved = Section.objects.get(), Section.objects.get()
    moved.lat = there = 37.8 + metres / 111_000
    for changed in (FormerName(site=OLD, section=one, lon=113.6, lat=there), moved):
        if far:
            with pytest.raises(ValidationError, match="另一个点位"):
                changed.clean()
        else:
            changed.clean()
    with pytest.raises(ValidationError, match="一起填写"):
        FormerName(site=OLD, section=one, lon=113.6).clean()
