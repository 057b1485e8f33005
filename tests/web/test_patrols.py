"""Pages of patrols, and what a phone is answered."""

import json
import uuid
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from bihuan.kit.patrol.models import Batch, Patrol, Plan, Sign, SignVerdict, Stop
from bihuan.kit.patrol.supervising import look
from tests.kit.patrol.world import Field
from tests.pages import flat
from tests.patrol.made import EAST, LAT, LON, honest, points, straight
from tests.patrol.test_batches import GPX
from tests.people import City
from tests.web.world import make_objects

WALK = points(straight(3600, 1.2))


@pytest.fixture
def field(city: City) -> Field:
    made = Field(city)
    make_objects(city)
    return made


def client_of(field: Field, role: str = "ranger", region: str = "140321") -> Client:
    browser = Client()
    browser.force_login(field.person(role, region))
    return browser


def posted(browser: Client, name: str, told: Any, **values: Any) -> HttpResponse:
    raw = told if isinstance(told, bytes) else json.dumps(told).encode()
    return browser.post(reverse(name, kwargs=values), raw, content_type="application/json")  # type: ignore[return-value]


def test_a_phone_begins_and_sends_and_is_told_what_is_kept_by_its_hash(field: Field) -> None:
    phone, key = client_of(field), str(uuid.uuid4())
    begun = {"patrol": key, "started": field.at.isoformat()}
    for _ in range(2):
        assert posted(phone, "patrol_start", begun).json()["patrol"] == key
    field.wait(hours=1)
    raw = field.batch(Patrol.objects.get(), WALK)
    answers = [posted(phone, "patrol_track", raw, key=key).json() for _ in range(2)]
    assert (
        answers[0]
        == answers[1]
        == {"stored": [0, WALK.height - 1], "sha256": Batch.objects.get().sha256, "refused": []}
    )


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        (b"no json", 422, "track_no_json"),
        ({"patrol": "7"}, 422, "track_field"),
        ({"points": []}, 422, "track_field"),
    ],
    ids=str,
)
def test_a_phone_is_told_why_in_json_and_by_a_status_that_stops_it_from_sending_it_again(
    field: Field, told: Any, status: int, code: str
) -> None:
    answer = posted(client_of(field), "patrol_track", told, key=field.begun().key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["why"]


def test_a_patrol_that_is_not_there_or_somebody_elses_is_refused_in_json(field: Field) -> None:
    patrol = field.begun()
    answers = [
        posted(client_of(field), "patrol_track", b"{}", key=uuid.uuid4()),
        posted(client_of(field, region="140322"), "patrol_track", b"{}", key=patrol.key),
        posted(client_of(field, "chief"), "patrol_track", b"{}", key=patrol.key),
        posted(client_of(field), "patrol_start", {"patrol": patrol.key, "started": "noon"}),
        posted(client_of(field), "patrol_start", []),
    ]
    assert [a.status_code for a in answers] == [404, 404, 403, 422, 400]
    assert all(a.json()["why"] for a in answers)


def page(browser: Client, name: str, query: str = "", **values: Any) -> str:
    answer = browser.get(reverse(name, kwargs=values) + query)
    assert answer.status_code == 200
    return flat(answer.content.decode())


def test_the_page_of_a_patrol_says_its_figures_its_gaps_and_what_it_lacks(field: Field) -> None:
    patrol = field.walked(honest(3, hours=1, gaps=1))
    text = page(client_of(field, "chief"), "patrol", key=patrol.key)
    for said in ("未达标", "中断", "不补线", "有效时长下限", "≥ 120 min", "差"):
        assert said in text


def test_the_track_is_drawn_by_what_it_is_and_never_over_a_gap(field: Field) -> None:
    one = points(straight(600, 1.2))
    two = points(
        np.add(straight(600, 1.2), [3000, 0]), start=one["at"][-1] + timedelta(minutes=30), device="b"
    )
    patrol = field.walked(pl.concat([one, two]))
    layer = client_of(field).get(f"/map/layers/patrol-track.json?patrol={patrol.key}").json()
    drawn = [f for f in layer["features"] if f["geometry"]["type"] == "MultiLineString"]
    lons = [p[0] for f in drawn for line in f["geometry"]["coordinates"] for p in line]
    between = [lon for lon in lons if LON + 700 / EAST < lon < LON + 2900 / EAST]
    longest = max(abs(line[1][0] - line[0][0]) * EAST for f in drawn for line in f["geometry"]["coordinates"])
    assert (between, longest < 100) == ([], True)
    assert "中断 30 分" in str(layer["features"])
    other = client_of(field, region="140322").get(f"/map/layers/patrol-track.json?patrol={patrol.key}")
    assert other.json()["features"] == []


def test_signs_stand_on_the_page_for_supervisors_and_for_nobody_else(field: Field) -> None:
    patrol = field.walked(honest(4).with_columns(mock=pl.lit(value=True)))
    (sign,) = look(patrol)
    supervisor, ranger = client_of(field, "chief"), client_of(field)
    assert "由程序给出" in page(supervisor, "patrol", key=patrol.key)
    assert "由程序给出" not in page(ranger, "patrol", key=patrol.key)
    assert "疑似模拟定位" in page(supervisor, "patrol_signs")
    text = page(supervisor, "patrol_sign", pk=sign.pk)
    assert "可能的正常原因" in text
    assert "不是结论" in text
    supervisor.post(
        reverse("patrol_sign", args=[sign.pk]), {"verdict": "explained", "reason": "统一安装的软件"}
    )
    assert SignVerdict.objects.get().reason == "统一安装的软件"
    assert "没有待核实的疑点" in page(supervisor, "patrol_signs")
    assert ranger.get(reverse("patrol_signs")).status_code == 403
    assert Sign.objects.count() == 1


def test_a_plan_is_set_on_its_page_and_its_things_are_on_the_route_of_the_day(field: Field) -> None:
    chief = client_of(field, "chief")
    chief.post(
        reverse("patrol_plan_new"),
        {
            "title": "站房周巡",
            "objects_of": "stations",
            "region": "140321",
            "every_days": "7",
            "since": "2019-02-25",
        },
    )
    plan = Plan.objects.get()
    assert "测试站" in page(chief, "patrol_plan", pk=plan.pk)
    text = page(client_of(field), "patrol_day", f"?lon={LON}&lat={LAT}")
    for said in ("测试站", "站房周巡", "从您的位置出发", "距离是直线"):
        assert said in text
    layer = client_of(field).get(f"/map/layers/patrol-route.json?lon={LON}&lat={LAT}").json()
    assert [f["properties"]["text"] for f in layer["features"]] == ["1"]


def test_a_plan_that_cannot_be_comes_back_as_it_was_typed_with_the_reason(field: Field) -> None:
    chief = client_of(field, "chief")
    given = {
        "title": "站房周巡",
        "objects_of": "stations",
        "region": "140321",
        "every_days": "0",
        "since": "2019-02-25",
    }
    chief.post(reverse("patrol_plan_new"), given)
    answer = chief.get(reverse("patrol_plan_new"))
    assert "周期应为 1 至 366 天" in flat(answer.content.decode())
    assert 'value="站房周巡"' in answer.content.decode()


def test_a_stop_is_recorded_from_the_page_and_its_find_is_a_case_in_one_tap(field: Field) -> None:
    patrol, ranger = field.walked(WALK), client_of(field)
    given = {
        "key": str(uuid.uuid4()),
        "lat": str(LAT),
        "lon": str(LON),
        "text": "界桩倒伏",
        "level": "minor",
        "about": "stations:X1",
    }
    ranger.post(reverse("patrol_stop", args=[patrol.key]), given)
    stop = Stop.objects.get()
    assert (stop.name, stop.finding is not None) == ("测试站", True)
    assert "一键交办" in page(ranger, "patrol", key=patrol.key)
    ranger.post(reverse("patrol_hand", args=[patrol.key, stop.pk]))
    text = page(ranger, "patrol", key=patrol.key)
    assert stop.finding is not None
    assert stop.finding.cases.get().number in text
    assert "一键交办" not in text


def test_a_gpx_file_is_imported_and_what_is_none_is_refused_on_the_page(field: Field) -> None:
    ranger = client_of(field)
    field.wait(days=1)
    ranger.post(reverse("patrol_import"), {"file": SimpleUploadedFile("a.gpx", GPX.encode())})
    assert Patrol.objects.get().batches.get().kind == "gpx"
    answer = ranger.post(reverse("patrol_import"), {"file": SimpleUploadedFile("b.gpx", b"no")}, follow=True)
    assert "不能按 GPX 读取" in flat(answer.content.decode())


def test_coverage_and_league_are_shown_and_taken_away(field: Field) -> None:
    field.walked(points(straight(1200, 1.2)))
    chief = client_of(field, "chief")
    assert "测试站" in page(chief, "patrol_coverage", "?objects=stations&days=30")
    assert "ranger_140321" in page(chief, "patrol_league", "?days=7")
    taken = chief.get(reverse("patrol_league") + "?as=csv").content.decode("utf-8-sig")
    assert taken.splitlines()[1].startswith("ranger_140321,")
    layer = chief.get("/map/layers/patrol-covered.json?objects=stations&days=30").json()
    assert [f["properties"]["text"] for f in layer["features"]] == ["100%"]


def test_rules_are_set_on_their_page(field: Field) -> None:
    chief = client_of(field, "chief", "140300")
    assert "林长制" in page(chief, "patrol_rules")
    given = {"since": "2019-02-25", "minutes": "45", "reason": "试行"}
    chief.post(reverse("patrol_rules"), given | {"minutes": "9999"})
    assert "应在 0–1440 min 之间" in page(chief, "patrol_rules")
    chief.post(reverse("patrol_rules"), given)
    assert "本单位设定" in page(chief, "patrol_rules")
    assert client_of(field, "chief").post(reverse("patrol_rules"), given).status_code == 403
