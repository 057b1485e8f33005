"""The page by kind, what is to be mended with its remedy, days on both sides; resending and settings with their rights and traces."""

import json
import stat
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.registry.models import AuditEntry
from bihuan.scenarios.vehicle_reporting import settings
from bihuan.scenarios.vehicle_reporting.demo import build
from bihuan.scenarios.vehicle_reporting.jobs import reconcile, report
from bihuan.scenarios.vehicle_reporting.models import Message, Reading
from bihuan.scenarios.vehicle_reporting.tests.world import KEY, TODAY, YESTERDAY, imported
from bihuan.simulate.province import Province
from tests.people import City
from tests.web.world import NOW

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def office(client: Client, city: City, province: Province, data_dir: Path) -> Client:
    """Four records: two are taken, one is refused above, one lacks its VIN."""
    imported(data_dir, ["T0", "T1", "T2"])
    imported(data_dir, ["T3"], vin="")
    province.judge = lambda r: "205" if r["key"] == "T2" else ""
    report(NOW)
    client.force_login(city.person("dispatcher", "140300"), backend=BACKEND)
    return client


def text(client: Client, name: str, **asked: str) -> str:
    answer = client.get(reverse(f"vehicle_reporting:{name}"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_tells_how_it_stands_and_never_the_key(office: Client, city: City) -> None:
    reconcile(NOW)
    shown = text(office, "index")
    assert "号牌或车辆识别代号有误" in shown
    assert "更正号牌或车辆识别代号后重新导入" in shown
    assert "差额已知原因" in shown
    office.force_login(city.person("admin", "140300"), backend=BACKEND)
    assert KEY not in text(office, "index")


def test_what_is_to_be_mended_names_record_field_reason_and_remedy_also_as_a_file(office: Client) -> None:
    shown = text(office, "mending")
    assert "vin 必填项为空" in shown
    assert "按所列字段更正后重新导入" in shown
    assert "plate 上级退回" in shown
    assert "模拟退回" in shown
    taken = text(office, "mending", **{"as": "csv"})
    assert "T2" in taken
    assert "T3" in taken
    assert "T2" not in text(office, "mending", code="L1")


def test_one_record_a_day_and_a_kind_are_sent_again_with_a_trace(office: Client, province: Province) -> None:
    province.judge = lambda _r: ""
    held = Message.objects.get(key="T2")
    url = reverse("vehicle_reporting:again")
    office.post(url, {"kind": "tests", "message": held.pk})
    assert set(Message.objects.filter(state="waiting").values_list("key", flat=True)) == {"T2"}
    office.post(url, {"kind": "tests", "day": f"{YESTERDAY}"})
    assert set(Message.objects.filter(state="waiting").values_list("key", flat=True)) == {"T0", "T1", "T2"}
    report(NOW)
    assert sorted(key for _kind, key in province.books) == ["T0", "T1", "T2"]
    assert set(province.taken.values()) == {1}
    office.post(url, {"kind": "tests"})
    assert Message.objects.get(key="T3").state == "parked"  # still without its VIN
    entries = AuditEntry.objects.filter(action="reporting.resend").order_by("pk")
    assert [e.detail["records"] for e in entries] == [1, 4, 1]
    assert entries[0].target == "tests T2"


def test_a_day_outside_the_reporting_is_refused(office: Client) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        answer = office.post(reverse("vehicle_reporting:again"), {"kind": "tests", "day": day}, follow=True)
        assert "这一天不在上报范围内" in answer.content.decode()


def test_the_settings_are_private_and_a_key_left_empty_stays(
    office: Client, city: City, data_dir: Path
) -> None:
    office.force_login(city.person("admin", "140300"), backend=BACKEND)
    url, path = reverse("vehicle_reporting:settings"), data_dir / settings.FILE
    given = {"url": "https://p.example/v1/", "city": "140300", "key": "", "since": f"{TODAY}", "kinds": ["sensed"], "enabled": "on"}  # fmt: skip
    office.post(url, given)
    kept = json.loads(path.read_text())
    assert (kept["url"], kept["key"], kept["kinds"]) == ("https://p.example/v1", KEY, ["sensed"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not Reading.objects.exists()  # another first day: the archive is read anew
    entry = AuditEntry.objects.get(action="reporting.set")
    assert KEY not in json.dumps(entry.detail)


@pytest.mark.parametrize(
    "url",
    ["http://p.example", "ftp://p.example", "https://me:secret@p.example", "https://p.example?x=1", "https://", "https://p.example:99999", "javascript:x", "https://a b"],
)  # fmt: skip
def test_an_address_that_is_no_plain_https_is_refused(url: str) -> None:
    assert not settings.is_good_address(url)
    assert settings.is_good_address("https://10.1.2.3:8443/v1")


def test_a_damaged_file_is_said_and_not_taken_for_none(office: Client, data_dir: Path) -> None:
    (data_dir / settings.FILE).write_text("{")
    answer = office.get(reverse("vehicle_reporting:index"))
    assert "upward.json" in answer.content.decode()


def test_the_practice_city_sends_what_it_has_and_then_stops(city: City, data_dir: Path) -> None:
    imported(data_dir, [f"T{n:02d}" for n in range(40)])
    assert build(NOW).startswith("联网上报（模拟）：新增 40 条")
    assert build(NOW) == "联网上报已有"
    assert Message.objects.filter(state="taken").exists()
    assert Message.objects.filter(state="waiting").count() == 3  # what the province lost waits again
    to = settings.upward()
    assert (to.enabled, to.simulated) == (False, True)
