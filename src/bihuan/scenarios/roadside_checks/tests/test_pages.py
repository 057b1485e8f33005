"""What people do: review smoke, see a vehicle's whole history, recall it and close the recall by a passed re-test."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.models import Finding
from bihuan.registry.models import AuditEntry
from bihuan.scenarios.checking import check
from bihuan.scenarios.roadside_checks import recalls
from bihuan.scenarios.roadside_checks.models import Recall
from bihuan.scenarios.roadside_checks.offenders import offenders
from bihuan.scenarios.roadside_checks.tests.world import (
    DAY,
    KEY,
    PLATE,
    capture,
    lorry,
    point,
    recalled,
    sensed,
    sent,
)
from tests.people import City
from tests.web.world import NOW

TODAY = NOW.date()


def text(client: Client, name: str, **asked: str) -> str:
    args = [asked.pop("arg")] if "arg" in asked else []
    return client.get(reverse(f"roadside_checks:{name}", args=args), asked).content.decode()


@pytest.fixture
def county(place: City, client: Client, tmp_path: Path) -> City:
    """A lorry that exceeds twice, smokes and drives without reagent; one of no list that exceeds twice."""
    point(place)
    lorry(place)
    sensed(
        tmp_path, *({"plate": p, "lane": lane, "at": NOW - n * DAY, "opacity": 40 + n} for lane, p in enumerate((PLATE, "冀A99999")) for n in (1, 2)), {"at": NOW - 3 * DAY, "weather": "雨", "opacity": 77}
    )  # fmt: skip
    capture(place)
    sent(tmp_path, 60, reagent=0)
    client.force_login(place.person("chief"))
    return place


def test_a_capture_counts_once_it_is_confirmed(county: City, client: Client) -> None:
    chief = county.person("chief")
    assert [(o.plate, o.again, o.smoke) for o in offenders(chief, NOW)] == [("冀A99999", 1, 0), (PLATE, 1, 0)]
    url = reverse("roadside_checks:verdict", args=["H1"])
    client.post(url, {"verdict": "confirm"})
    assert [(o.plate, o.sources) for o in offenders(chief, NOW)] == [(PLATE, 2), ("冀A99999", 1)]
    client.post(url, {"verdict": "reject"})
    assert [o.smoke for o in offenders(chief, NOW)] == [0, 0]
    said = AuditEntry.objects.filter(action="smoke.review").values_list("detail__state", flat=True)
    assert sorted(said) == ["confirmed", "rejected"]


def test_findings_are_of_vehicles_of_the_list_and_the_list_of_offenders_joins_all_sources(
    county: City, client: Client
) -> None:
    client.post(reverse("roadside_checks:verdict", args=["H1"]), {"verdict": "confirm"})
    check(NOW, lambda *_: None, looks_at="road")
    found = Finding.objects.filter(check_key__startswith="roadside.").values_list("check_key", "target")
    assert set(found) == {("roadside.repeat", KEY), ("roadside.smoke", KEY), ("roadside.reagent_empty", KEY)}
    (first, second) = offenders(county.person("chief"), NOW)
    assert (first.plate, first.over, first.again, first.smoke, first.terminal, first.sources) == (
        PLATE,
        2,
        1,
        1,
        1,
        3,
    )
    assert (second.plate, second.vehicle, second.sources) == ("冀A99999", None, 1)
    assert "名录外" in text(client, "again")


def test_a_vehicle_has_its_whole_history_for_those_who_may_see_it(county: City, client: Client) -> None:
    page = text(client, "vehicle", arg=KEY)
    assert "某运输公司" in page
    assert page.count("不透光烟度超标") == 2
    assert "雨雪雾沙天气" in page
    assert "H1" in page
    assert "名录中没有这辆车" in text(client, "vehicle", arg="冀A99999 yellow")
    client.force_login(county.person("chief", "140322"))
    for key in (KEY, "冀A99999 yellow"):
        assert client.get(reverse("roadside_checks:vehicle", args=[key])).status_code == 404
    assert offenders(county.person("chief", "140322"), NOW) == []
    assert PLATE not in text(client, "records")


def test_records_are_narrowed_by_what_was_judged_and_by_plate(county: City, client: Client) -> None:
    assert text(client, "records").count("data-row") == 5
    assert text(client, "records", judged="over").count("data-row") == 4
    assert text(client, "records", judged="weather").count("data-row") == 1
    assert text(client, "records", q="冀A9999９").count("data-row") == 2
    table = text(client, "records", **{"as": "csv", "judged": "over"})
    assert len(table.strip().splitlines()) == 5
    assert "NO（ppm）" in table.splitlines()[0]


def test_the_overview_tells_unknown_stages_as_unknown(county: City, client: Client) -> None:
    page = text(client, "index")
    assert "国五" in page
    assert "不清楚" in page
    assert "待审黑烟 1" in page


def test_a_recall_is_closed_by_a_passed_test_only(county: City, client: Client) -> None:
    client.post(reverse("roadside_checks:recall", args=[KEY]), {"deadline": f"{TODAY + 9 * DAY}"})
    made = Recall.objects.get()
    assert (made.number, made.state, len(made.grounds)) == (
        "FJ2019-00001" if NOW.year == 2019 else made.number,
        "noticed",
        1,
    )
    paper = "\n".join(p.text for p in Document(BytesIO(client.get(reverse("roadside_checks:notice", args=[made.number])).content)).paragraphs)  # fmt: skip
    assert "第 2 次超标" in paper
    assert "某运输公司" in paper
    retest = reverse("roadside_checks:retest", args=[made.number])
    for result, day, state in (
        ("fail", TODAY, "failed"),
        ("pass", TODAY - 2 * DAY, "failed"),
        ("pass", TODAY + DAY, "failed"),
        ("pass", TODAY, "passed"),
        ("fail", TODAY, "passed"),
    ):
        client.post(retest, {"result": result, "day": f"{day}", "test": "T9"})
        made.refresh_from_db()
        assert made.state == state, (result, day)
    assert AuditEntry.objects.filter(action="recall.retest").count() == 2


def test_one_open_recall_of_a_vehicle_and_none_without_grounds(county: City) -> None:
    chief, found = county.person("chief"), lorry(county, "晋C54321", 2)
    with pytest.raises(IllegalMove, match="没有查到"):
        recalls.issue(found, chief, TODAY + DAY, [])
    with pytest.raises(IllegalMove, match="期限"):
        recalls.issue(found, chief, TODAY, ["冒黑烟"])
    with pytest.raises(IllegalMove, match="由调度岗"):
        recalls.issue(found, county.person("ranger"), TODAY + DAY, ["冒黑烟"])
    recalls.issue(found, chief, TODAY + DAY, ["冒黑烟"])
    with pytest.raises(ChangedMeanwhile):
        recalls.issue(found, chief, TODAY + DAY, ["冒黑烟"])


def test_a_recall_is_overdue_from_the_day_after_its_deadline(county: City) -> None:
    made = recalled(county, lorry(county, "晋C54321", 2), deadline=TODAY)
    assert not recalls.overdue(made, TODAY)
    assert recalls.overdue(made, TODAY + timedelta(days=1))
    made.state = "passed"
    assert not recalls.overdue(made, TODAY + timedelta(days=1))
