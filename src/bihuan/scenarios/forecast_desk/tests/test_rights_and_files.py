"""Who may do which step, what a file holds that is taken away, and the file and times of guidance."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.registry.models import AuditEntry
from bihuan.scenarios import resolved_forecasts
from bihuan.scenarios.forecast_desk import actions
from bihuan.scenarios.forecast_desk import guidance as guidances
from bihuan.scenarios.forecast_desk.bulletin_form import read
from bihuan.scenarios.forecast_desk.models import Act, Bulletin, Guidance
from bihuan.scenarios.forecast_desk.tests.world import KEY, World
from tests.people import ROLES

STEPS = {
    "approved": ("proposed", {"chief"}),
    "returned": ("proposed", {"chief"}),
    "published": ("approved", {"chief", "dispatcher"}),
    "withdrawn": ("published", {"chief"}),
}
"""Step -> the state that it starts from, and the roles that may do it."""


def signed_in(client: Client, world: World, role: str = "dispatcher", region: str = "140300") -> Client:
    """The client, signed in as somebody."""
    client.force_login(world.person(role, region), backend="django.contrib.auth.backends.ModelBackend")
    return client


def standing_at(world: World, state: str) -> Bulletin:
    """A version that got as far as `state`."""
    made = world.propose()
    for kind, role in (("approved", "chief"), ("published", "dispatcher")):
        if state in (kind, "published"):
            actions.act(made, kind, world.person(role))
    return made


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_for_its_posts_of_the_city(world: World, step: str, role: str) -> None:
    before, roles = STEPS[step]
    made = standing_at(world, before)
    for region in ("140311", "140300"):
        if role in roles and region == "140300":
            assert actions.why_not(made, step, world.person(role, region)) == ""
            assert actions.act(made, step, world.person(role, region), "请核对").kind == step
        else:
            with pytest.raises(IllegalMove):
                actions.act(made, step, world.person(role, region), "请核对")
    assert Act.objects.filter(bulletin=made, kind=step).exists() == (role in roles)
    assert AuditEntry.objects.filter(action=f"bulletin.{step}").count() == (role in roles)


@pytest.mark.parametrize("step", [*STEPS, "deleted", "proposed"])
@pytest.mark.parametrize("state", ["proposed", "approved", "published"])
def test_a_step_only_follows_the_one_before_it(client: Client, world: World, state: str, step: str) -> None:
    made = standing_at(world, state)
    chief = world.person("chief")
    may = step in STEPS and (STEPS[step][0] == state or (step, state) == ("returned", "approved"))
    assert (actions.why_not(made, step, chief) == "") == may
    signed_in(client, world, "chief")
    address = reverse("forecast_desk:act", args=[made.pk, step])
    assert client.get(address).status_code == 405
    count = made.acts.count()
    answer = client.post(address, {"note": "请核对"})
    assert answer.status_code == (302 if step in STEPS else 404)
    assert made.acts.count() == count + may


def test_versions_count_by_place_and_each_names_the_one_before(client: Client, world: World) -> None:
    run = world.run()
    versions = [world.propose(run=run) for _ in range(2)]
    other = world.propose(run=run, key="S1", by=world.person("dispatcher", "140311"))
    assert [(v.version, v.replaces) for v in (*versions, other)] == [(1, None), (2, versions[0]), (1, None)]
    text = signed_in(client, world).get(reverse("forecast_desk:index")).content.decode()
    assert text.index("阳泉市 第 2 版") < text.index("阳泉市 第 1 版")
    assert "郊区站 第 1 版" not in text
    at_station = client.get(reverse("forecast_desk:index"), {"place": "S1", "from": str(versions[0].pk)})
    assert "郊区站 第 1 版" in at_station.content.decode()
    assert 'value="170-195"' not in at_station.content.decode()  # not filled from another place's version


def test_a_replay_to_before_knows_neither_version_nor_step(client: Client, world: World) -> None:
    made = world.propose()
    world.later(2)
    actions.act(made, "approved", world.person("chief"))
    address = reverse("forecast_desk:bulletin", args=[made.pk])
    signed_in(client, world)
    clock.set_replay(world.at - timedelta(hours=1), 0)
    text = client.get(address).content.decode()
    assert "待审签" in text
    assert "已审签，待发布" not in text
    clock.set_replay(world.at - timedelta(hours=3), 0)
    assert client.get(address).status_code == 404


def test_nothing_is_proposed_on_a_run_or_a_place_that_is_not_there(client: Client, world: World) -> None:
    run = world.run()
    signed_in(client, world)
    form = {f"v_aqi_{world.day()}": "180", "reason": "x"}
    for key, run_id in (("S9", run.run_id), (KEY, "20190101T000000Z-nothing"), ("county:140399", run.run_id)):
        address = reverse("forecast_desk:propose", args=[key])
        assert client.post(address, form | {"run": run_id}).status_code == 404
    clock.set_replay(world.at - timedelta(hours=1), 0)  # before the run was issued
    address = reverse("forecast_desk:propose", args=[KEY])
    assert client.post(address, form | {"run": run.run_id}).status_code == 404
    assert not Bulletin.objects.exists()


def sheets(client: Client, made: Bulletin) -> dict[str, list[tuple[Any, ...]]]:
    """The workbook of a version: sheet -> rows."""
    content = client.get(reverse("forecast_desk:bulletin", args=[made.pk]), {"as": "xlsx"}).content
    return {s.title: list(s.iter_rows(values_only=True)) for s in load_workbook(io.BytesIO(content))}


def test_the_workbook_has_every_item_with_its_unit_beside_the_machines(client: Client, world: World) -> None:
    run, day = world.run(), world.day(1)
    form = {
        f"v_aqi_{day}": "140", f"v_co_{day}": "1.8", f"r_pm25_{day}": "90-110", f"v_o3_8h_{day}": "70",
        "item_1": "pm25", "first_1": f"{day}T00:00", "until_1": f"{day}T06:00", "factor_1": "1.2", "shift_1": "-5",
    }  # fmt: skip
    found = sheets(signed_in(client, world), world.propose(form, run=run))
    rows = [dict(zip(found["逐日"][1], r, strict=True)) for r in found["逐日"][2:]]
    said = {
        r["因子"]: (
            r["会商值"],
            r["下限"],
            r["上限"],
            r["单位"],
            r["机器中位数"],
            r["机器 5%"],
            r["机器 95%"],
        )
        for r in rows
    }
    assert said == {
        "AQI": (140, None, None, None, 150, 120, 180),
        "PM2.5": (100, 90, 110, "µg/m³", 112, 82, 142),
        "CO": (1.8, None, None, "mg/m³", 1.5, 1.5, 1.5),
        "O3-8h": (70, None, None, "µg/m³", 80, 50, 110),
    }
    assert {r["日期"] for r in rows} == {day}
    assert [r["首要污染物"] for r in rows] == ["PM2.5", None, None, None]
    head, period = found["分时段调整"][1:3]
    assert dict(zip(head, period, strict=True)) == {
        "因子": "PM2.5", "单位": "µg/m³", "自": "2019-02-26 00:00", "至": "2019-02-26 06:00", "系数": 1.2, "增减": -5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "said"), [("proposed", "待审签"), ("approved", "已审签，待发布"), ("published", "已发布")]
)
def test_a_file_says_how_far_its_version_has_come(
    client: Client, world: World, state: str, said: str
) -> None:
    made = standing_at(world, state)
    found = sheets(signed_in(client, world), made)
    assert all(
        f"阳泉市 会商预报 第 1 版（{said}）：夜间静稳，上调" in str(rows[0][0]) for rows in found.values()
    )
    assert all("模拟" not in str(rows[0][0]) for rows in found.values())


def test_what_is_simulated_says_so_on_its_page_and_in_its_file(client: Client, world: World) -> None:
    run = world.run()
    content = read({f"v_aqi_{world.day()}": "180"}, run, KEY)
    made = actions.propose(world.place(), run, content, world.person(), "练习", simulated=True)
    signed_in(client, world)
    assert "模拟" in client.get(reverse("forecast_desk:bulletin", args=[made.pk])).content.decode()
    assert all("（模拟）" in str(rows[0][0]) for rows in sheets(client, made).values())


def test_the_scores_get_every_published_version_and_the_machines_of_its_time(world: World) -> None:
    run = world.run()
    first = world.publish(world.propose(run=run))
    world.propose({f"v_aqi_{world.day()}": "250"}, run=run)  # a draft is no opinion
    world.later(1)
    second = world.publish(world.propose({f"v_aqi_{world.day()}": "150"}, run=run))
    found = resolved_forecasts.opinions(
        KEY, world.at - timedelta(days=1), world.at + timedelta(days=1), world.at
    )
    mine = found.filter(model="person").select("key", "item", "low", "value", "high", "primary").rows()
    assert mine == [
        (f"b{first.pk}", "aqi", 170, 180, 195, "PM2.5"),
        (f"b{second.pk}", "aqi", None, 150, None, "PM2.5"),
    ]
    ours = found.filter(model="ours", item="aqi", key=f"b{first.pk}").sort("date")
    assert ours.select("low", "value", "high").rows() == [(150, 160, 170), (140, 150, 160), (130, 140, 150)]
    assert set(found.filter(key=f"b{second.pk}")["issued"]) == {world.at}


# Guidance


def take_in(
    world: World, folder: Path, lines: str, head: str = "城市,因子,日期,时间,值,下限,上限"
) -> Guidance:
    """A file of these lines."""
    path = folder / f"{len(list(folder.iterdir()))}.csv"
    path.write_text(f"{head}\n{lines}\n", encoding="utf-8")
    return guidances.take_in(path, world.person(), source="省中心", issued=world.at - timedelta(hours=1))


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("阳泉,PM10,2019-02-26,,2000.1,,", "值"),
        ("阳泉,PM10,2019-02-26,,nan,,", "值"),
        ("阳泉,PM10,2019-02-26,,,100,", "值"),
        ("阳泉,PM10,2019-02-26,,90,100,", "下限"),
        ("阳泉,PM10,2019-02-26,,90,,80", "上限"),
        ("阳泉,PM10,2019-02-26,,90,100,120", "下限"),
        ("阳泉,PM10,2019-02-30,,90,,", "日期"),
        ("阳泉,PM10,,2019-02-26 08:30,90,,", "时间"),
        ("阳泉,O3-8h,,2019-02-26 08:00,90,,", "时间"),
        ("阳泉,PM10,,8点,90,,", "时间"),
        ("阳泉,AQI,2019-02-26,,501,,", "值"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_are_taken(
    world: World, tmp_path: Path, line: str, column: str
) -> None:
    made = take_in(world, tmp_path, f"{line}\n阳泉,SO2,2019-02-26,,30,,")
    (refused,) = made.refused
    assert (refused["row"], refused["column"]) == (2, column)
    assert [(r["item"], r["value"]) for r in made.rows] == [("so2", 30)]


@pytest.mark.parametrize("value", ["0", "500"])
def test_an_index_of_guidance_to_its_ends_is_shown(
    client: Client, world: World, tmp_path: Path, value: str
) -> None:
    world.run()
    made = take_in(world, tmp_path, f"阳泉,AQI,{world.day()},,{value},,")
    assert made.refused == []
    answer = signed_in(client, world).get(reverse("forecast_desk:index"))
    assert answer.status_code == 200
    assert "省中心" in answer.content.decode()


@pytest.mark.parametrize(
    ("issued", "says"),
    [
        ("", "请填写发布时间"),
        ("昨天", "“昨天”不是时间"),
        ("9999-12-31T23:59", "不是时间"),
        ("2019-02-25T14:01", "发布时间晚于现在"),
        ("2019-02-25T14:00+00:00", "发布时间晚于现在"),  # 22:00 in China
        ("2019-02-25T14:00", ""),
        ("2019-02-25T06:00+00:00", ""),
    ],
)
def test_when_a_file_was_issued(client: Client, world: World, issued: str, says: str) -> None:
    file = SimpleUploadedFile("a.csv", f"城市,因子,日期,值\n阳泉,SO2,{world.day()},30\n".encode())
    form = {"source": "省中心", "issued": issued, "file": file}
    answer = signed_in(client, world).post(reverse("forecast_desk:guidance"), form)
    assert answer.status_code == (400 if says else 302)
    assert says in answer.content.decode()
    assert [g.issued for g in Guidance.objects.all()] == ([] if says else [world.at])


@pytest.mark.parametrize("role", ROLES)
def test_files_come_from_the_desk_of_the_city_alone(world: World, tmp_path: Path, role: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"城市,因子,日期,值\n阳泉,SO2,{world.day()},30\n", encoding="utf-8")
    with pytest.raises(IllegalMove, match="全市的调度岗或负责人"):
        guidances.take_in(path, world.person(role, "140321"), source="省中心", issued=world.at)
    if role in ("dispatcher", "chief"):
        assert guidances.take_in(
            path, world.person(role), source="省中心", issued=world.at
        ).received_by == world.person(role)
    assert Guidance.objects.exists() == (role in ("dispatcher", "chief"))


def test_a_file_that_is_too_large_and_one_of_the_wrong_kind_are_refused(client: Client, world: World) -> None:
    signed_in(client, world)
    for name, content, says in (
        ("大.csv", b"x" * 5_000_001, "超过 5 MB"),
        ("空.csv", b"", ""),
        ("图.png", b"\x89PNG\r\n\x1a\n", ""),
    ):
        form = {"source": "省中心", "issued": "2019-02-25T12:00", "file": SimpleUploadedFile(name, content)}
        answer = client.post(reverse("forecast_desk:guidance"), form)
        assert answer.status_code == 400
        assert says in answer.content.decode()
    assert not Guidance.objects.exists()


def test_the_page_of_a_file_shows_hours_by_their_end(client: Client, world: World, tmp_path: Path) -> None:
    made = take_in(world, tmp_path, "阳泉,PM2.5,,2019-02-26 08:00,90,,\n郊区站,PM10,2019-02-26,,120,100,140")
    text = (
        signed_in(client, world, "handler", "140321")
        .get(reverse("forecast_desk:guidance_file", args=[made.pk]))
        .content.decode()
    )
    for part in ("02-26 08:00", "阳泉市", "PM10", "省中心"):
        assert part in text
    clock.set_replay(world.at - timedelta(hours=1), 0)
    for name in ("guidance_file", "guidance_raw"):
        assert client.get(reverse(f"forecast_desk:{name}", args=[made.pk])).status_code == 404
