"""The page of loggers: who is online, what is wrong, strangers, commands; only posts for the whole city open it."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.archive import Archive
from bihuan.domain.timeaxis import CST
from bihuan.feeds.hj212.deviations import DEVIATIONS
from bihuan.loggers import parked
from bihuan.loggers.commands import Spool
from bihuan.loggers.forward import Upload, ledger_file, read_targets
from bihuan.loggers.forward_ledger import Ledger
from bihuan.loggers.register import read_register
from bihuan.pipeline.packets import store_all
from bihuan.registry.models import AuditEntry
from bihuan.web.loggers.marks import MARKS
from tests.feeds.hj212.packets import pack
from tests.pages import flat
from tests.people import ROLES, City
from tests.servers.loggers import MN, upload

STRANGER = "<b>../生人&x=1"
CITY = "140300"


def about(now: datetime, **said: Any) -> dict[str, Any]:
    """A device as the receiver's state file has it: last heard now, a record in each of the last 24 hours but two."""
    hours = [now.astimezone(CST) - timedelta(hours=n) for n in range(1, 25) if n not in (3, 7)]
    return {
        "peer": "10.1.2.3:40000", "first": (now - timedelta(days=3)).isoformat(), "last": now.isoformat(), "packets": 77,
        "edition": 2017, "st": "31", "broken": {}, "last_broken": None, "behind": 2.0, "deviations": {}, "online": True,
        "came": {"2011": {f"{hour:%Y%m%d%H}": 1 for hour in hours}}, "ever": {"2011": 1}, **said,
    }  # fmt: skip


@pytest.fixture
def folder(data_dir: Path) -> Path:
    """An installation whose receiver knows one device and one stranger."""
    now = datetime.now(UTC)
    wrong = {
        "broken": {"crc": 3},
        "last_broken": [now.isoformat(), "crc", b"##0010broken".hex()],
        "behind": -305.5,
        "deviations": {"crc_modbus": 9},
    }
    devices = Archive(data_dir / "archive").devices.folder
    state = {
        "connections": 2,
        "counts": {"accepted": 77, "crc": 3},
        "devices": {MN: about(now, **wrong), "A" * 24: about(now, online=False)},
        "parked": {STRANGER: about(now)},
    }
    (devices / "state.json").write_text(json.dumps(state))
    (data_dir / "devices.json").write_text(
        json.dumps({MN: {"name": "测试电厂1#"}, "C" * 24: {"name": "哑设备"}})
    )
    return data_dir


def sign_in(client: Client, city: City, role: str = "dispatcher", region: str = CITY) -> Client:
    client.force_login(city.person(role, region))
    return client


def text_of(client: Client, name: str, **asked: str) -> str:
    answer = client.get(reverse(name), asked)
    assert answer.status_code == 200
    return flat(answer.content.decode())


def test_the_list_shows_state_drift_broken_packets_and_missing_hours(
    client: Client, city: City, folder: Path
) -> None:
    page = text_of(sign_in(client, city), "loggers")
    assert "在线 1 / 2" in page
    line = next(row for row in page.split("<tr") if "测试电厂1#" in row)
    assert "-305.5" in line
    assert [cell.split("<")[0] for cell in line.split('class="num')[3:]] == [' bad">3', '">9', ' bad">2']
    assert "CRC 校验不符" in page
    assert "哑设备" in page
    assert "接收程序没有运行" not in page


def test_what_strangers_used_up_is_said(client: Client, city: City, folder: Path) -> None:
    page = text_of(sign_in(client, city), "loggers")
    assert "连接与限额" not in page
    path = folder / "archive" / "devices" / "state.json"
    state = json.loads(path.read_text())
    state["counts"] |= {"raw_dropped": 4321, "strangers_closed": 17}
    path.write_text(json.dumps(state))
    page = text_of(client, "loggers")
    assert "没有保留原文的数据包" in page
    assert ">4321<" in page
    assert "让位而断开" in page


@pytest.mark.parametrize("role", ["dispatcher", "auditor"])
def test_no_page_shows_a_password_or_key(client: Client, city: City, folder: Path, role: str) -> None:
    archive, secret = Archive(folder / "archive"), "9Zx8Yw"
    now = datetime.now(CST)
    log = pack(
        f"QN={now:%Y%m%d%H%M%S}000;ST=31;CN=3020;PW={secret};MN={MN};Flag=5;"
        f"CP=&&DataTime={now:%Y%m%d%H%M%S};i11001-Info=//S:##0096ST=32;PW={secret};MN=1//;NewPW={secret}&&"
    )
    archive.devices.journal.append("hj212:10.0.0.1:1", log, datetime.now(UTC))
    store_all(archive)
    shown = text_of(sign_in(client, city, role), "logger", mn=MN)
    assert "S:##0096ST=32" in shown
    assert secret not in shown


def test_tabs_and_search(client: Client, city: City, folder: Path) -> None:
    sign_in(client, city)
    offline = text_of(client, "loggers", tab="offline")
    assert "A" * 24 in offline
    assert "测试电厂1#" not in offline
    assert "测试电厂1#" in text_of(client, "loggers", q="电厂")
    assert "测试电厂1#" in text_of(client, "loggers", q=MN[:8].lower())
    assert "没有符合条件的数采仪" in text_of(client, "loggers", q="不存在")


def test_a_receiver_that_has_stopped_or_never_ran_is_said(client: Client, city: City, folder: Path) -> None:
    sign_in(client, city)
    state = folder / "archive" / "devices" / "state.json"
    old = time.time() - 300
    os.utime(state, (old, old))
    page = text_of(client, "loggers")
    assert "接收程序没有运行" in page
    assert "在线 0 / 2" in page
    state.unlink()
    assert "接收程序还没有收到过数据" in text_of(client, "loggers")


def test_a_stranger_is_accepted_with_its_parked_packets_and_an_audit_entry(
    client: Client, city: City, folder: Path
) -> None:
    sign_in(client, city)
    page = text_of(client, "loggers", tab="parked")
    assert "<b>../生人" not in page
    assert f"?mn={quote(STRANGER, safe='')}" in page
    said = {
        "mn": STRANGER,
        "how": "accept",
        "name": "新厂",
        "password": "123456",
        "addresses": "10.1.0.0/16，10.2.0.1",
    }
    assert client.post(reverse("logger_settle"), said).status_code == 302
    device = read_register(folder / "devices.json")[STRANGER]
    assert (device.name, device.password, len(device.networks)) == ("新厂", "123456", 2)
    assert read_register(folder / "devices.json")[MN].name == "测试电厂1#"
    assert [mn for mn, _ in parked.asked(folder / "archive" / "devices")] == [STRANGER]
    entry = AuditEntry.objects.get(action="logger.accept")
    assert (entry.target, entry.detail["name"]) == (STRANGER, "新厂")
    assert "123456" not in str(entry.detail)


@pytest.mark.parametrize("how", ["", "delete", "ACCEPT"])
def test_a_stranger_stays_one_where_no_button_was_pressed(
    client: Client, city: City, folder: Path, how: str
) -> None:
    sign_in(client, city)
    assert client.post(reverse("logger_settle"), {"mn": STRANGER, "how": how}).status_code == 404
    assert STRANGER not in read_register(folder / "devices.json")


def test_a_stranger_is_refused_and_can_be_accepted_later(client: Client, city: City, folder: Path) -> None:
    sign_in(client, city)
    client.post(reverse("logger_settle"), {"mn": STRANGER, "how": "refuse"})
    assert read_register(folder / "devices.json")[STRANGER].refused
    assert "没有等待准入的设备" in text_of(client, "loggers", tab="parked")
    assert "生人" in text_of(client, "loggers", tab="refused")
    client.post(reverse("logger_settle"), {"mn": STRANGER, "how": "accept"})
    assert not read_register(folder / "devices.json")[STRANGER].refused


def test_what_nobody_sent_or_cannot_be_an_address_or_key_is_not_accepted(
    client: Client, city: City, folder: Path
) -> None:
    sign_in(client, city)
    before = (folder / "devices.json").read_text()
    assert client.post(reverse("logger_settle"), {"mn": "Z" * 24, "how": "accept"}).status_code == 404
    for wrong in ({"addresses": "很多"}, {"key": "00ff"}):
        assert (
            client.post(reverse("logger_settle"), {"mn": STRANGER, "how": "accept", **wrong}).status_code
            == 302
        )
    assert (folder / "devices.json").read_text() == before
    assert not AuditEntry.objects.filter(action="logger.accept").exists()


def test_the_device_shows_its_last_packets_decoded_and_its_last_broken_one(
    client: Client, city: City, folder: Path
) -> None:
    store = Archive(folder / "archive")
    now = datetime.now(UTC)
    recent = upload(1).decode().replace("20260301000001", f"{now.astimezone(CST):%Y%m%d%H%M%S}")
    from tests.feeds.hj212.packets import pack

    store.devices.journal.append("hj212:10.1.2.3:1", pack(recent[6:-6]), now)
    store_all(store)
    page = text_of(sign_in(client, city), "logger", mn=MN)
    assert "a21026" in page
    assert "Rtd=18.5" in page
    assert "##0010broken" in page
    assert "用 CRC-16/MODBUS 代替标准校验" in page
    assert client.get(reverse("logger"), {"mn": "Z" * 24}).status_code == 404


def test_a_registered_device_of_which_all_is_refused_was_heard_and_says_why(
    client: Client, city: City, folder: Path
) -> None:
    now = datetime.now(UTC)
    path = folder / "archive" / "devices" / "state.json"
    state = json.loads(path.read_text())
    broken = {
        "broken": {"password": 4},
        "last_broken": [now.isoformat(), "password", b"##0101PW=654321".hex()],
    }
    state["rejected"] = {"C" * 24: about(now, packets=0, came={}, **broken)}
    path.write_text(json.dumps(state))
    page = text_of(sign_in(client, city), "loggers")
    line = page.split("哑设备")[1]
    assert "最后收到（被拒收）" in line
    assert f"{now.astimezone(CST):%Y-%m-%d %H:%M:%S}：密码不符，共 4 包" in line
    assert "从未收到数据" not in page
    detail = text_of(client, "logger", mn="C" * 24)
    assert "最后收到（被拒收）" in detail
    assert "##0101PW=******" in detail
    assert "654321" not in detail
    assert "从未收到数据" not in detail


def test_what_is_refused_after_the_last_good_packet_stands_beside_it(
    client: Client, city: City, folder: Path
) -> None:
    path = folder / "archive" / "devices" / "state.json"
    state = json.loads(path.read_text())
    assert "拒收" not in text_of(sign_in(client, city), "loggers")  # refused before or at the last good one
    last = datetime.fromisoformat(state["devices"][MN]["last"])
    state["devices"][MN]["last_broken"][0] = (last + timedelta(seconds=9)).isoformat()
    path.write_text(json.dumps(state))
    assert "拒收：CRC 校验不符" in text_of(client, "loggers")


def test_a_device_whose_records_came_by_another_way_shows_the_last_of_the_archive(
    client: Client, city: City, folder: Path
) -> None:
    page = text_of(sign_in(client, city), "loggers")
    assert "从未收到数据" in page.split("哑设备")[1]
    store = Archive(folder / "archive")
    came = datetime(2026, 3, 1, 4, 5, tzinfo=UTC)
    store.devices.journal.append("hj212:file", upload(61, "C" * 24), came)  # of 2026-03-01 00:01:01
    store_all(store)
    for page in (text_of(client, "loggers"), text_of(client, "logger", mn="C" * 24)):
        assert "归档中最后一条 2026-03-01 00:01，收到 2026-03-01 12:05" in page
        assert "从未收到数据" not in page


def test_a_command_is_put_into_the_spool_with_who_and_when(client: Client, city: City, folder: Path) -> None:
    sign_in(client, city)
    span = {"BeginTime": "2026-03-01T08:00", "EndTime": "2026-03-01T10:00"}
    client.post(reverse("logger_ask"), {"mn": MN, "command": "fetch_hours", **span})
    (command,) = Spool(folder / "archive" / "devices").of(MN)
    assert command.cp == {"BeginTime": "20260301080000", "EndTime": "20260301100000"}
    assert (command.state, command.by) == ("waiting", "dispatcher_140300")
    assert AuditEntry.objects.get(action="logger.command").detail["command"] == "fetch_hours"
    page = text_of(client, "logger", mn=MN)
    assert "补取小时数据" in page
    assert "等待发送" in page


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"command": "set_minute_interval", "MinInterval": "7"}, "分钟数据间隔只能是"),
        ({"command": "set_realtime_interval", "RtdInterval": "29"}, "30 至 3600"),
        ({"command": "calibrate", "PolId": "a;CN=1"}, "因子编码"),
        ({"command": "set_password", "NewPW": "12345"}, "6 位字母或数字"),
        (
            {"command": "fetch_hours", "BeginTime": "2026-03-02T00:00", "EndTime": "2026-03-01T00:00"},
            "不能早于开始",
        ),
        ({"command": "fetch_hours", "BeginTime": "", "EndTime": ""}, "请填写时段"),
    ],
)
def test_a_command_that_no_device_could_do_is_not_sent(
    client: Client, city: City, folder: Path, said: dict[str, str], word: str
) -> None:
    answer = sign_in(client, city).post(reverse("logger_ask"), {"mn": MN, **said}, follow=True)
    assert word in answer.content.decode()
    assert Spool(folder / "archive" / "devices").of(MN) == []


def test_a_new_password_is_in_no_log(client: Client, city: City, folder: Path) -> None:
    sign_in(client, city).post(
        reverse("logger_ask"), {"mn": MN, "command": "set_password", "NewPW": "9Zx8Yw"}
    )
    assert "9Zx8Yw" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert "9Zx8Yw" not in text_of(client, "logger", mn=MN)


def test_a_known_device_is_locked_out_for_a_reason_and_let_in_again(
    client: Client, city: City, folder: Path
) -> None:
    sign_in(client, city)
    path, said = folder / "devices.json", {"mn": MN, "how": "lock"}
    answer = client.post(reverse("logger_settle"), {**said, "reason": " "}, follow=True)
    assert "请写明停用原因" in answer.content.decode()
    assert not read_register(path)[MN].refused
    client.post(reverse("logger_settle"), {**said, "reason": "疑似<冒用>"})
    device = read_register(path)[MN]
    assert (device.refused, device.reason, device.name) == (True, "疑似<冒用>", "测试电厂1#")
    entry = AuditEntry.objects.get(action="logger.lock")
    assert (entry.target, entry.detail["reason"]) == (MN, "疑似<冒用>")
    assert "测试电厂1#" not in text_of(client, "loggers")
    listed = text_of(client, "loggers", tab="refused")
    assert "疑似&lt;冒用&gt;" in listed
    assert 'value="admit"' in listed
    page = text_of(client, "logger", mn=MN)
    assert "已停用" in page
    assert "发指令" not in page
    client.post(reverse("logger_settle"), {"mn": MN, "how": "admit"})
    device = read_register(path)[MN]
    assert (device.refused, device.reason, device.name) == (False, "", "测试电厂1#")
    assert [mn for mn, _ in parked.asked(folder / "archive" / "devices")] == [MN]
    assert AuditEntry.objects.filter(action="logger.admit", target=MN).exists()
    assert "测试电厂1#" in text_of(client, "loggers")


def test_a_key_is_changed_by_a_command_and_never_shown(client: Client, city: City, folder: Path) -> None:
    sign_in(client, city)
    old, new = "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"
    about = {"sm4_key": old, "next_sm4_key": new, "key_changed": "2026-03-01T08:00:00+08:00"}
    (folder / "devices.json").write_text(json.dumps({MN: about}))
    client.post(reverse("logger_ask"), {"mn": MN, "command": "set_key"})
    (command,) = Spool(folder / "archive" / "devices").of(MN)
    assert (command.name, command.cp) == ("set_key", {})
    assert AuditEntry.objects.get(action="logger.command").detail["command"] == "set_key"
    page = text_of(client, "logger", mn=MN)
    assert "更换中，新旧密钥均有效" in page
    assert "2026-03-01" in page
    assert not any(key[:8] in page.lower() or key[-8:] in page.lower() for key in (old, new))


def test_the_tab_of_uploads_shows_what_a_platform_above_has(client: Client, city: City, folder: Path) -> None:
    sign_in(client, city)
    assert "没有上级平台" in text_of(client, "loggers", tab="uploads")
    target = {"name": "省厅", "host": "10.9.9.9", "port": 8212, "edition": 2017, "password": "888888"}
    (folder / "forward.json").write_text(json.dumps({"targets": [target]}))
    store = Archive(folder / "archive")
    packets = [upload(60 * minute, cn="2051") for minute in range(4)]
    positions = store.devices.journal.append_many([("hj212:1", p, datetime.now(UTC)) for p in packets])
    store_all(store)
    ledger = Ledger(ledger_file(store.devices, read_targets(folder / "forward.json")[0]))
    two = [Upload(p, "2026-03-01", MN, MN, "2051", "1", b"") for p in positions[:2]]
    refused = Upload(positions[2], "2026-03-01", MN, MN, "2051", "3", b"")
    ledger.settle(positions[2], two, [(refused, 4)], now=0.0)
    ledger.note_upper("2026-03-01", MN, "2051", 2)
    page = text_of(client, "loggers", tab="uploads", day="2026-03-01")
    line = next(row for row in page.split("<tr") if MN in row)
    cells = [cell.split("</td>")[0].split(">")[-1] for cell in line.split("<td")[1:]]
    assert cells == [
        "省厅",
        MN,
        "2051",
        "4",
        "3",
        "2",
        "1",
        "1",
        "4",
        "2",
    ]  # packets stored sent accepted refused pending, records here and above
    assert "1 项不一致" in page
    assert "888888" not in page
    assert "没有需要上传" in text_of(client, "loggers", tab="uploads", day="2026-03-02")
    (folder / "forward.json").write_text("{")
    assert client.get(reverse("loggers"), {"tab": "uploads"}).status_code == 400


@pytest.mark.parametrize("role", ROLES)
def test_only_posts_for_the_whole_city_see_and_only_two_of_them_act(
    client: Client, city: City, folder: Path, role: str
) -> None:
    sign_in(client, city, role, "140321")
    assert client.get(reverse("loggers")).status_code == 403
    assert client.get(reverse("logger"), {"mn": MN}).status_code == 403
    assert client.post(reverse("logger_ask"), {"mn": MN, "command": "read_clock"}).status_code == 403
    assert client.post(reverse("logger_settle"), {"mn": STRANGER, "how": "accept"}).status_code == 403
    assert client.post(reverse("logger_settle"), {"mn": MN, "how": "lock", "reason": "x"}).status_code == 403
    assert client.get(reverse("loggers"), {"tab": "uploads"}).status_code == 403
    sign_in(client, city, role)
    sees = role in ("dispatcher", "chief", "auditor", "admin")
    assert client.get(reverse("loggers")).status_code == (200 if sees else 403)
    acts = role in ("dispatcher", "admin")
    asked = client.post(reverse("logger_ask"), {"mn": MN, "command": "read_clock"})
    assert asked.status_code == (302 if acts else 403)


def test_every_mark_has_its_chinese() -> None:
    assert set(MARKS) == set(DEVIATIONS)


def test_the_mark_of_a_simulated_device_speaks_the_readers_language(
    client: Client, city: City, folder: Path
) -> None:
    devices = json.loads((folder / "devices.json").read_text())
    devices[MN]["name"] = "测试厂 1号锅炉（模拟）"
    (folder / "devices.json").write_text(json.dumps(devices))
    sign_in(client, city)
    assert "1号锅炉（模拟）" in text_of(client, "loggers")
    client.post(reverse("language"), {"language": "en"})
    for shown in (text_of(client, "loggers"), text_of(client, "logger", mn=MN)):
        assert "1号锅炉 (simulated)" in shown
        assert "（模拟）" not in shown
