"""What is registered of sections, what is refused, and their values under present and former names."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from bihuan.archive.observations import Asked
from bihuan.domain.timeaxis import CST
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Reach, River
from bihuan.scenarios.water_sections.models import FormerName, Section, Target
from bihuan.scenarios.water_sections.registers import FORMER_NAMES, SECTIONS, TARGETS
from bihuan.scenarios.water_sections.tests.world import section
from bihuan.scenarios.water_sections.values import newest_of, values_of
from tests.people import City
from tests.web.world import MINE, NOW

PLACED = {"region": MINE, "lon": 113.6, "lat": 37.8}
NEW, OLD = "山西·新名", "山西·旧名"


def reach(city: City) -> Reach:
    about = {"name": "桃河", "region": city.regions[MINE], "lon": 113.6, "lat": 37.8}
    return Reach.objects.create(
        code="R1-1", river=River.objects.create(code="R1", **about), length_km=12.0, **about
    )


def measured(folder: Path, *rows: tuple[str, str, float]) -> None:
    """Ammonia of sections at times of China, received an hour before now."""
    table = [{"site": s, "time": t, "code": "w21003", "period": "4h", "value": v} for s, t, v in rows]
    pl.DataFrame(table).write_csv(folder / "water.csv")
    (report,) = import_files(archive(), [folder / "water.csv"], received=NOW - timedelta(hours=1), delay=None)
    assert report.new == len(rows)


def test_a_section_comes_as_a_table_with_its_reach_target_and_former_name(place: City) -> None:
    reach(place)
    bring_rows(
        SECTIONS,
        [{**PLACED, "code": NEW, "name": "新名", "rank": "国考", "reach": "R1-1", "km": 3.5, "extra": "化学需氧量、氟化物"}],
    )  # fmt: skip
    bring_rows(TARGETS, [{"section": NEW, "year": 2019, "water_class": "Ⅲ类"}])
    bring_rows(FORMER_NAMES, [{"site": OLD, "section": NEW, "renamed": "2019-01-01"}])
    one = Section.objects.get(pk=NEW)
    assert (one.kind, one.rank, one.km, one.extra_codes) == ("river", "nation", 3.5, ("w01018", "w21017"))
    assert one.targets.get().water_class == Target.Class.THIRD
    assert one.former_names.get().site == OLD


def test_a_place_off_its_reach_and_items_that_are_no_items_of_water_are_refused(place: City) -> None:
    section(place, reach=reach(place), km=12.0, extra="总氮").clean()
    wrong: tuple[dict[str, object], ...] = (
        {"km": 12.1},
        {"reach": None},
        {"extra": "总氮、二氧化硫"},
        {"extra": "海水"},
    )
    for number, change in enumerate(wrong):
        with pytest.raises(ValidationError):
            section(place, f"山西·{number}", **{"reach": Reach.objects.get(), "km": 12.0, **change}).clean()


def test_a_former_name_is_no_section_that_is_registered(place: City) -> None:
    section(place, NEW)
    with pytest.raises(ValidationError):
        FormerName(site=NEW, section_id=NEW).clean()


def test_values_of_a_former_name_are_the_sections_up_to_its_end(place: City, tmp_path: Path) -> None:
    """Told under both names, the present one counts; from the day of the change on the old name is somebody else's."""
    one = section(place, NEW)
    FormerName.objects.create(site=OLD, section=one, renamed=datetime(2019, 2, 1, tzinfo=CST).date())
    measured(
        tmp_path,
        (OLD, "2019-01-31 16:00", 0.1),
        (OLD, "2019-01-31 20:00", 0.2),
        (NEW, "2019-01-31 20:00", 0.3),
        (OLD, "2019-02-01 00:00", 9.0),
    )
    rows = values_of(Asked([NEW], None, None, None, None, NOW))
    assert rows.select("site", "value").rows() == [(NEW, 0.1), (NEW, 0.3)]
    assert newest_of(Asked([NEW], as_of=NOW))["value"].to_list() == [0.3]
    assert values_of(Asked([NEW], as_of=NOW - timedelta(hours=2))).is_empty()


def test_the_list_has_target_and_newest_values_and_no_other_countys_section(
    client: Client, place: City, tmp_path: Path
) -> None:
    Target.objects.create(section=section(place, NEW), year=2019, water_class=4)
    measured(tmp_path, (NEW, "2019-01-31 16:00", 0.1), (NEW, "2019-01-31 20:00", 0.34))
    client.force_login(place.person("chief"))
    shown = " ".join(client.get(reverse("water_sections:index")).content.decode().split())
    for part in ("新名", "Ⅳ类", "0.34", "2019-01-31 20:00"):
        assert part in shown
    assert "0.1 " not in shown
    client.force_login(place.person("chief", "140322"))
    assert "新名" not in client.get(reverse("water_sections:index")).content.decode()
