"""The ledger of a unit, one passage, its pictures and raw record; what went out comes in again."""

import hashlib
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image

from bihuan import clock
from bihuan.archive import Archive
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.ledger import ledger
from bihuan.domain.vehicles.passages import PASSAGES
from bihuan.pipeline.files import import_files
from bihuan.pipeline.passages import From, store_all
from bihuan.registry.hours import archive
from bihuan.registry.models import Vehicle
from bihuan.registry.transport import Gate
from bihuan.scenarios.vehicle_users import ledger_list, reading
from bihuan.scenarios.vehicle_users.tests.world import unit
from bihuan.simulate.gates.fleet import vin
from tests.people import City
from tests.web.world import MINE, NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = NOW.astimezone(CST).date()
AT = NOW - 6 * HOUR
VIN = vin(1)


def record(direction: str, at: datetime, number: str, plate: Any = "晋C12345", **more: Any) -> dict[str, Any]:
    given = {"gate": "V001-G1", "time": at.isoformat(), "number": number, "direction": direction, "plate": plate, "colour": "yellow", "vin": VIN, "fuel": "diesel"}  # fmt: skip
    known = {"stage": "5", "stage_source": "list", "photos": "a.jpg", "allowed": True, "rule": "stage_met", "decided_by": "centre", "opened": "auto"}  # fmt: skip
    return given | known | more


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def sent(*records: dict[str, Any], of: str = "V001") -> None:
    body = json.dumps({"records": list(records)}, ensure_ascii=False).encode()
    archive().passages.journal.append(From("bihuan", f"n{body[:9]!r}{len(body)}", of).source, body, NOW - HOUR)  # fmt: skip
    store_all(archive())


@pytest.fixture
def gates(place: City) -> City:
    """A visit with a load, one that began before the day, a barred vehicle, one without plate, one still inside."""
    unit(place)
    unit(place, "V002")
    Gate.objects.create(code="V001-G2", name="2号门", unit_id="V001", region=place.regions[MINE], lon=113.6, lat=37.8)  # fmt: skip
    load = {"gross_kg": 46500, "tare_kg": 15500, "net_kg": 31000, "cargo": "焦炭", "waybill": "Y1", "gate": "V001-G2"}  # fmt: skip
    sent(
        record("in", AT, "1"), record("out", AT + HOUR / 2, "2", **load),
        record("in", AT - 2 * DAY, "3", "晋C22222", stage=None), record("out", AT - DAY, "4", "晋C22222", stage=None),
        record("in", AT + HOUR, "5", "晋C44444", stage="4", allowed=False, rule="orange_stage_4"),
        record("in", AT + HOUR, "6", "无牌", photos=None, photo_time=(AT - 5 * HOUR).isoformat()),
        record("in", AT + HOUR, "7", "晋C66666", fuel="electric", stage="electric"),
    )  # fmt: skip
    sent(record("in", AT, "1", "晋C99999", gate="V002-G1"), of="V002")
    return place


def plates_of(client: Client, **asked: str) -> list[str]:
    answer = client.get(reverse("vehicle_users:ledger", args=["V001"]), asked | {"as": "csv"})
    rows = pl.read_csv(io.BytesIO(answer.content), infer_schema=False)
    return rows["号牌号码"].to_list()


def test_the_ledger_is_of_one_unit_and_its_days_and_is_narrowed(gates: City, client: Client) -> None:
    client.force_login(gates.person("chief"))
    assert sorted(plates_of(client)) == ["无号牌", "晋C12345", "晋C22222", "晋C44444", "晋C66666"]
    today = {"from": TODAY.isoformat(), "to": TODAY.isoformat()}
    assert "晋C22222" not in plates_of(client, **today), "a visit is of the day on which it began"
    day = (AT - 2 * DAY).astimezone(CST).date()
    begun = day.isoformat()
    rows = reading.ledger_of("V001", day, day, clock.now())
    assert rows["out_at"].to_list() == [AT - DAY], "its other half is found beyond the days"
    assert plates_of(client, **{"from": begun, "to": begun}) == ["晋C22222"]
    assert plates_of(client, q="c44") == ["晋C44444"]
    assert plates_of(client, stage="4") == ["晋C44444"]
    assert plates_of(client, stage="unknown") == ["晋C22222"]
    assert plates_of(client, fuel="electric") == ["晋C66666"]
    assert sorted(plates_of(client, way="both")) == ["晋C12345", "晋C22222"]
    assert plates_of(client, way="in", allowed="yes", q="66") == ["晋C66666"]
    assert plates_of(client, allowed="no") == ["晋C44444"]
    assert plates_of(client, marked="stage") == ["晋C22222"]
    assert sorted(plates_of(client, marked="1")) == ["无号牌", "晋C22222"]
    assert plates_of(client, stage="nobody") == []


def test_days_that_cannot_be_meant_get_a_sentence(gates: City, client: Client) -> None:
    client.force_login(gates.person("chief"))
    for asked in ({"from": "2019-02-30"}, {"from": "2018-01-01", "to": "2019-01-01"}, {"from": "2019-01-02", "to": "2019-01-01"}):  # fmt: skip
        assert client.get(reverse("vehicle_users:ledger", args=["V001"]), asked).status_code == 400


def test_other_days_keep_what_is_filtered(gates: City, client: Client) -> None:
    client.force_login(gates.person("chief"))
    page = client.get(reverse("vehicle_users:ledger", args=["V001"]), {"stage": "5", "page": "2"}).content.decode()  # fmt: skip
    days = page[page.index('type="date"') - 600 : page.index('type="date"')]
    assert '<input type="hidden" name="stage" value="5">' in days
    assert 'name="page"' not in days


def test_pages_of_fifty(gates: City, client: Client) -> None:
    sent(*(record("in", AT + timedelta(seconds=n), f"p{n}", f"晋C7{n:04d}") for n in range(60)))
    client.force_login(gates.person("chief"))
    page = client.get(reverse("vehicle_users:ledger", args=["V001"])).content.decode()
    assert page.count("晋C7") == 47, "three newer ones stand before them"
    assert client.get(reverse("vehicle_users:ledger", args=["V001"]), {"page": "2"}).content.decode().count("晋C7") == 13  # fmt: skip


def url(number: str, at: datetime, site: str = "V001-G1", of: str = "V001") -> str:
    return ledger_list.passage_url(of, site, at, number)


def test_a_passage_says_all(gates: City, client: Client) -> None:
    Vehicle.objects.create(plate="晋C12345", colour="yellow", region=gates.regions[MINE], stage="4", fuel="diesel", vin=VIN)  # fmt: skip
    client.force_login(gates.person("chief"))
    page = client.get(url("2", AT + HOUR / 2, "V001-G2")).content.decode()
    assert "30 min" in page
    assert url("1", AT).replace("&", "&amp;") in page, "the other half of its visit"
    assert page.count("与名录不符") == 1, "the stage differs; fuel and VIN do not"
    assert "排放阶段达到要求" in page
    assert "31,000" in page
    assert "&quot;waybill&quot;: &quot;Y1&quot;" in page, "the record as it came"
    assert "&quot;number&quot;: &quot;1&quot;" not in page, "of the request this record alone"
    barred = client.get(url("5", AT + HOUR)).content.decode()
    assert "橙色预警：国四及以下重型柴油、燃气车禁行" in barred
    assert "不成车次" in barred
    assert "没有对应的出厂记录" in client.get(url("7", AT + HOUR)).content.decode()


def test_photos_say_what_they_are(gates: City, client: Client) -> None:
    content = photo()
    name, other = hashlib.sha256(content).hexdigest(), "0" * 64
    archive().passages.keep_picture(name, content)
    hidden = b"\xff\xd8\xff" + content
    secret = hashlib.sha256(hidden).hexdigest()
    archive().passages.keep_picture(secret, hidden)
    sent(record("in", AT, "8", "晋C88888", photos=f"b.jpg {other}", photo_sum=name))
    client.force_login(gates.person("chief"))
    page = client.get(url("8", AT)).content.decode()
    assert page.count("<img loading") == 1
    assert page.count("照片没有上传，只有名称") == 2
    answer = client.get(url("8", AT).replace("/passage/", "/picture/") + f"&name={name}")
    assert answer.content == content
    assert answer["Content-Type"] == "image/jpeg"
    for asked in (secret, other, "../x"):
        assert (
            client.get(url("8", AT).replace("/passage/", "/picture/") + f"&name={asked}").status_code == 404
        )
    missing = client.get(url("6", AT + HOUR)).content.decode()
    assert "缺照片：这条记录没有上报照片。" in missing
    assert "照片不是这一时刻的" in missing
    client.force_login(gates.person("chief", "140322"))
    assert client.get(url("8", AT).replace("/passage/", "/picture/") + f"&name={name}").status_code == 404


def test_a_passage_of_another_unit_is_not_shown_under_one_s_own(gates: City, client: Client) -> None:
    client.force_login(gates.person("chief"))
    assert client.get(url("1", AT, "V002-G1", "V002")).status_code == 200
    assert client.get(url("1", AT, "V002-G1", "V001")).status_code == 404


def exported(client: Client, kind: str) -> bytes:
    return client.get(reverse("vehicle_users:ledger", args=["V001"]), {"as": kind}).content


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_went_out_comes_in_again(gates: City, client: Client, tmp_path: Path, kind: str) -> None:
    client.force_login(gates.person("chief"))
    path = tmp_path / f"ledger.{kind}"
    path.write_bytes(exported(client, kind))
    before = reading.ledger_of("V001", TODAY - 6 * DAY, TODAY, clock.now())
    fresh = Archive(tmp_path / "other")
    (report,) = import_files(fresh, [path], received=NOW, delay=None)
    assert (report.error, report.refused) == ("", [])
    rows = fresh.passages.current().collect()
    assert rows.height == 7
    assert rows["net_kg"].sum() == 31000, "a load counts once, not on both ways"
    again = ledger(rows.select(list(PASSAGES)))
    told = ["plate", "in_at", "in_site", "in_number", "out_at", "out_site", "out_number", "vin", "fuel", "stage", "stage_source", "net_kg", "allowed", "rule", "photos_in", "photos_out"]  # fmt: skip
    assert again.select(told).sort(told[:2]).equals(before.select(told).sort(told[:2]))


def test_cells_that_cannot_be_read_are_named(gates: City, client: Client, tmp_path: Path) -> None:
    client.force_login(gates.person("chief"))
    book = load_workbook(io.BytesIO(exported(client, "xlsx")))
    sheet = book.active
    heads = [cell.value for cell in sheet[1]]
    row = next(r for r in range(2, 7) if sheet.cell(r, heads.index("号牌号码") + 1).value == "晋C12345")
    sheet.cell(row, heads.index("燃料类型") + 1, "蒸汽")
    sheet.cell(row, heads.index("净重(t)") + 1, "很多")
    sheet.cell(row, heads.index("进厂时间") + 1, "昨天")
    path = tmp_path / "ledger.xlsx"
    book.save(path)
    fresh = Archive(tmp_path / "other")
    import_files(fresh, [path], received=NOW, delay=None)
    named = {(r.row, r.column, r.value) for r in fresh.quarantine.find(limit=50)}
    assert {(row, "燃料类型", "蒸汽"), (row, "净重(t)", "很多"), (row, "进厂时间", "昨天")} <= named
    rows = fresh.passages.current().collect()
    assert rows.height == 6, "the way in is refused, the way out comes without its weight"
    assert rows.filter(pl.col("plate") == "晋C12345")["net_kg"].to_list() == [None]
