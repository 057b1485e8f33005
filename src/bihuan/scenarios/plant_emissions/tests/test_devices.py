"""Loggers and their channels as registers: what the receiver is handed, and that nobody ever reads a password or key again."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from bihuan.errors import NotAllowed
from bihuan.kit.registers.actions import apply, change, create
from bihuan.kit.registers.export import csv_of, excel_of
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.undo import undo
from bihuan.kit.registers.writing import Act, Refused
from bihuan.loggers.parked import asked
from bihuan.loggers.register import Device, change_password, read_register, refuse
from bihuan.registry.changes import Batch, Change
from bihuan.registry.hours import archive
from bihuan.registry.models import AuditEntry, Organisation
from bihuan.scenarios.plant_emissions.channel_factors import factors_of, written
from bihuan.scenarios.plant_emissions.models import Channel, Logger
from bihuan.scenarios.plant_emissions.registers import CHANNELS, LOGGERS
from bihuan.scenarios.plant_emissions.tests.asking import as_
from bihuan.scenarios.plant_emissions.tests.conftest import MN
from tests.kit.registers.world import csv_file, planned, problems
from tests.people import City

pytestmark = pytest.mark.django_db
NEW = "TEST000000000000000000E9"
KEY = "0123456789abcdeffedcba9876543210"
LOGGER = {
    "mn": NEW, "emitter": "E1", "edition": "HJ 212-2025", "vendor": "", "interval": "10", "addresses": "10.1.0.0/16 192.168.3.4",
    "password": "geheim9", "sm4_key": KEY,
}  # fmt: skip
ROW = {
    "设备编号 MN": NEW, "企业": "E1", "协议版本": "HJ 212-2017", "分钟数据间隔（min）": "10", "接入密码": "geheim9", "SM4 密钥": KEY,
}  # fmt: skip


def told(city: City, reason: str = "接入", county: str = "140321") -> Act:
    return Act(city.person("chief", county), reason)


def device(data_dir: Path, mn: str = NEW) -> Device | None:
    """What the receiver reads of a device."""
    return read_register(data_dir / "devices.json").get(mn)


def everything_kept(data_dir: Path) -> str:
    """All that the house keeps beside the receiver's own file: database, history, log, files that were imported."""
    texts = [json.dumps(list(m.objects.values()), default=str) for m in (Logger, Change, Batch, AuditEntry)]
    files = [p.read_bytes().decode("utf-8", "replace") for p in (data_dir / "registers").glob("*")]
    return "".join([*texts, *files, csv_of(LOGGERS, Logger.objects.all()).decode("utf-8-sig")])


def test_a_registered_device_is_let_in_with_its_password_and_key(plants: City, data_dir: Path) -> None:
    assert device(data_dir) is None
    create(LOGGERS, LOGGER, told(plants))
    found = device(data_dir)
    assert found is not None
    assert (found.password, found.key, found.simulated) == ("geheim9", bytes.fromhex(KEY), True)
    assert (found.may_come_from("10.1.2.3"), found.may_come_from("10.2.2.3")) == (True, False)
    assert [mn for mn, _file in asked(archive().devices.folder)] == [
        NEW
    ]  # what it had sent before is brought in
    assert (data_dir / "devices.json").stat().st_mode & 0o777 == 0o600


def test_no_door_shows_a_password_or_key_again(client: Client, plants: City, data_dir: Path) -> None:
    as_(client, plants, "chief", "140321")
    client.post(reverse("register_new", args=["loggers"]), LOGGER)
    pages = [
        reverse("register_object", args=["loggers", NEW]), reverse("register_edit", args=["loggers", NEW]),
        reverse("register", args=["loggers"]) + "?whole=csv", reverse("register_batch", args=["loggers", Batch.objects.get().pk]),
    ]  # fmt: skip
    shown = "".join(client.get(page).content.decode() for page in pages)
    wrong = client.post(
        reverse("register_edit", args=["loggers", NEW]), {"password": "geheim 10", "reason": "换"}
    )
    assert "密码最多 20 个字母或数字" in wrong.content.decode()
    for text in (shown, wrong.content.decode(), everything_kept(data_dir)):
        assert "geheim" not in text
        assert KEY not in text
    assert b"geheim" not in excel_of(LOGGERS, Logger.objects.all())
    assert "接入密码" in shown  # that one was entered is told, and it can be entered anew


def test_only_what_is_changed_can_leave_a_password_as_it_is(
    client: Client, plants: City, data_dir: Path
) -> None:
    create(LOGGERS, LOGGER, told(plants))
    as_(client, plants, "chief", "140321")
    assert "空着不变" not in client.get(reverse("register_new", args=["loggers"])).content.decode()
    assert "空着不变" in client.get(reverse("register_edit", args=["loggers", NEW])).content.decode()


def test_an_empty_password_leaves_the_one_that_is_there(plants: City, data_dir: Path) -> None:
    create(LOGGERS, LOGGER, told(plants))
    made = Logger.objects.get(pk=NEW)
    assert change(LOGGERS, made, {"password": "", "sm4_key": ""}, told(plants)) is None
    change(LOGGERS, made, {"interval": "5", "password": ""}, told(plants, "改间隔"))
    found = device(data_dir)
    assert found is not None
    assert (found.password, Logger.objects.get(pk=NEW).interval) == ("geheim9", 5)


def test_a_new_password_ends_a_change_that_was_on_its_way_and_a_locked_device_stays_locked(
    plants: City, data_dir: Path
) -> None:
    create(LOGGERS, LOGGER, told(plants))
    change_password(data_dir / "devices.json", NEW, "unterwegs")
    refuse(data_dir / "devices.json", NEW, "乱发")
    change(LOGGERS, Logger.objects.get(pk=NEW), {"password": "neu1"}, told(plants, "现场已改"))
    found = device(data_dir)
    assert found is not None
    assert (found.password, found.next_password, found.refused) == ("neu1", None, True)
    (turned,) = Change.objects.filter(key=NEW, action="changed")
    assert (turned.before, turned.after) == ({}, {"password": "***"})


def test_taking_the_registration_back_shuts_the_device_out(plants: City, data_dir: Path) -> None:
    create(LOGGERS, LOGGER, told(plants))
    (batch,) = Batch.objects.all()
    assert undo(LOGGERS, batch, told(plants, "登错")).effective
    assert device(data_dir) is None
    # The password is gone with it: whoever wants the device back enters it again.
    again = undo(LOGGERS, Batch.objects.latest("pk"), told(plants, "又要"))
    assert [p.why for row in again.rows for p in row.problems] == ["密码和密钥不留底，撤销不能恢复"]


def test_a_changed_password_cannot_be_taken_back(plants: City, data_dir: Path) -> None:
    create(LOGGERS, LOGGER, told(plants))
    batch = change(LOGGERS, Logger.objects.get(pk=NEW), {"password": "neu1", "interval": "5"}, told(plants))
    assert batch is not None
    plan = undo(LOGGERS, batch, told(plants, "撤"))
    assert not plan.effective
    found = device(data_dir)
    assert found is not None
    assert found.password == "neu1"


def test_a_list_of_devices_is_imported_and_the_file_with_its_passwords_is_not_kept(
    plants: City, data_dir: Path
) -> None:
    path = csv_file(data_dir, [ROW, ROW | {"设备编号 MN": "B", "接入密码": "", "SM4 密钥": ""}])
    plan = planned(LOGGERS, path, plants.person("chief", "140321"))
    (kept,) = (data_dir / "registers").iterdir()
    made = apply(plan, Act(plants.person("chief", "140321"), "接入", file=plan.file, blob=kept.name))
    assert made is not None
    assert (plan.counts, made.blob) == ({Fate.NEW: 2}, "")
    first, second = device(data_dir), device(data_dir, "B")
    assert first is not None
    assert second is not None
    assert (first.password, second.password) == ("geheim9", None)
    path.unlink()
    assert "geheim" not in everything_kept(data_dir)
    same = csv_file(data_dir, [{k: v for k, v in ROW.items() if k not in ("接入密码", "SM4 密钥")}])
    assert planned(LOGGERS, same).counts == {Fate.SAME: 1}


def test_what_cannot_be_of_a_device_is_told_by_cell_without_the_secret(plants: City, data_dir: Path) -> None:
    bad = {"企业": "E9", "分钟数据间隔（min）": "7", "接入密码": "a;b", "SM4 密钥": "12"}
    found = problems(planned(LOGGERS, csv_file(data_dir, [ROW | bad])))
    assert [(column, value, why) for _row, column, value, why in found] == [
        ("企业", "E9", "没有登记过"),
        ("接入密码", "", "密码最多 20 个字母或数字，不含空格和 ; = &"),
        ("SM4 密钥", "", "SM4 密钥是 32 位十六进制数字"),
    ]
    (row,) = problems(planned(LOGGERS, csv_file(data_dir, [ROW | {"分钟数据间隔（min）": "7"}])))
    assert row[3] == "分钟数据间隔应能整除 60"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"emitter": "E2"}, "您的职务不管理所填的区划"),
        ({"addresses": "10.1"}, "不是 IP 地址或网段"),
        ({"vendor": "测试县局"}, "不是运维单位"),
    ],
)
def test_what_cannot_be_of_a_device_is_refused(
    plants: City, data_dir: Path, given: dict[str, str], why: str
) -> None:
    Organisation.objects.create(name="测试县局", kind="county", region=plants.regions["140321"])
    with pytest.raises((Refused, NotAllowed), match=why):
        create(LOGGERS, LOGGER | given, told(plants))
    assert device(data_dir) is None


def test_another_countys_device_is_neither_seen_nor_taken_over(client: Client, plants: City) -> None:
    as_(client, plants, "chief", "140321")
    theirs = Logger.objects.get(outlets="E2-1")
    assert client.get(reverse("register_object", args=["loggers", theirs.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        change(LOGGERS, theirs, {"emitter": "E1"}, told(plants))
    with pytest.raises((Refused, NotAllowed)):
        create(
            CHANNELS, {"logger": theirs.pk, "outlet": "E1-1", "factors": ""}, told(plants, county="140321")
        )
    with pytest.raises(Refused, match="先改通道"):
        change(LOGGERS, Logger.objects.get(pk=MN["E1-1"]), {"emitter": "E2"}, told(plants, county="140300"))


def test_a_channel_names_the_device_by_its_outlets(plants: City, data_dir: Path) -> None:
    create(LOGGERS, LOGGER, told(plants))
    create(CHANNELS, {"logger": NEW, "outlet": "E1-1", "factors": "a21026=so2 a19001=o2*0.1"}, told(plants))
    found = device(data_dir)
    assert found is not None
    assert (found.name, found.password) == ("测试厂E1 1号锅炉（模拟）", "geheim9")
    assert factors_of(Channel.objects.get(logger=NEW).factors) == {
        "a21026": ("so2", 1.0),
        "a19001": ("o2", 0.1),
    }


@pytest.mark.parametrize("text", ["a21026", "a21026=gold", "a=so2*0", "a=so2*-1", "a=so2 a=nox", "=so2"])
def test_factors_that_nobody_can_read_are_refused(plants: City, data_dir: Path, text: str) -> None:
    with pytest.raises(ValueError, match="编码"):
        factors_of(text)
    with pytest.raises(Refused):
        create(CHANNELS, {"logger": MN["E1-1"], "outlet": "E1-1", "factors": text}, told(plants))


def test_factors_are_read_as_they_are_written() -> None:
    factors = {"a1": ("so2", 1.0), "w-2": ("cod", 1000.0), "x": ("load", 0.001)}
    assert factors_of(written(factors)) == factors
    assert factors_of(" ") == {}


@pytest.mark.django_db(transaction=True)
def test_an_older_register_keeps_its_passwords_enterprises_and_factors(data_dir: Path) -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    def at(*names: str) -> Any:
        executor = MigrationExecutor(connection)
        executor.migrate([("plant_emissions", name) for name in names])
        return (
            MigrationExecutor(connection).loader.project_state([("plant_emissions", n) for n in names]).apps
        )

    try:
        old = at("0006_vendors")
        region = old.get_model("registry", "Region").objects.create(code="140321", name="平定县")
        emitter = old.get_model("registry", "Emitter").objects.create(
            code="E1", name="厂", kind="plant", region=region, industry="x", grade="C", lon=1, lat=1
        )
        outlet = old.get_model("plant_emissions", "Outlet").objects.create(
            code="E1-1", name="1", emitter=emitter, process="coal_boiler", since="2019-01-01T00:00Z"
        )
        loggers = old.get_model("plant_emissions", "Logger").objects
        for mn in ("known", "waiting"):
            logger = loggers.create(mn=mn, edition=2017, password=f"pw-{mn}")
            old.get_model("plant_emissions", "Channel").objects.create(
                logger=logger, outlet=outlet, factors={"a1": ["so2", 1.0], "a2": ["nox", 0.5]}
            )
        (data_dir / "devices.json").write_text(json.dumps({"known": {"password": "its own"}}))
        at("0009_versions")
        assert set(Logger.objects.values_list("emitter", flat=True)) == {"E1"}
        assert set(Channel.objects.values_list("factors", flat=True)) == {"a1=so2 a2=nox*0.5"}
        devices = json.loads((data_dir / "devices.json").read_text())
        # The receiver's own word counts; who was not let in yet waits with the password that was registered.
        assert devices == {
            "known": {"password": "its own"},
            "waiting": {"password": "pw-waiting", "refused": True},
        }
    finally:
        call_command("migrate", verbosity=0)
