"""What the pages show to whom, marks, evidence and the month report."""

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.english import UNOFFICIAL
from bihuan.registry.models import AuditEntry, Emitter, Organisation, Post
from bihuan.scenarios.plant_emissions.amounts import Amount
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Mark, Outlet
from bihuan.scenarios.plant_emissions.month import month_ledger
from bihuan.scenarios.plant_emissions.received import seen
from bihuan.scenarios.plant_emissions.registers import REGISTERS
from bihuan.scenarios.plant_emissions.tests.asking import as_, on_map, page, text
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, START, lines, receive
from tests.papers.words import left_chinese
from tests.people import City

HOUR = timedelta(hours=1)
OVER = START + 3 * HOUR
FORM = {
    "what": "device:维护",
    "start": "2019-02-25T03:00",
    "until": "2019-02-25T04:00",
    "reason": "更换滤芯",
}


def states(at: Any) -> dict[str, str]:
    """Outlet -> state at a moment."""
    return {s.outlet.code: s.state for s in MEDIA[GAS].standings(list(Outlet.objects.all()), at)}


def test_states_follow_the_clock(plants: City) -> None:
    receive(lines("episode"))
    # The hour of 03:00 is over at 04:00; E2-1 sent its last record at 03:01.
    assert states(OVER + HOUR + timedelta(minutes=3)) == {"E1-1": "over", "E2-1": "offline"}
    assert states(OVER - timedelta(minutes=5)) == {"E1-1": "normal", "E2-1": "normal"}
    # 30 minutes of 111 on average, the limit 100.
    assert states(OVER + timedelta(minutes=32))["E1-1"] == "likely"
    assert states(NOW)["E1-1"] == "normal"


def test_a_mark_takes_the_hour_out_of_judgement_and_withdrawal_brings_it_back(
    client: Client, plants: City
) -> None:
    receive(lines("episode"))
    as_(client, plants, "enterprise", "140321")
    url = reverse("plant_emissions:mark", args=["E1-1"])
    assert "已标记" in client.post(url, FORM, follow=True).content.decode()
    made = Mark.objects.get()
    assert (made.who, made.at, made.kind) == (plants.person("enterprise", "140321"), NOW, "device")
    assert AuditEntry.objects.filter(action="mark.set", target="E1-1").count() == 1
    hour = seen(MEDIA[GAS], ["E1-1"], OVER, OVER + HOUR, NOW).hours.row(0, named=True)
    assert (hour["mark"], hour["valid_nox"], hour["nox_flag"]) == ("维护", False, "M")
    # As it was known before the mark was set, the hour still counts.
    assert seen(MEDIA[GAS], ["E1-1"], OVER, OVER + HOUR, NOW - timedelta(seconds=1)).hours["valid_nox"].all()
    back = reverse("plant_emissions:withdraw", args=["E1-1", made.pk])
    assert "理由" in client.post(back, {"reason": " "}, follow=True).content.decode()
    client.post(back, {"reason": "误标"})
    assert seen(MEDIA[GAS], ["E1-1"], OVER, OVER + HOUR, NOW).hours["valid_nox"].all()
    assert Mark.objects.count() == 1
    assert "误标" in text(client, "outlet", "E1-1")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reason": ""}, "理由"),
        ({"until": "2019-02-25T03:00"}, "晚于"),
        ({"start": "昨天"}, "无法识别"),
        ({"until": "2019-04-25T03:00"}, "31 天"),
        ({"start": "2019-03-14T03:00", "until": "2019-03-15T03:00"}, "7 天"),
        ({"what": "device:停运"}, "类别"),
        ({"what": ""}, "类别"),
    ],
)
def test_a_wrong_mark_says_what_to_mend(
    client: Client, plants: City, changes: dict[str, str], says: str
) -> None:
    as_(client, plants)
    answer = client.post(reverse("plant_emissions:mark", args=["E1-1"]), FORM | changes, follow=True)
    assert says in answer.content.decode()
    assert not Mark.objects.exists()


@pytest.mark.parametrize(
    "role", [r for r in Post.Role.values if r not in ("dispatcher", "verifier", "chief", "enterprise")]
)
def test_others_do_not_mark(client: Client, plants: City, role: str) -> None:
    as_(client, plants, role, "140321")
    assert "新增标记" not in text(client, "outlet", "E1-1")
    client.post(reverse("plant_emissions:mark", args=["E1-1"]), FORM)
    assert not Mark.objects.exists()


@pytest.mark.parametrize("role", Post.Role.values)
def test_another_countys_outlet_is_not_there(client: Client, plants: City, role: str) -> None:
    receive(lines("episode"))
    as_(client, plants, role, "140322")
    for name, args in (("outlet", ()), ("series", ()), ("hour", ("2019022503",)), ("amounts", ())):
        assert page(client, name, "E1-1", *args).status_code == 404
    assert client.post(reverse("plant_emissions:mark", args=["E1-1"]), FORM).status_code == 404
    for shown in (text(client, "index"), text(client, "ledger"), str(on_map(client))):
        assert "测试厂E1" not in shown
        assert "测试厂E2" in shown
    assert "测试厂E1" not in text(client, "index", **{"as": "csv"})


def test_the_list_shows_value_limit_and_age(client: Client, plants: City) -> None:
    receive(lines("episode"))
    clock.set_replay(OVER + HOUR + timedelta(minutes=3), 0)
    shown = text(as_(client, plants), "index")
    for part in ("超标", "离线", "111.0", "/ 100", "模拟", "02-25 03:01"):
        assert part in shown
    assert "测试厂E2" not in text(client, "index", state="over")
    assert "测试厂E1" not in text(client, "index", county="140322")
    table = text(client, "index", **{"as": "csv"})
    assert "超标" in table
    assert "离线" in table


def test_without_outlets_and_without_data_the_pages_say_so(client: Client, city: City, data_dir: Any) -> None:
    clock.set_replay(NOW, 0)
    assert "没有登记排放口" in text(as_(client, city), "index")
    assert "没有数据" in text(client, "ledger")


def test_with_no_data_at_all_the_receiver_is_named(client: Client, plants: City) -> None:
    as_(client, plants)
    assert "接收服务" in text(client, "index")
    assert "没有收到这个排放口的数据" in text(client, "outlet", "E1-1")
    assert "没有收到数据" in text(client, "hour", "E1-1", "2019022503")


def test_the_evidence_leads_to_the_packets(client: Client, plants: City) -> None:
    receive(lines("episode"))
    answer = page(as_(client, plants), "hour", "E1-1", "2019022503")
    packets = answer.context["evidence"].packets
    assert len(packets) == 6
    assert all(p.fits and p.printed == p.computed for p in packets)
    assert packets[0].raw.startswith("##")
    assert ("a21002", "Avg", "110.0") in packets[0].fields
    assert ("a21002", "氮氧化物", "Avg", "均值", "110.0") in packets[0].decoded
    shown = answer.content.decode()
    assert "6 条分钟记录" in shown
    assert "PW=123456" not in shown
    assert "校验值重新计算后相符" in shown
    assert page(client, "hour", "E1-1", "2019022599").status_code == 404


def test_the_calendar_has_a_state_for_every_hour(client: Client, plants: City) -> None:
    receive(lines("episode"))
    as_(client, plants)
    days = dict(page(client, "calendar", "E2-1").context["days"])
    states_of_day = [c.state for c in days[START.date() + timedelta(days=1)]]
    # Three hours came, three did not, the rest of the day has not ended.
    assert states_of_day == ["valid"] * 3 + ["missing"] * 3 + ["future"] * 18
    assert len(days) == 28
    assert reverse("plant_emissions:calendar", args=["E2-1"]) in text(client, "outlet", "E2-1")


def test_curves_have_limits_and_marks(client: Client, plants: City) -> None:
    receive(lines("episode"))
    as_(client, plants)
    client.post(reverse("plant_emissions:mark", args=["E1-1"]), FORM)
    nox = page(client, "series", "E1-1").json()["panels"][0]
    assert [limit["value"] for limit in nox["limits"]] == [100.0, 50.0]
    assert sum(v is not None for v in nox["bands"][0]["high"]) == 1
    converted = next(s for s in nox["series"] if s["name"] == "折算")
    assert sum(v is not None for v in converted["data"]) == 5  # six hours, one marked
    minutes = page(client, "series", "E1-1", minutes=1).json()["panels"][0]
    assert sum(v is not None for v in minutes["series"][0]["data"]) == 36


def test_the_evidence_names_the_marks_of_the_hour(client: Client, plants: City) -> None:
    receive(lines("episode"))
    as_(client, plants)
    client.post(reverse("plant_emissions:mark", args=["E1-1"]), FORM)
    (made,) = Mark.objects.all()
    inside = f"{made.start.astimezone(CST):%Y%m%d%H}"
    assert made.reason in text(client, "hour", "E1-1", inside)
    assert made.reason not in text(client, "hour", "E1-1", "2019022500")


def test_the_amount_of_the_ledger_leads_to_its_hours(client: Client, plants: City) -> None:
    receive(lines("near_miss"))
    as_(client, plants)
    url = reverse("plant_emissions:amounts", args=["E1-1"]) + "?month=2019-02&amp;item=nox"
    kg = month_ledger(MEDIA[GAS], [Outlet.objects.get(pk="E1-1")], date(2019, 2, 1), NOW)["kg"].item()
    assert f'<a href="{url}">{round(kg, 1)}</a>' in text(client, "ledger")
    answer = page(client, "amounts", "E1-1", month="2019-02", item="nox")
    hours = [h for d in answer.context["days"] for h in d.hours if h]
    assert [h.start for h in hours] == [START + n * HOUR for n in range(6)]
    # 20 m³/s = 72,000 m³/h; kg of an hour = mean mg/m³ x 72,000 / 1e6.
    means = seen(MEDIA[GAS], ["E1-1"], START, START + 6 * HOUR, NOW).hours["nox"]
    assert [h.kg for h in hours] == pytest.approx([0.072 * m for m in means])
    assert {h.basis for h in hours} == {"measured"}
    assert answer.context["total"] == pytest.approx(kg)
    for h in hours:
        stamp = f"{h.start.astimezone(CST):%Y%m%d%H}"
        assert reverse("plant_emissions:hour", args=["E1-1", stamp]) in answer.content.decode()
    book = load_workbook(io.BytesIO(page(client, "amounts", "E1-1", **{"as": "xlsx"}).content))
    head, *rows = [[c.value for c in row] for row in book["逐小时排放量"].iter_rows(min_row=2)]
    assert sum(dict(zip(head, r, strict=True))["氮氧化物 kg"] for r in rows) == pytest.approx(kg)
    assert page(client, "amounts", "E1-1", month="2018-02").context["total"] == 0


def test_hours_that_are_substituted_or_missing_say_so(client: Client, plants: City) -> None:
    """E2's logger is silent from 03:00: three of six hours are valid, below 75 % nothing is put in."""
    receive(lines("episode"))
    as_(client, plants)
    days = page(client, "amounts", "E2-1").context["days"]
    hours = [h for d in days for h in d.hours if h]
    assert [h.said for h in hours] == ["实测"] * 3 + ["无法计量"] * 3
    assert Amount(START, 2.0, "substituted:180").said == "替代 (此前 180 个有效小时的最大值)"


def test_the_month_report_adds_up(client: Client, plants: City) -> None:
    receive(lines("near_miss"))
    content = page(as_(client, plants), "ledger", **{"as": "xlsx"}).content
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["按企业", "按排放口", "标记", "说明"]
    assert "模拟" in book["按排放口"]["A1"].value
    head, *rows = [[c.value for c in row] for row in book["按排放口"].iter_rows(min_row=2)]
    assert len(rows) == 2
    first = dict(zip(head, rows[0], strict=True))
    assert (first["编码"], first["污染物"], first["应计小时"], first["有效小时"]) == (
        "E1-1",
        "氮氧化物",
        6,
        6,
    )
    # 20 m³/s = 72,000 m³/h; kg of an hour = mean mg/m³ x 72,000 / 1e6.
    means = seen(MEDIA[GAS], ["E1-1"], START, START + 6 * HOUR, NOW).hours["nox"]
    assert first["排放量 kg"] == pytest.approx(sum(means) * 0.072, abs=0.06)
    # One of six hours (03:00, 90 mg/m³ and more) is above the ultra-low limit of 50.
    assert first["超低达标率 %"] == pytest.approx(83.3)
    assert first["超标小时"] == 0


def test_the_outlet_leads_those_to_the_device_who_may_open_it(client: Client, plants: City) -> None:
    link = f"{reverse('logger')}?mn="
    assert link in text(as_(client, plants), "outlet", "E1-1")
    assert link not in text(as_(client, plants, "dispatcher", "140321"), "outlet", "E1-1")
    assert link not in text(as_(client, plants, "enterprise", "140321"), "outlet", "E1-1")


def modbus(segment: bytes) -> int:
    """CRC-16/MODBUS, bit by bit."""
    crc = 0xFFFF
    for byte in segment:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def test_a_check_value_made_another_way_is_said_to_be_so(client: Client, plants: City) -> None:
    """CRC-16/MODBUS instead of the standard's: accepted, the evidence names the way and the standard's own value."""
    packets = lines("near_miss")
    segment = packets[0][6:-6]
    receive([packets[0][:-6] + b"%04X\r\n" % modbus(segment), *packets[1:]])
    answer = page(as_(client, plants), "hour", "E1-1", "2019022500")
    (odd,) = (p for p in answer.context["evidence"].packets if p.variants)
    assert (odd.fits, odd.printed) == (True, f"{modbus(segment):04X}")
    assert odd.computed == packets[0][-6:-2].decode()
    assert f"标准算法为 {odd.computed}" in answer.content.decode()
    assert "用 CRC-16/MODBUS 代替标准校验" in answer.content.decode()
    assert "校验值重新计算后相符" in answer.content.decode()


def test_the_month_report_is_told_in_english_with_its_columns(client: Client, plants: City) -> None:
    receive(lines("near_miss"))
    reader = as_(client, plants)
    chinese = load_workbook(io.BytesIO(page(reader, "ledger", **{"as": "xlsx"}).content))
    reader.post(reverse("language"), {"language": "en"})
    english = load_workbook(io.BytesIO(page(reader, "ledger", **{"as": "xlsx"}).content))
    assert len(english.sheetnames) == len(chinese.sheetnames)
    assert english.worksheets[0]["A1"].value.startswith(f"{UNOFFICIAL}. Monthly report on emissions, 2019-02")
    cells = [str(cell.value) for sheet in english for row in sheet.iter_rows() for cell in row]
    assert sum(UNOFFICIAL in cell for cell in cells) == 1
    for before, after in zip(chinese.worksheets, english.worksheets, strict=True):
        heads = [str(cell.value) for cell in after[2]]
        assert left_chinese([after.title, *heads], []) == []
        numbers = [
            [[c.value for c in row if isinstance(c.value, int | float)] for row in s.iter_rows(min_row=3)]
            for s in (before, after)
        ]
        assert numbers[0] == numbers[1]
    table = reader.get(reverse("plant_emissions:index") + "?as=csv").content.decode("utf-8-sig")
    assert left_chinese(table.splitlines()[:1], []) == []


@pytest.mark.parametrize("kind", ["", *(r.kind for r in REGISTERS)])
def test_every_form_of_the_register_speaks_english(client: Client, plants: City, kind: str) -> None:
    reader = as_(client, plants, "chief")
    reader.post(reverse("language"), {"language": "en"})
    shown = (
        reader.get(reverse("register_new", args=[kind])) if kind else page(reader, "register", "E1-1")
    ).content.decode()
    parts = re.findall(r"<option[^>]*>([^<]*)|<label[^>]*>([^<]*)", shown)
    said = {text.strip() for both in parts for text in both}
    named: list[Any] = [*Emitter.objects.all(), *Outlet.objects.all(), *Organisation.objects.all()]
    names = {text for o in named for text in (str(o), o.name, f"{o.name} {o.pk}")}
    assert len(said) > 10 or kind in ("channels", "spans")
    assert left_chinese(sorted(said - names), []) == []


def test_the_days_of_a_limit_speak_english(client: Client, plants: City) -> None:
    receive(lines("episode"))
    reader = as_(client, plants)
    reader.post(reverse("language"), {"language": "en"})
    assert re.search(r"from 20\d\d-\d\d-\d\d", text(reader, "outlet", "E1-1"))


def test_the_signs_of_the_calendar_speak_english(client: Client, plants: City) -> None:
    Outlet.objects.filter(pk="E1-1").update(since=START)
    reader = as_(client, plants)
    reader.post(reverse("language"), {"language": "en"})
    calendar = page(reader, "calendar", "E1-1", month="2019-02")
    assert {c.letter for _day, row in calendar.context["days"] for c in row} == {"", "gap"}
