"""What other pages show of a bulletin: the centre, the forecast, the brief, the scores; by hand from the packed file."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from bihuan import clock
from bihuan.scenarios import resolved_forecasts
from bihuan.scenarios.forecast_desk import actions
from bihuan.scenarios.forecast_desk import guidance as guidances
from bihuan.scenarios.forecast_desk.tests.world import KEY, World, freeze
from tests.pages import flat
from tests.people import City
from tests.web.measured import Measured, city_means, table

AT = datetime(2019, 2, 20, 6, tzinfo=UTC)  # 14:00 in China


@pytest.fixture
def world(real_hours: Path, city: City, data_dir: Path) -> World:
    """The city with real hours, and a frozen run of 20 February 12:00 in China."""
    Measured.of(real_hours, data_dir).at(AT)
    freeze(data_dir, AT - timedelta(hours=2))
    return World(city, data_dir, AT)


def publish(world: World, **more: str) -> None:
    form = {f"v_{i}_{world.day(n)}": v for n, i, v in ((1, "aqi", "130"), (1, "pm25", "99"), (2, "aqi", "120"), (2, "pm25", "80"))}  # fmt: skip
    form |= {f"r_aqi_{world.day(1)}": "110-145"}
    from bihuan.scenarios.forecast_desk.run_view import run_of

    world.publish(world.propose(form | more, run=run_of("")))


def page(client: Client, world: World, name: str, *args: object, **query: str) -> str:
    client.force_login(world.person("chief"), backend="django.contrib.auth.backends.ModelBackend")
    return flat(client.get(reverse(name, args=args), query).content.decode())


def forecast_lines(client: Client, world: World, day: date) -> list[str]:
    """The fourth section of the brief."""
    text = page(client, world, "brief", day).split("四、未来三天预报</h2>")[1].split("<h2>")[0]
    return re.findall("<p>(.*?)</p>", text)


def score_row(text: str, voice: str, item: str, ahead: int) -> list[str]:
    """Cells of a row of the table of opinions, without markup."""
    rows = text.split("机器、会商与上级指导")[1].split("</table>")[0].split("<tr>")
    cells = [[re.sub("<[^>]*>", "", c).strip() for c in re.findall("<td.*?</td>", r)] for r in rows]
    return next(c for c in cells if c[:3] == [voice, item, str(ahead)])


def city_hours_of(day: date, hours: range) -> list[float]:
    """Plain Python: the mean of at least three of the five stations in each hour that starts in `hours` of a day."""
    found: dict[int, list[float]] = {}
    for time, value in table("yangquan").select("time", "PM2.5").iter_rows():
        start = time - timedelta(hours=1)
        if value is not None and start.date() == day and start.hour in hours:
            found.setdefault(start.hour, []).append(float(value))
    return [sum(v) / len(v) for _h, v in sorted(found.items()) if len(v) >= 3]


def test_centre_forecast_and_brief_show_it_with_who_and_when_beside_the_machine(
    client: Client, world: World
) -> None:
    before = forecast_lines(client, world, date(2019, 2, 20))
    assert "会商发布" not in page(client, world, "centre")
    assert "会商发布" not in page(client, world, "forecast")
    publish(world)
    text = page(client, world, "centre")
    for part in ("会商发布", "dispatcher_140300 02-20 14:00", "110–145", "机器预报（90% 区间）", "130–190"):
        assert part in text
    text = page(client, world, "forecast")
    for part in (
        "会商发布",
        "dispatcher_140300制作，chief_140300审签，02-20 14:00 发布",
        "110–145",
        "130–190",
    ):
        assert part in text
    lines = forecast_lines(client, world, date(2019, 2, 20))
    assert lines[0] == (
        "会商发布（dispatcher_140300制作、chief_140300审签，20日14时）："
        "2月21日 AQI 110—145，轻度污染，首要污染物 PM2.5；2月22日 AQI 120，轻度污染，首要污染物 PM2.5。"
    )
    assert lines[1].startswith("机器预报（20日12时起报）")
    assert lines[2:5] == before[:3], "the machine's lines are as they were"
    # Advice follows what people published; the first day is the machine's still.
    assert [line.split("，")[0] for line in before[3:]] == ["健康提示：2月20日、2月21日、2月22日中度污染"]
    assert [line.split("，")[0] for line in lines[5:]] == [
        "健康提示：2月20日中度污染",
        "健康提示：2月21日、2月22日轻度污染",
    ]
    # The brief of the day before was written before anything was published.
    assert "会商发布" not in page(client, world, "brief", date(2019, 2, 19))


def test_a_past_run_is_shown_as_it_was(client: Client, world: World) -> None:
    publish(world)
    run_id = world.run(AT - timedelta(days=1)).run_id
    assert "会商发布" not in page(client, world, "forecast", run=run_id)


def test_withdrawn_nothing_is_shown_and_the_score_stays(client: Client, world: World) -> None:
    publish(world)
    made = resolved_forecasts.published(KEY, clock.now())
    assert made is not None
    from bihuan.scenarios.forecast_desk.models import Bulletin

    actions.act(Bulletin.objects.get(), "withdrawn", world.person("chief"), "依据有误")
    assert "会商发布" not in page(client, world, "centre")
    assert (
        resolved_forecasts.opinions(KEY, AT - timedelta(days=1), AT + timedelta(days=1), clock.now()).height
        > 0
    )


def test_scores_side_by_side_by_hand(client: Client, world: World, tmp_path: Path) -> None:
    day = world.day(1)
    publish(world, item_1="pm25", first_1=f"{day}T00:00", until_1=f"{day}T12:00", shift_1="-20")
    path = tmp_path / "省.csv"
    path.write_text(f"城市,因子,日期,下限,上限\n阳泉市,PM2.5,{world.day(1)},60,70\n", encoding="utf-8")
    guidances.take_in(path, world.person(), source="省中心", issued=clock.now())
    world.later(24 * 4)
    text = page(client, world, "forecast_scores")
    assert "机器、会商与上级指导" in text
    said = resolved_forecasts.opinions(KEY, AT - timedelta(days=1), AT + timedelta(days=1), clock.now())
    assert set(said["voice"]) == {"person", "guidance"}
    real = {d: round(v) for d, v in city_means("PM2.5").items()}
    first, second = real[date(2019, 2, 21)], real[date(2019, 2, 22)]

    def both(machine: float, other: float, form: str = ".1f") -> str:
        return f"{machine:{form}} | {other:{form}}"

    row = score_row(text, "会商预报", "PM2.5", 1)
    assert row[3:6] == ["1", both(abs(112 - first), abs(99 - first)), both(112 - first, 99 - first, "+.1f")]
    row = score_row(text, "会商预报", "PM2.5", 2)
    assert row[4] == both(abs(102 - second), abs(80 - second))
    row = score_row(text, "上级指导", "PM2.5", 1)
    assert row[5] == both(112 - first, 65 - first, "+.1f")
    assert row[7].split(" | ")[1] == ("100%" if 60 <= first <= 70 else "0%")
    client.force_login(world.person("chief"), backend="django.contrib.auth.backends.ModelBackend")
    # The adjusted hours, 00:00 to 12:00 of the day after: the machine says 100, the person 80.
    measured = city_hours_of(date(2019, 2, 21), range(12))
    block = re.search(r"<td>1-24 h</td>(.*?)</tr>", text.split("小时数</th>")[1].split("</table>")[0])
    assert block is not None
    cells = [re.sub("<[^>]*>", "", c).strip() for c in re.findall("<td.*?</td>", block.group(1))]
    mean = sum(measured) / len(measured)
    assert cells[0] == str(len(measured))
    assert [float(c) for c in cells[3].split(" | ")] == pytest.approx([100 - mean, 80 - mean], abs=0.06)
    report = client.get(reverse("forecast_report"), {"span": "2019-02"}).content
    words = "\n".join(p.text for p in Document(io.BytesIO(report)).paragraphs)
    assert "会商预报与上级指导预报" in words


def test_what_is_not_yet_received_is_not_scored(world: World) -> None:
    publish(world)
    assert resolved_forecasts.opinions(
        KEY, AT - timedelta(days=1), AT + timedelta(days=1), AT - timedelta(hours=1)
    ).is_empty()
    assert resolved_forecasts.opinions("S1", AT - timedelta(days=1), AT + timedelta(days=1), AT).is_empty()
