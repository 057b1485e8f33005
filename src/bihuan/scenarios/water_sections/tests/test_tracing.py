"""Suspects upstream of a finding: worked out from what was received, shown by rank, and each only to who may see it."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.domain.river_network import Travel
from bihuan.domain.water_suspects import LOGGED, Discharge
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Reach, River
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.reading_pages import chart_around
from bihuan.scenarios.water_sections.tests.world import event_found, section
from bihuan.scenarios.water_sections.tracing import NO_DISCHARGES, NO_EVENT, NO_REACH, trace
from tests.odd import broken
from tests.people import City, with_every_role
from tests.web.world import MINE, NOW

STEP = timedelta(hours=4)
FIRST = NOW.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=4)
STARTED = FIRST + 16 * STEP
SEWAGE = Discharge("outfalls/S", "污水口", "生活污水", "R1", 1.0, {"w21003": 20.0})
FACTORY = Discharge("outfalls/F", "水泥厂口", "工业排污口", "R1", 2.0, {"w01018": 80.0})
BELOW = Discharge("outfalls/B", "下游口", "工业排污口", "R2", 9.0, {"w21003": 20.0})


def readings(code: str, nh3n: list[float], folder: Path) -> None:
    """Four-hourly readings of a section from FIRST on."""
    table = [
        {"site": code, "time": f"{FIRST + n * STEP + timedelta(hours=8):%Y-%m-%d %H:%M}", "code": item, "period": "4h", "value": value}
        for n, high in enumerate(nh3n) for item, value in (("w21003", high), ("w21011", 0.1), ("w01009", 9.0), ("w01019", 3.0))
    ]  # fmt: skip
    path = folder / f"{len(list(folder.iterdir()))}.csv"
    pl.DataFrame(table).write_csv(path)
    import_files(archive(), [path], received=FIRST, delay=None)


@pytest.fixture
def spilt(place: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Section:
    """甲 at 5 km of R2, below R1 with 乙 at its km 8; ammonia rises at 甲 at STARTED."""
    about = {"name": "河", "region": place.regions[MINE], "lon": 113.6, "lat": 37.8}
    one = River.objects.create(code="R", **about)
    lower = Reach.objects.create(code="R2", river=one, length_km=20.0, speed=1.0, flow=2.0, **about)
    upper = Reach.objects.create(code="R1", river=one, length_km=10.0, speed=1.0, below=lower, **about)
    made = section(place, "山西省·甲", reach=lower, km=5.0)
    section(place, "山西省·乙", reach=upper, km=8.0)
    readings(made.code, [0.3 + n % 2 / 100 for n in range(16)] + [3.0] * 4 + [0.3] * 3, tmp_path)
    monkeypatch.setattr(resolved_discharges, "given", lambda at: [FACTORY, SEWAGE, BELOW])
    monkeypatch.setattr(resolved_discharges, "hours", lambda *asked: pl.DataFrame(schema=LOGGED))
    monkeypatch.setattr(resolved_discharges, "seen", lambda person: {"outfalls/S"})
    return made


def test_the_suspects_of_an_event_are_those_upstream_with_what_rose(spilt: Section) -> None:
    rows = trace(spilt, STARTED, NOW).rows
    assert rows["code"].to_list() == ["outfalls/S", "outfalls/F"]
    # 9 km of R1 and 5 of R2 at 3.6 km/h.
    assert rows["hours"][0] == pytest.approx(14 / 3.6)
    assert rows["shared"].to_list()[0] == ["w21003"]
    quick = trace(spilt, STARTED, NOW, Travel(ratio=4)).rows
    assert quick["hours"][0] == pytest.approx(14 / 3.6 / 4**0.4)


def test_only_what_was_known_counts(spilt: Section) -> None:
    assert trace(spilt, STARTED, STARTED - STEP).why == NO_EVENT
    assert trace(spilt, STARTED, STARTED + timedelta(minutes=1)).rows.height == 2
    assert trace(spilt, STARTED - timedelta(days=2), NOW).why == NO_EVENT


def test_a_section_above_that_was_as_usual_clears_what_lies_above_it(spilt: Section, tmp_path: Path) -> None:
    assert trace(spilt, STARTED, NOW).rows["clean"].to_list() == [0, 0]
    readings("山西省·乙", [0.3 + n % 2 / 100 for n in range(23)], tmp_path)
    assert trace(spilt, STARTED, NOW).rows["clean"].to_list() == [1, 1]
    readings("山西省·乙", [0.3 + n % 2 / 100 for n in range(15)] + [2.5] * 3 + [0.3] * 5, tmp_path)
    rows = trace(spilt, STARTED, NOW).rows
    assert (rows["clean"].to_list(), rows["risen"].to_list()) == ([0, 0], [1, 1])


def test_why_there_are_none(spilt: Section, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolved_discharges, "given", lambda at: [BELOW])
    assert trace(spilt, STARTED, NOW).why == NO_DISCHARGES
    spilt.reach = None
    assert trace(spilt, STARTED, NOW).why == NO_REACH


def page(client: Client, name: str, *args: object, **asked: str) -> str:
    answer = client.get(reverse(f"water_sections:{name}", args=args), asked)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_names_who_the_reader_may_see_and_only_counts_others(
    spilt: Section, place: City, client: Client
) -> None:
    finding = event_found(spilt.code, STARTED)
    client.force_login(place.person("chief", MINE), backend="django.contrib.auth.backends.ModelBackend")
    assert reverse("water_sections:suspects", args=[finding.pk]) in page(client, "events")
    shown = page(client, "suspects", finding.pk, ratio="4")
    assert "污水口" in shown
    assert "登记的污染物含升高的氨氮" in shown
    assert "水泥厂口" not in shown
    assert "不在您管辖范围内的排放口" in shown
    assert "上游排放口 2 个" in shown
    assert "<b>4</b>" in shown
    assert "<b>1</b>" in page(client, "suspects", finding.pk, ratio="nan")


def test_the_page_says_why_nobody_is_named_and_tells_it_in_english(
    spilt: Section, place: City, client: Client
) -> None:
    client.force_login(place.person("chief", MINE), backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("language"), {"language": "en"})
    assert "its registered pollutants include what rose" in page(
        client, "suspects", event_found(spilt.code, STARTED).pk
    )
    Section.objects.filter(pk=spilt.code).update(reach=None, km=None)
    assert "no reach" in page(client, "suspects", event_found(spilt.code, STARTED).pk)


@pytest.mark.slow
def test_no_odd_value_breaks_the_page(spilt: Section, place: City, client: Client) -> None:
    client.force_login(with_every_role(place))
    assert (
        broken(client, "water_sections", {"pk": event_found(spilt.code, STARTED).pk, "code": spilt.code})
        == []
    )


def test_the_page_of_the_section_leads_to_the_suspects(spilt: Section, place: City, client: Client) -> None:
    found = event_found(spilt.code, STARTED)
    client.force_login(place.person("chief", MINE), backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get(reverse("water_sections:section", args=[spilt.code])).content.decode()
    assert reverse("water_sections:suspects", args=[found.pk]) in shown


def test_a_finding_shows_the_readings_around_it_as_far_as_they_are_known(
    spilt: Section, place: City, client: Client
) -> None:
    found = event_found(spilt.code, STARTED)
    client.force_login(place.person("chief", MINE), backend="django.contrib.auth.backends.ModelBackend")
    address = chart_around(spilt.code, "", found.until)
    assert address.replace("&", "&amp;") in client.get(reverse("finding", args=[found.pk])).content.decode()

    def shown(**asked: str) -> dict[str, list[float]]:
        panels = client.get(address, asked).json()["panels"]
        return {p["title"]: p["series"][0]["data"] for p in panels}

    # From the first reading to the one a day after the end of the finding; pH was not measured.
    assert list(shown()) == ["氨氮", "总磷", "高锰酸盐指数", "溶解氧"]
    assert shown()["氨氮"][13:] == [0.31, 0.3, 0.31, 3.0, 3.0, 3.0, 3.0, 0.3, 0.3, 0.3]
    assert list(shown(item="w21011")) == ["总磷"]
    clock.set_replay(STARTED + timedelta(minutes=1), 0)
    assert shown()["氨氮"][-1] == 3.0
    assert len(shown()["氨氮"]) == 17
