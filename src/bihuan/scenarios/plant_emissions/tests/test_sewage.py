"""Sewage outlets: real bytes of two editions through the real receiver to the pages; the register; quality checks."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan import clock
from bihuan.cases.filing import file_findings
from bihuan.cases.models import Finding
from bihuan.installation.marker import make_installation
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.planning import plan_one
from bihuan.pipeline.packets import store_all
from bihuan.registry.hours import archive
from bihuan.registry.models import Emitter, Person
from bihuan.scenarios.catalogue import every_check
from bihuan.scenarios.plant_emissions import received
from bihuan.scenarios.plant_emissions.inputs import inputs
from bihuan.scenarios.plant_emissions.items import SEWAGE
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Channel, Limit, Logger, Outlet, Permit, QualityCheck
from bihuan.scenarios.plant_emissions.month import month_amounts, month_ledger
from bihuan.scenarios.plant_emissions.permits import permits_in_force
from bihuan.scenarios.plant_emissions.registers import LIMITS, OUTLETS, SPANS
from bihuan.scenarios.plant_emissions.tests.asking import on_map
from bihuan.scenarios.plant_emissions.tests.conftest import receive
from tests.feeds.hj212.packets import pack
from tests.people import City
from tests.servers.loggers import Receiver

START = datetime(2019, 2, 24, 16, tzinfo=UTC)  # 00:00 of 25 February in China
HOUR, DAY, TEN = timedelta(hours=1), timedelta(days=1), timedelta(minutes=10)
NOW = START + DAY + timedelta(minutes=20)
FEBRUARY = date(2019, 2, 1)
DEVICES = {"W1": ("88888880000032", 2005), "W2": ("010000A8900016F000169DD2", 2017)}


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Tests store at a clock that stands still."""
    received.minutes_of.cache_clear()


@pytest.fixture
def sewers(city: City, data_dir: Path) -> City:
    """One plant in 平定县 with two sewage outlets, whose loggers speak the editions of 2005 and 2017."""
    make_installation(data_dir)
    clock.set_replay(NOW, 0)
    emitter = Emitter.objects.create(
        code="E1", name="测试焦化厂", kind="plant", region=city.regions["140321"], industry="炼焦", grade="C",
        organisation=city.governments["140321"], lon=113.6, lat=37.8, simulated=True,
    )  # fmt: skip
    for code, (mn, edition) in DEVICES.items():
        outlet = Outlet.objects.create(
            code=code, name="总排口", emitter=emitter, kind="sewage", process="coking_water", rated_flow=200, since=START,
            simulated=True,
        )  # fmt: skip
        Channel.objects.create(
            logger=Logger.objects.create(mn=mn, edition=edition, interval=10, emitter=emitter), outlet=outlet
        )
        said: dict[str, Any] = {"outlet": outlet, "period": "day", "valid_from": date(2018, 1, 1)}
        Limit.objects.create(item="cod", limit=40, basis="DB14/1928-2019", **said)
        Limit.objects.create(item="ph", limit=9, low=6, basis="GB 8978-1996", **said)
    return city


def values(moment: datetime) -> tuple[str, str, str]:
    """COD [mg/L], flow [L/s], pH of a ten-minute record: twelve hours of 20 and 10, then twelve of 60 and 30."""
    late = moment - START >= 12 * HOUR
    return ("60.0", "30.00", "7.10") if late else ("20.0", "10.00", "7.40")


def packet(code: str, moment: datetime) -> bytes:
    """A minute record as its edition writes it."""
    mn, edition = DEVICES[code]
    stamp = (moment + 8 * HOUR).strftime("%Y%m%d%H%M%S")
    cod, flow, ph = values(moment)
    if edition == 2005:
        content = f"DataTime={stamp};011-Avg={cod};001-Avg={ph};B01-Cou=1.0,B01-Avg={flow}"
        return pack(f"ST=32;CN=2051;PW=123456;MN={mn};Flag=1;CP=&&{content}&&")
    content = f"DataTime={stamp};w01018-Avg={cod},w01018-Flag=N;w01001-Avg={ph},w01001-Flag=N;w00000-Avg={flow},w00000-Flag=N"
    return pack(f"QN={stamp}000;ST=32;CN=2051;PW=123456;MN={mn};Flag=5;CP=&&{content}&&")


def day(code: str, *, without: tuple[int, ...] = ()) -> Iterator[bytes]:
    """The records of the day, some of its hours left out."""
    for n in range(144):
        if n // 6 not in without:
            yield packet(code, START + n * TEN)


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    """A page of the scenario as text."""
    answer = client.get(reverse(f"plant_emissions:{name}", args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def as_(client: Client, city: City, role: str = "dispatcher") -> Client:
    """The client, signed in."""
    client.force_login(city.person(role, "140321"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_bytes_of_both_editions_over_tcp_become_the_days_mean(
    client: Client, sewers: City, data_dir: Path
) -> None:
    receiver = Receiver(data_dir, "--open")
    try:
        for code in DEVICES:
            with receiver.client() as logger:
                for data in day(code):
                    assert logger.ask(data)["CN"] == "9014"
    finally:
        assert receiver.stop() == 0
    store_all(archive())
    as_(client, sewers)
    for code in DEVICES:
        # (12 h x 20 mg/L x 36 m³/h + 12 h x 60 mg/L x 108 m³/h) / (12 x 144 m³) = 50 mg/L, over 40.
        (ended,) = MEDIA[SEWAGE].recent_days(Outlet.objects.get(pk=code), NOW)
        cell = ended["cells"][0]
        assert (cell["value"], cell["n"], cell["due"]) == (pytest.approx(50.0), 24, 24)
        assert (cell["over"], ended["volume"]) == (True, pytest.approx(1728.0))
        text = page(client, "outlet", code)
        assert "超标" in text
        assert "50" in text
        assert "mg/L" in text
        assert "mg/m³" not in text
        evidence = page(client, "hour", code, "2019022513")
        assert "全部报文的校验值重新计算后相符" in evidence
        assert ("011" if code == "W1" else "w01018") in evidence
        assert "6.480" in evidence  # 60 mg/L x 108 m³/h = 6.48 kg
    found = {s.outlet.code: s.state for s in MEDIA[SEWAGE].standings(list(Outlet.objects.all()), NOW)}
    assert found == {"W1": "over", "W2": "over"}


def test_the_ledger_the_report_and_the_hours_agree(client: Client, sewers: City) -> None:
    receive(list(day("W2", without=(12, 13))))
    outlet = Outlet.objects.get(pk="W2")
    row = month_ledger(MEDIA[SEWAGE], [outlet], FEBRUARY, NOW).row(0, named=True)
    # 12 h of 0.72 kg and 10 h of 6.48 kg; the hours of 12 and 13 take the two before: 20 mg/L x 36 m³/h.
    assert (row["kg"], row["kg_substituted"]) == (
        pytest.approx(12 * 0.72 + 10 * 6.48 + 2 * 0.72),
        pytest.approx(1.44),
    )
    assert (row["hours"], row["hours_measured"], row["volume"]) == (24, 22, pytest.approx(14 * 36 + 10 * 108))
    hours = month_amounts(MEDIA[SEWAGE], outlet, FEBRUARY, NOW)
    assert hours["cod_kg"].sum() == pytest.approx(row["kg"])
    assert hours["cod_kg_basis"].to_list()[12:14] == ["substituted:c2q2"] * 2
    as_(client, sewers)
    assert "浓度取此前 2 个有效小时的均值，流量取此前 2 个有效小时的均值" in page(
        client, "amounts", "W2", month="2019-02"
    )
    hours_of_it = reverse("plant_emissions:amounts", args=["W2"])
    shown = page(client, "ledger", month="2019-02", kind="sewage")
    assert f'<a href="{hours_of_it}?month=2019-02&amp;item=cod">74.9</a>' in shown
    assert hours_of_it not in page(client, "ledger", month="2019-02")
    answer = client.get(reverse("plant_emissions:ledger"), {"month": "2019-02", "as": "xlsx"})
    book = load_workbook(io.BytesIO(answer.content))
    head, *lines = list(book["污水按排放口"].iter_rows(min_row=2, values_only=True))
    said = dict(zip(head, next(r for r in lines if r[2] == "W2"), strict=True))
    assert (said["污染物"], said["排放量 kg"], said["水量 m³"]) == ("化学需氧量", pytest.approx(74.9), 1584.0)
    assert "超标小时" not in head
    assert not [name for name in head if "mg/m³" in name]
    assert "HJ 356-2019" in "".join(str(r[0]) for r in book["说明"].iter_rows(values_only=True))


def test_lists_calendar_and_chart_are_of_sewage(client: Client, sewers: City) -> None:
    receive(list(day("W2", without=(3,))))
    as_(client, sewers)
    listed = page(client, "index", kind="sewage")
    assert reverse("plant_emissions:outlet", args=["W2"]) in listed
    assert "化学需氧量" in listed
    # By its link: two letters can stand in a form's token by chance.
    assert reverse("plant_emissions:outlet", args=["W2"]) not in page(client, "index")
    calendar = page(client, "calendar", "W2", month="2019-02")
    assert calendar.count('class="missing"') == 1
    assert calendar.count('class="valid"') == 23
    series = client.get(reverse("plant_emissions:series", args=["W2"])).json()
    assert {p["title"]: p["unit"] for p in series["panels"]} == {
        "化学需氧量": "mg/L",
        "污水流量": "m³/h",
        "pH 值": "",
    }
    (mapped,) = on_map(client)["features"]
    assert "kind=sewage" in mapped["properties"]["url"]
    assert client.get(reverse("plant_emissions:index"), {"kind": "sewage", "as": "csv"}).content.decode("utf-8-sig").startswith("状态")  # fmt: skip


def test_limits_and_the_range_of_ph_are_drawn_as_they_changed(client: Client, sewers: City) -> None:
    changed = date(2019, 2, 25)
    for row in Limit.objects.filter(outlet="W2"):
        Limit.objects.filter(pk=row.pk).update(valid_until=changed)
        row.pk, row.valid_from, row.limit = None, changed, row.limit - 1
        row.save()
    receive(list(day("W2")))
    as_(client, sewers)
    panels = client.get(reverse("plant_emissions:series", args=["W2"])).json()["panels"]
    steps = {p["title"]: [s["name"] for s in p["series"] if s.get("step")] for p in panels}
    old, new = (
        f"{v:g}"
        for v in Limit.objects.filter(outlet="W2", item="cod")
        .order_by("valid_from")
        .values_list("limit", flat=True)
    )
    assert steps["化学需氧量"] == [f"日限值 {old} → {new}"]
    assert steps["pH 值"] == ["下限 6", "上限 9 → 8"]


def test_a_failed_check_makes_the_hours_back_to_the_last_passed_one_invalid(sewers: City) -> None:
    receive(list(day("W2")))
    outlet, who = Outlet.objects.get(pk="W2"), Person.objects.get(pk=sewers.person("dispatcher").pk)
    for hour, passed in ((2, True), (9, False), (11, True)):
        QualityCheck.objects.create(
            outlet=outlet, item="cod", what="sample", at=START + hour * HOUR, passed=passed, result="比对", who=who,
            entered_at=NOW,
        )  # fmt: skip
    (ended,) = MEDIA[SEWAGE].recent_days(outlet, NOW)[-1:]
    # Hours 2 to 10 are out: 15 of 24 are left, fewer than 75 %.
    assert (ended["cells"][0]["n"], ended["cells"][0]["valid"], ended["cells"][0]["over"]) == (
        15,
        False,
        False,
    )
    row = month_ledger(MEDIA[SEWAGE], [outlet], FEBRUARY, NOW).row(0, named=True)
    assert (row["hours_substituted"], row["over_days"]) == (9, 0)


def test_the_checks_look_at_sewage_with_the_parameters_of_the_manifest(sewers: City) -> None:
    receive(list(day("W2")))
    given = inputs(NOW, 2 * DAY)
    for entry in (e for e in every_check() if e.folder == "plant_emissions"):
        file_findings(entry.check, entry.check.run(*given))
    found = {(f.full_key, f.target): f for f in Finding.objects.filter(check_key__startswith="sewage.")}
    over = found["sewage.limits.day_over:cod", "W2"]
    assert over.magnitude == pytest.approx(1.25)
    assert (over.started_at, over.simulated) == (START, True)
    assert "50 mg/L，超日限值 40" in over.title
    assert ("sewage.arrival.offline", "W1") in found
    # What is measured in sewage is no stack's.
    assert not Finding.objects.filter(check_key__startswith="cems.").exists()


def send(client: Client, form: dict[str, Any]) -> str:
    """POST to the register of W2; the page that comes of it."""
    return client.post(reverse("plant_emissions:register", args=["W2"]), form, follow=True).content.decode()


LIMIT = {
    "outlet": "W2", "item": "氨氮", "limit": "2", "period": "日均值", "ultra_low": "否", "valid_from": "2019-01-01",
    "basis": "DB14/1928-2019",
}  # fmt: skip
OUTLET = {
    "emitter": "E1", "kind": "污水", "code": "W9", "name": "总排口", "process": "coking_water", "ref_o2": "",
    "rated_flow": "100", "duct_area": "", "since": "2019-02-25 00:00",
}  # fmt: skip
QUALITY = {
    "item": "nh3n", "what": "sample", "at": "2019-02-25T08:00", "result": "比对", "passed": "yes",
    "reference": "4", "measured": "4.5",
}  # fmt: skip


@pytest.mark.parametrize(
    ("register", "row", "says"),
    [
        (LIMITS, LIMIT, ""),
        (LIMITS, LIMIT | {"period": "小时均值"}, "按日均值判定"),
        (LIMITS, LIMIT | {"item": "二氧化硫"}, "没有这一项；可选：化学需氧量"),
        (LIMITS, LIMIT | {"low": "1"}, "只有 pH 有下限"),
        (LIMITS, LIMIT | {"ultra_low": "是"}, "污水没有超低限值"),
        (LIMITS, LIMIT | {"item": "pH 值", "limit": "9"}, "如 6 与 9"),
        (LIMITS, LIMIT | {"item": "pH 值", "limit": "8.5", "low": "6.5", "valid_from": "2019-02-01"}, ""),
        (SPANS, {"outlet": "W2", "item": "氮氧化物", "low": "0", "high": "9"}, "没有这一项"),
        (SPANS, {"outlet": "W2", "item": "化学需氧量", "low": "0", "high": "200"}, ""),
        (OUTLETS, OUTLET | {"ref_o2": "9"}, "“污水”排放口没有这一项"),
        (OUTLETS, OUTLET | {"duct_area": "4"}, "“污水”排放口没有这一项"),
        (OUTLETS, OUTLET | {"process": "coal_boiler"}, "不属于“污水”"),
        (OUTLETS, OUTLET | {"kind": "废气"}, "不属于“废气”"),
        (OUTLETS, OUTLET, ""),
    ],
)
def test_the_register_takes_what_belongs_to_sewage(
    sewers: City, register: Register, row: dict[str, str], says: str
) -> None:
    planned = plan_one(register, row, sewers.person("chief", "140321"))
    assert [p.why for p in planned.problems if says in p.why] == [p.why for p in planned.problems]
    assert bool(planned.problems) == bool(says)


def test_a_quality_check_of_sewage_is_entered(client: Client, sewers: City) -> None:
    assert "已保存" in send(as_(client, sewers, "chief"), QUALITY)


def test_a_comparison_is_judged_by_the_error_allowed_on_its_day(client: Client, sewers: City) -> None:
    # From 2020-03-24 on: 4 mg/L of ammonia allow 15 %, 0.6 mg/L; 4.7 is off by 0.7.
    clock.set_replay(datetime(2024, 6, 1, tzinfo=UTC), 0)
    as_(client, sewers, "chief")
    wrong = QUALITY | {"at": "2024-05-20T08:00", "measured": "4.7"}
    assert "允许 0.6" in send(client, wrong)
    assert "已保存" in send(client, wrong | {"passed": "no"})


def test_the_year_of_a_permit_counts_sewage(sewers: City) -> None:
    receive(list(day("W2")))
    outlet = Outlet.objects.get(pk="W2")
    Permit.objects.create(emitter=outlet.emitter, number="P1", valid_from=date(2018, 1, 1), valid_until=date(2022, 1, 1), cod=1.0)  # fmt: skip
    ((_, used),) = permits_in_force(outlet, NOW)
    # 12 x 0.72 + 12 x 6.48 = 86.4 kg; the other outlet has sent nothing.
    assert [(u.item, round(u.emitted, 6)) for u in used] == [("cod", 0.0864)]


def test_pages_without_any_data_say_so(client: Client, sewers: City) -> None:
    as_(client, sewers)
    assert "近 14 天没有数据" in page(client, "outlet", "W2")
    assert "这一小时没有收到数据" in page(client, "hour", "W2", "1999010100")
    for name in ("calendar", "amounts", "permits"):
        assert page(client, name, "W2")
    (state,) = {s.state for s in MEDIA[SEWAGE].standings(list(Outlet.objects.all()), NOW)}
    assert state == "offline"
    Outlet.objects.all().update(kind="gas")
    assert "没有登记这类排放口" in page(client, "index", kind="sewage")


def test_what_only_a_furnace_has_is_not_marked_at_a_sewage_outlet(client: Client, sewers: City) -> None:
    as_(client, sewers)
    assert "烘炉" not in page(client, "outlet", "W2")
    form = {"start": "2019-02-25T03:00", "until": "2019-02-25T04:00", "reason": "检修"}
    mark = reverse("plant_emissions:mark", args=["W2"])
    assert "请选择标记" in client.post(mark, form | {"what": "condition:烘炉"}, follow=True).content.decode()
    assert "已标记" in client.post(mark, form | {"what": "condition:停运"}, follow=True).content.decode()


def test_just_after_midnight_the_last_hour_stands_beside_the_limit_of_its_day(sewers: City) -> None:
    receive(list(day("W2")))
    Limit.objects.filter(item="cod").update(valid_until=date(2019, 2, 26))
    Limit.objects.create(
        outlet_id="W2",
        item="cod",
        limit=30,
        period="day",
        valid_from=date(2019, 2, 26),
        basis="DB14/1928-2019",
    )
    (standing,) = MEDIA[SEWAGE].standings([Outlet.objects.get(pk="W2")], NOW)
    (shown,) = standing.values
    assert (shown.item, shown.limit) == ("cod", 40.0)
    assert shown.value == pytest.approx(60)
