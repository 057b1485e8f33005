"""From a find on a patrol to disorder of a kind, its case and its ledger."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.transitions import State
from bihuan.errors import NotAllowed
from bihuan.kit.patrol.stops import hand
from bihuan.scenarios.river_chiefs.disorders import Said, kind_in, settle, stop_of
from bihuan.scenarios.river_chiefs.models import Disorder
from bihuan.scenarios.river_chiefs.tests.world import Water
from tests.patrol.made import LAT, LON


def test_the_office_names_it_and_hands_it_over_with_all_that_is_to_be_done(water: Water) -> None:
    finding, unit = water.find(), water.city.governments["140321"]
    said = Said("dumped", "清运并恢复岸线", 120.0, "李某", date(2019, 3, 10), unit)
    settle(water.city.person("dispatcher"), finding, said)
    case = finding.cases.get()
    assert (case.state, case.organisation, case.liable, case.requirement) == (
        State.DISPATCHED,
        unit,
        "李某",
        "清运并恢复岸线",
    )
    assert (case.lon, case.lat, case.source) == (LON, LAT, Case.Source.PATROL)
    assert f"{case.due:%Y-%m-%d %H:%M}" == "2019-03-10 16:00"  # 24:00 in China
    assert case.steps.filter(action="open").get().files.count() == 1


def test_a_ranger_names_it_and_the_office_decides_to_whom_it_goes(water: Water) -> None:
    finding = water.find("河滩乱建彩钢房")
    settle(water.city.person("ranger"), finding, Said("built", "拆除"))
    assert finding.cases.get().state == State.PENDING
    with pytest.raises(IllegalMove, match="已经认定"):
        settle(water.city.person("ranger"), finding, Said("mined", "停采"))


def test_what_went_on_as_a_case_before_is_no_second_case(water: Water) -> None:
    finding = water.find()
    stop = stop_of(finding)
    assert stop is not None
    case = hand(stop, water.city.person("ranger"))
    settle(water.city.person("ranger"), finding, Said("dumped", "清运"))
    assert list(finding.cases.all()) == [case]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said("x", "清运"), "kind"),
        (Said("dumped", "  "), "measure"),
        (Said("dumped", "清运", deadline=date(2019, 2, 1)), "deadline"),
        (Said("dumped", "清运", deadline=date(2030, 2, 1)), "deadline"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(water: Water, said: Said, field: str) -> None:
    finding = water.find()
    with pytest.raises(IllegalMove) as refused:
        settle(water.city.person("ranger"), finding, said)
    assert refused.value.field == field
    assert not Disorder.objects.exists()


def test_another_county_names_nothing_and_a_ranger_hands_nothing_over(water: Water) -> None:
    finding = water.find()
    with pytest.raises(NotAllowed):
        settle(water.city.person("dispatcher", "140322"), finding, Said("dumped", "清运"))
    with pytest.raises(IllegalMove, match="交办由"):
        settle(
            water.city.person("ranger"),
            finding,
            Said("dumped", "清运", unit=water.city.governments["140321"]),
        )
    assert not Case.objects.exists()


def test_the_words_of_the_find_propose_the_kind() -> None:
    assert [kind_in(w) for w in ("岸边乱堆渣土", "乱占河道种植", "乱采砂石", "乱建", "污水直排")] == [
        "dumped", "occupied", "mined", "built", "",
    ]  # fmt: skip


def test_the_page_names_it_and_the_ledger_has_area_place_and_case(client: Client, water: Water) -> None:
    finding = water.find()
    client.force_login(water.city.person("dispatcher"))
    address = reverse("river_chiefs:find", args=[finding.pk])
    assert '<option value="dumped" selected>' in client.get(address).content.decode()
    assert client.post(address, {"kind": "dumped", "area": "-1", "measure": "清运"}).status_code == 200
    unit = water.city.governments["140321"].pk
    assert (
        client.post(
            address, {"kind": "dumped", "area": "120", "measure": "清运", "liable": "李某", "unit": unit}
        ).status_code
        == 302
    )
    number = finding.cases.get().number
    taken = client.get(reverse("river_chiefs:finds"), {"tab": "ledger", "as": "xlsx"}).content
    head, row = openpyxl.load_workbook(BytesIO(taken)).worksheets[0].iter_rows(values_only=True)
    told = dict(zip(head, row, strict=True))
    assert (told["类型"], told["面积（m²）"], told["经度"], told["责任人"], told["问题编号"]) == (
        "乱堆",
        120,
        LON,
        "李某",
        number,
    )
    ledger = openpyxl.load_workbook(BytesIO(client.get(reverse("river_chiefs:ledger")).content)).worksheets[0]
    assert [cell.value for cell in ledger["A"]][1] == number
    assert number not in client.get(reverse("river_chiefs:finds"), {"tab": "open"}).content.decode()
