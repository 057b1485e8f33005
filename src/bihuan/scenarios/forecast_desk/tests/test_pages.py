"""The pages: what they show to whom, and that they stand without data."""

import re
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan.archive.forecasts import ForecastStore
from bihuan.scenarios.forecast_desk import actions
from bihuan.scenarios.forecast_desk.models import Bulletin, Guidance
from bihuan.scenarios.forecast_desk.tests.test_guidance import FIXTURES
from bihuan.scenarios.forecast_desk.tests.world import KEY, World, freeze
from tests.pages import flat


def as_somebody(client: Client, world: World, role: str = "dispatcher", region: str = "140300") -> Client:
    client.force_login(world.person(role, region), backend="django.contrib.auth.backends.ModelBackend")
    return client


def get(client: Client, world: World, name: str, *args: Any, role: str = "dispatcher", region: str = "140300", **query: str) -> Any:  # fmt: skip
    return as_somebody(client, world, role, region).get(reverse(f"forecast_desk:{name}", args=args), query)


def post(client: Client, world: World, name: str, *args: Any, role: str = "dispatcher", **data: Any) -> Any:
    return as_somebody(client, world, role).post(
        reverse(f"forecast_desk:{name}", args=args), data, follow=True
    )


def test_without_a_forecast_the_desk_says_so(client: Client, world: World) -> None:
    assert "此刻还没有预报" in get(client, world, "index").content.decode()
    assert get(client, world, "series").json() == {"panels": []}


def test_a_run_without_kept_members_still_has_a_desk(client: Client, world: World) -> None:
    world.run()
    text = get(client, world, "index").content.decode()
    for part in (
        "没有生效的会商预报",
        "没有保存成员和原因",
        "会商调整",
        "这个地点还没有会商预报",
        'value="160"',
        'value="150-170"',
    ):
        assert part in text
    assert get(client, world, "index", run="20190101T000000Z-nothing").status_code == 404


def test_who_may_not_propose_sees_no_form(client: Client, world: World) -> None:
    world.run()
    assert "会商调整" not in get(client, world, "index", role="auditor").content.decode()
    assert (
        post(
            client, world, "propose", KEY, role="auditor", reason="x", **{f"v_aqi_{world.day()}": "180"}
        ).status_code
        == 400
    )
    assert not Bulletin.objects.exists()


def test_from_form_to_publication(client: Client, world: World) -> None:
    world.run()
    form = {f"v_aqi_{world.day()}": "180", f"r_aqi_{world.day()}": "170-195", "reason": "夜间静稳"}
    assert "等待另一人审签" in post(client, world, "propose", KEY, **form).content.decode()
    made = Bulletin.objects.get()
    assert "制作人不能审签" not in get(client, world, "bulletin", made.pk, role="chief").content.decode()
    assert "审签、退回和撤回由" in get(client, world, "bulletin", made.pk).content.decode()
    assert "已审签" in post(client, world, "act", made.pk, "approved", role="chief").content.decode()
    text = post(client, world, "act", made.pk, "published").content.decode()
    for part in ("已发布", "170–195", "160 (130–190)", "内容与冻结时一致", "夜间静稳"):
        assert part in text
    text = get(client, world, "index").content.decode()
    for part in ("会商发布", "阳泉市 第 1 版", "据此新编"):
        assert part in text
    assert 'value="170-195"' in get(client, world, "index", **{"from": str(made.pk)}).content.decode()


def test_the_form_can_be_sent_as_the_machine_filled_it(client: Client, world: World) -> None:
    """A machine range over three levels too: what stands in the fields is what may be published."""
    days = world.run().days
    wide = days.with_columns(q25=pl.when(item="aqi").then(90.0).otherwise("q25"), q75=pl.when(item="aqi").then(260.0).otherwise("q75"))  # fmt: skip
    world.later(1)
    held = ForecastStore(world.folder).load(freeze(world.folder, world.at))
    ForecastStore(world.folder).freeze(
        held.hours, wide, held.members, {"issued": world.at + timedelta(minutes=1)}
    )
    world.later(1)
    text = flat(get(client, world, "index").content.decode())
    fields = dict(re.findall(r'<input name="([vr]_[^"]*)" value="([^"]*)"', text))
    assert fields[f"r_aqi_{world.day()}"] == "101-200"
    run_id = re.findall(r'name="run" value="([^"]*)"', text)[0]
    assert (
        "等待另一人审签"
        in post(client, world, "propose", KEY, reason="认可机器预报", run=run_id, **fields).content.decode()
    )


def test_what_was_typed_stays_when_a_field_is_wrong(client: Client, world: World) -> None:
    world.run()
    answer = post(client, world, "propose", KEY, reason="夜间静稳", **{f"v_aqi_{world.day()}": "二百"})
    assert answer.status_code == 400
    for part in ("“二百”不是数字", 'value="二百"', "夜间静稳"):
        assert part in answer.content.decode()


def test_an_unpublished_version_is_not_seen_by_other_counties_a_published_one_is(
    client: Client, world: World
) -> None:
    made = world.propose()
    assert get(client, world, "bulletin", made.pk, region="140321").status_code == 404
    assert post(client, world, "act", made.pk, "nothing").status_code == 404
    world.publish(made)
    assert get(client, world, "bulletin", made.pk, region="140321").status_code == 200


def test_a_county_does_not_act_on_what_it_may_read(client: Client, world: World) -> None:
    made = world.publish()
    as_somebody(client, world, "chief", "140321").post(
        reverse("forecast_desk:act", args=[made.pk, "withdrawn"]), {"note": "x"}
    )
    assert actions.state_name(made) == "已发布"


def test_the_workbook_holds_person_and_machine(client: Client, world: World) -> None:
    import io

    made = world.publish()
    book = load_workbook(io.BytesIO(get(client, world, "bulletin", made.pk, **{"as": "xlsx"}).content))
    rows = list(book["逐日"].values)
    assert rows[2][:5] == (world.day(), "AQI", 180, 170, 195)
    assert rows[2][7] == 160
    # A range of 170-195 is of the fourth level.
    advice = list(book["健康提示"].values)[2]
    assert advice[:2] == (world.day(), "中度污染")
    assert advice[3].startswith("儿童、老年人及心脏病、呼吸系统疾病患者避免长时间")


def test_the_bulletin_says_what_people_should_do_at_its_worst_level(client: Client, world: World) -> None:
    form = {f"v_aqi_{world.day()}": "190", f"r_aqi_{world.day()}": "170-230"}
    made = world.propose(form)
    page = get(client, world, "bulletin", made.pk).content.decode()
    advice = page.split("健康提示")[1]
    assert "重度" in advice
    assert "应停留在室内，停止户外运动，一般人群减少户外运动" in advice
    assert "HJ 633-2012 表 2" in advice
    as_somebody(client, world, "chief").post(reverse("language"), {"language": "en", "next": "/"})
    page = get(client, world, "bulletin", made.pk).content.decode()
    assert "should stay indoors and stop outdoor sports" in page


def test_the_chart_has_the_hours_of_guidance_and_of_the_newest_version(client: Client, world: World) -> None:
    run, day = world.run(), world.day(1)
    lines = "".join(f"阳泉,PM2.5,{day} {h:02d}:00,{80 + h}\n" for h in range(1, 24))
    file = SimpleUploadedFile("h.csv", f"城市,因子,时间,值\n{lines}".encode())
    post(client, world, "guidance", source="省中心", issued="2019-02-25T12:00", file=file)
    form = {f"v_aqi_{day}": "180", "item_1": "pm25", "first_1": f"{day}T00:00", "until_1": f"{day}T06:00", "factor_1": "1.2"}  # fmt: skip
    world.propose(form, run=run)
    series = {s["name"]: s for s in get(client, world, "series").json()["panels"][0]["series"]}
    assert series["省中心"]["data"] == [80.0 + h for h in range(1, 24)]
    # Labelled by the end of the hour: the first is 01:00 in China, 17:00 UTC of the day before.
    assert series["省中心"]["times"][0] == 1_551_114_000_000
    assert series["阳泉市 第 1 版"]["data"].count(120.0) == 6
    assert "阳泉市 第 1 版" not in {
        s["name"] for s in get(client, world, "series", item="o3").json()["panels"][0]["series"]
    }


def test_a_guidance_file_by_hand(client: Client, world: World) -> None:
    def upload(name: str) -> Any:
        file = SimpleUploadedFile(name, (FIXTURES / name).read_bytes())
        return post(client, world, "guidance", source="省中心", issued="2019-02-25T12:00", file=file)

    world.run()
    text = upload("refused.csv").content.decode()
    for part in ("拒收行 9", "没有登记这个城市或评价点位", "改用登记的名称或编码"):
        assert part in text
    upload("guidance.csv")
    made = Guidance.objects.latest("id")
    raw = get(client, world, "guidance_raw", made.pk)
    assert raw.content == (FIXTURES / "guidance.csv").read_bytes()
    text = get(client, world, "index").content.decode()
    assert "省中心" in text
    assert "140–190" in text
    assert (
        "请选择一个文件"
        in post(client, world, "guidance", source="省中心", issued="2019-02-25T12:00").content.decode()
    )


def test_a_file_that_is_no_table_is_refused_in_words(client: Client, world: World) -> None:
    file = SimpleUploadedFile("空.csv", b"")
    answer = post(client, world, "guidance", source="省中心", issued="2019-02-25T12:00", file=file)
    assert answer.status_code == 400
    file = SimpleUploadedFile("空.csv", "城市,日期\n阳泉,2019-02-26\n".encode())
    assert (
        "须有列"
        in post(
            client, world, "guidance", source="省中心", issued="2019-02-25T12:00", file=file
        ).content.decode()
    )
    assert not Guidance.objects.exists()


def test_a_line_that_is_no_row_is_told_in_the_language_of_the_reader(client: Client, world: World) -> None:
    lines = "城市,因子,日期,值\n阳泉,AQI,2019-02-26,100\n阳泉,AQI,2019-02-27\n"
    file = SimpleUploadedFile("缺列.csv", lines.encode())
    text = post(
        client, world, "guidance", source="省中心", issued="2019-02-25T12:00", file=file
    ).content.decode()
    assert "此行有 3 个字段，表头有 4 个</td><td>改正这一行再导入" in text
    client.cookies["django_language"] = "en"
    text = get(client, world, "guidance_file", Guidance.objects.get().pk).content.decode()
    assert "the line has 3 fields, the header has 4</td><td>mend the line and import again" in text


@pytest.mark.parametrize("what", ["index", "guidance"])
def test_in_english(client: Client, world: World, what: str) -> None:
    world.publish()
    client.cookies["django_language"] = "en"
    text = get(client, world, what).content.decode()
    assert ("Forecast desk" if what == "index" else "Guidance from above") in text


def test_the_published_version_is_named_in_the_readers_language(client: Client, world: World) -> None:
    made = world.publish()
    as_somebody(client, world).post(reverse("language"), {"language": "en"})
    page = client.get(reverse("forecast_desk:index")).content.decode()
    assert f"{made.place_name}, version 1" in page
    assert "第 1 版" not in page
