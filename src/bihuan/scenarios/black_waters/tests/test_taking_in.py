"""A round as a workbook with bad cells, as a long file, and from the phone: values become observations and are graded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from bihuan.archive.observations import Asked
from bihuan.cases.models import Finding
from bihuan.domain.standards.surface_water.black_odorous import Grade
from bihuan.feeds.detect import detect
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Refused, Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.models import Answer
from bihuan.kit.inspection.rounds.planning import Wanted, make_round, rounds_of
from bihuan.kit.inspection.rounds.progress import mine
from bihuan.pipeline.files import import_files
from bihuan.pipeline.reports import FileReport
from bihuan.registry.hours import archive
from bihuan.scenarios.black_waters.bodies import standings_of
from bihuan.scenarios.black_waters.inspections import FORM, store
from bihuan.scenarios.black_waters.models import Body
from bihuan.scenarios.black_waters.reading import judged
from bihuan.scenarios.black_waters.tests.world import TODAY, body, days_ago
from tests.cases.world import photo
from tests.kit.phone.device import Device, named
from tests.people import City
from tests.web.world import NOW


def taken(path: Path) -> FileReport:
    (report,) = import_files(archive(), [path], received=NOW - timedelta(hours=1), delay=None)
    return report


def values(point: str) -> dict[str, tuple[float | None, str | None]]:
    rows = archive().observations.read(Asked([point]), ("quantity", "value", "flag")).collect()
    return {quantity: (value, flag) for quantity, value, flag in rows.iter_rows()}


def empty_sheet(client: Client, city: City, code: str, language: str = "zh-hans") -> openpyxl.Workbook:
    client.force_login(city.person("chief"))
    with override(language):
        answer = client.get(reverse("black_waters:sheet", args=[code]), headers={"accept-language": language})
    return openpyxl.load_workbook(BytesIO(answer.content))


def test_the_sheet_of_a_round_is_filled_in_and_comes_back_with_each_bad_cell_named(
    client: Client, place: City, tmp_path: Path
) -> None:
    """A city's body asks for ORP: nine rows; `<` and `L` are half their limit; four bad cells are refused, the rest goes in."""
    body(place, "A", area="urban")
    book = empty_sheet(client, place, "A")
    sheet = book.worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    assert head == (
        "水体",
        "点位",
        "点位编码",
        "采样日期",
        "水深(cm)",
        "透明度(cm)",
        "溶解氧(mg/L)",
        "氧化还原电位(mV)",
        "氨氮(mg/L)",
    )
    assert [row[2] for row in rows] == ["A-1", "A-2", "A-3"] * 3
    for number in range(9):
        given = [
            days_ago(20 - number // 3 * 3).isoformat(),
            60,
            30,
            4.5,
            -20 if number == 1 else 120,
            "<0.025" if number == 0 else "0.05L",
        ]
        for column, cell in enumerate(given, 4):
            sheet.cell(number + 2, column, cell)
    for cell, wrong in {"F3": "见底", "H4": 2000, "I5": -2, "D6": "去年"}.items():
        sheet[cell] = wrong
    path = tmp_path / "round.xlsx"
    book.save(path)
    assert detect(path) == "water_monthly"
    report = taken(path)
    assert report.new == 9 * 5 - 3 - 5
    told = {(r.row, r.column, r.value, r.why.code) for r in archive().quarantine.find()}
    assert told == {
        (3, "F 透明度(cm)", "见底", "not_a_number"), (4, "H 氧化还原电位(mV)", "2000", "outside"),
        (5, "I 氨氮(mg/L)", "-2", "negative"), (6, "D 采样日期", "去年", "no_moment"),
    }  # fmt: skip
    assert values("A-1")["w21003"] in ((0.0125, "<"), (0.025, "<"))
    (standing,) = standings_of([Body.objects.get()], NOW)
    assert standing.running is not None
    assert standing.running.grade == Grade.LIGHT  # ORP of -20 mV
    assert set(standing.running.lacking) >= {
        "A测点2透明度只测 1 次",
        "A测点2溶解氧只测 2 次",
        "A测点2氨氮只测 2 次",
    }


def test_the_sheet_has_the_heads_that_the_import_knows_in_every_language(client: Client, place: City) -> None:
    body(place, "A")
    head = next(empty_sheet(client, place, "A", "en").worksheets[0].iter_rows(values_only=True))
    assert head[3:] == (
        "采样日期",
        "水深(cm)",
        "透明度(cm)",
        "溶解氧(mg/L)",
        "氨氮(mg/L)",
    )  # a county town: no ORP


@pytest.mark.parametrize(
    ("head", "value"), [("透明度(m)", 0.3), ("透明度(厘米)", 30), ("SD（cm）", 30), ("透明度(SD)（mm）", 300)]
)
def test_units_of_transparency_are_converted(place: City, tmp_path: Path, head: str, value: float) -> None:
    body(place, "A")
    book = openpyxl.Workbook()
    book.worksheets[0].append(("点位编码", "采样时间", head, "ORP(mV)"))
    book.worksheets[0].append(("A-1", "2019-02-01", value, -60))
    book.save(tmp_path / "round.xlsx")
    assert taken(tmp_path / "round.xlsx").error is None or not taken(tmp_path / "round.xlsx").error
    assert values("A-1") == {"sd": (pytest.approx(30.0), None), "orp": (-60.0, None)}


def test_a_transparency_without_a_unit_is_refused_as_it_may_be_metres(place: City, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(("点位编码", "采样时间", "透明度", "氨氮"))
    book.worksheets[0].append(("A-1", "2019-02-01", 0.3, 1.2))
    book.save(tmp_path / "round.xlsx")
    taken(tmp_path / "round.xlsx")
    assert [(r.column, r.why.code) for r in archive().quarantine.find()] == [("C 透明度", "unit_not_said")]


@dataclass
class Phone:
    """The county's ranger at a point."""

    city: City

    given: ClassVar[Mapping[str, str]] = {
        "target": "A-1", "depth": "60", "bottom": "no", "sd": "20", "do": "1.5", "nh3n_how": "below", "nh3n": "0.05", "look": "black", "sewage": "no",
        "photo": "a.jpg",
    }  # fmt: skip

    def send(self, *, before: timedelta | None = None, **said: str) -> Answer:
        """An answer about the first point, filled in so long `before` it is sent."""
        xml = filled_in(versions.xform_of(versions.in_force(FORM)), f"uuid:{uuid4()}", {**self.given, **said})
        ranger = self.city.person("ranger")
        sent = Sent(xml, (photo(name="a.jpg"),), NOW - before if before else None)
        return receive(FORM, ranger, place_for(FORM, ranger, "A-1"), sent)


@pytest.fixture
def phone(place: City) -> Phone:
    body(place, "A")
    return Phone(place)


def ran(now: datetime) -> str:
    """The job as the worker runs it."""
    return store(now, lambda _text: None)


def test_what_was_measured_at_a_point_becomes_observations_of_that_moment_once(phone: Phone) -> None:
    """Measured without signal two hours before it was sent; ammonia below 0.05 mg/L is half of that."""
    answer = phone.send(before=timedelta(hours=2), orp="-75")
    assert answer.summary == "透明度 20 cm，溶解氧 1.5 mg/L，氧化还原电位 -75 mV，氨氮 低于 0.05 mg/L"
    assert ran(NOW) == "现场监测值 5 个入库"
    assert values("A-1") == {
        "water_depth": (60.0, None), "sd": (20.0, None), "w01009": (1.5, None), "orp": (-75.0, None), "w21003": (0.025, "<"),
    }  # fmt: skip
    assert ran(NOW + timedelta(minutes=5)) == "没有新的现场监测"
    assert judged(
        [Body.objects.get()], NOW - timedelta(seconds=1)
    ).samples.is_empty()  # not known before it came
    found = judged([Body.objects.get()], NOW + timedelta(seconds=1))
    assert found.points.filter(point="A-1")["grade"].to_list() == [Grade.LIGHT]


def test_seen_to_the_bottom_is_at_least_the_depth_and_the_laboratory_tells_ammonia(phone: Phone) -> None:
    phone.send(bottom="yes", sd="", depth="20", nh3n_how="laboratory", nh3n="")
    ran(NOW)
    assert values("A-1") == {"water_depth": (20.0, None), "sd": (20.0, None), "w01009": (1.5, None)}
    (round_,) = judged([Body.objects.get()], NOW + timedelta(seconds=1)).rounds.to_dicts()
    assert (round_["round"], round_["whole"]) == (TODAY, False)


@pytest.mark.parametrize(
    "wrong",
    [{"sd": "61"}, {"sd": ""}, {"depth": "0"}, {"do": "-1"}, {"nh3n": ""}, {"orp": "3000"}, {"photo": ""}],
)
def test_what_cannot_be_is_refused_on_the_phone(phone: Phone, wrong: dict[str, str]) -> None:
    with pytest.raises(Refused):
        phone.send(before=None, **wrong)


def test_sewage_is_a_finding_about_the_point_and_black_water_alone_is_none(phone: Phone) -> None:
    phone.send()
    assert not Finding.objects.exists()
    phone.send(sewage="yes")
    one = Finding.objects.get()
    assert (one.target_kind, one.target, one.severity, one.evidence["照片"]) == (
        "black_water_point",
        "A-1",
        "serious",
        "a.jpg",
    )
    assert "控源截污" in one.basis


def test_an_answer_counts_in_the_round_that_was_set_for_its_point(phone: Phone) -> None:
    city = phone.city
    shares = {f"A-{n}": city.person("ranger") for n in (1, 2, 3)}
    make_round(
        city.person("chief"),
        Wanted("一季度监测", FORM, city.regions["140321"], TODAY, TODAY + timedelta(days=7), shares),
    )
    phone.send()
    due = {s.task.target: s.open for s in mine(city.person("ranger"), rounds_of(city.person("ranger")))}
    assert due == {"A-2": True, "A-3": True}


def test_what_is_measured_without_signal_at_points_that_are_due_is_there_once(phone: Phone) -> None:
    """The phone keeps the form and the points of the round; the item is sent twice."""
    city, shot = phone.city, photo(name="a.jpg")
    device = Device(city.person("ranger"))
    shares = {"A-1": device.person, "A-2": device.person}
    make_round(
        city.person("chief"),
        Wanted("一季度监测", FORM, city.regions["140321"], TODAY, TODAY + timedelta(days=7), shares),
    )
    kept = device.client.get(reverse("phone_data")).json()
    assert {t["target"] for t in kept["inspections"] if t["form"] == FORM.key} == {"A-1", "A-2"}
    made = device.item("answer", "A-1", photos=[named(shot)], saved_at=NOW.isoformat())
    xml = filled_in(versions.xform_of(versions.in_force(FORM)), f"uuid:{made['id']}", phone.given)
    item = made | {"given": {"form": FORM.key, "target": "A-1", "xml": xml.decode()}}
    for _time in range(2):
        device.photo(shot)
        assert device.settled(item)["state"] == "done"
    assert Answer.objects.count() == 1
    ran(NOW)
    assert values("A-1")["sd"] == (20.0, None)
