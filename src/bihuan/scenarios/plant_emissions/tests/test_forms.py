"""Each form of the register: what is kept and audited of it, what it refuses in which words, and for whom it is there."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.registry.models import AuditEntry
from bihuan.scenarios.plant_emissions import permits
from bihuan.scenarios.plant_emissions.models import Limit, Logger, Outlet, Permit, QualityCheck, Span
from bihuan.scenarios.plant_emissions.tests.asking import as_, text
from bihuan.scenarios.plant_emissions.tests.conftest import MN, NOW, START
from tests.people import ROLES, City

OUTLET = {
    "form": "outlet", "name": "1号锅炉", "process": "coal_boiler", "ref_o2": "9", "rated_flow": "100000", "duct_area": "4",
    "since": "2019-02-25T00:00",
}  # fmt: skip
LOGGER = {
    "form": "logger",
    "mn": MN["E1-1"],
    "edition": "2017",
    "password": "",
    "interval": "10",
    "load_code": "",
}
LIMIT = {
    "form": "limit",
    "item": "so2",
    "limit": "200",
    "period": "hour",
    "valid_from": "2019-02-01",
    "basis": "GB 13271-2014",
}
SPAN = {"form": "span", "item": "so2", "low": "0", "high": "500"}
PERMIT = {
    "form": "permit",
    "number": "91140300E1001V",
    "valid_from": "2019-01-01",
    "valid_until": "2023-12-31",
    "nox": "12.5",
}
QUALITY = {
    "form": "quality",
    "item": "nox",
    "what": "span",
    "at": "2019-02-25T05:00",
    "passed": "yes",
    "result": "漂移 1.2 %",
}
WRITES = {"chief", "admin"}
CHECKS = {"enterprise", "dispatcher", "verifier", "chief"}


def send(client: Client, form: dict[str, str], code: str = "E1-1") -> Any:
    """POST a form of an outlet's register."""
    return client.post(reverse("plant_emissions:register", args=[code]), form, follow=True)


def said(client: Client, form: dict[str, str]) -> str:
    """The page that comes of a form."""
    return str(send(client, form).content.decode())


def rows() -> tuple[int, ...]:
    """How many of each there are."""
    return tuple(m.objects.count() for m in (Outlet, Logger, Limit, Span, Permit, QualityCheck))


@pytest.mark.parametrize(
    ("form", "action", "new"),
    [
        (OUTLET | {"name": "一号炉"}, "outlet", {"name": "一号炉"}),
        (LOGGER | {"interval": "5"}, "logger", {"interval": "5"}),
        (
            LIMIT,
            "limit",
            {"item": "so2", "limit": "200.0", "valid_from": "2019-02-01", "basis": "GB 13271-2014"},
        ),
        (SPAN, "span", {"item": "so2", "high": "500.0"}),
        (PERMIT, "permit", {"number": "91140300E1001V", "nox": "12.5", "valid_until": "2023-12-31"}),
        (QUALITY, "qualitycheck", {"item": "nox", "what": "span", "passed": "True", "result": "漂移 1.2 %"}),
    ],
)
def test_what_was_entered_by_whom_is_in_the_audit(
    client: Client, plants: City, form: dict[str, str], action: str, new: dict[str, str]
) -> None:
    as_(client, plants, "chief", "140321")
    assert "已保存" in said(client, form)
    (entry,) = AuditEntry.objects.filter(action=f"register.{action}")
    assert (entry.person, entry.target, entry.at) == (plants.person("chief", "140321"), "E1-1", NOW)
    assert entry.detail["new"].items() >= new.items()


def test_an_outlet_keeps_its_code_enterprise_and_kind(client: Client, plants: City) -> None:
    as_(client, plants, "chief", "140321")
    said(client, OUTLET | {"code": "X-9", "emitter": "E2", "kind": "sewage", "ref_o2": "6"})
    made = Outlet.objects.get(pk="E1-1")
    assert (made.emitter_id, made.kind, made.ref_o2, made.since) == ("E1", "gas", 6.0, START)
    entry = AuditEntry.objects.get(action="register.outlet")
    assert (entry.detail["old"], entry.detail["new"]) == ({"ref_o2": "9.0"}, {"ref_o2": "6.0"})


def test_an_empty_password_leaves_the_one_that_is_stored(client: Client, plants: City) -> None:
    Logger.objects.filter(pk=MN["E1-1"]).update(password="123456")
    as_(client, plants, "chief", "140321")
    assert "已保存" in said(client, LOGGER | {"interval": "5"})
    kept = Logger.objects.get(pk=MN["E1-1"])
    assert (kept.password, kept.interval) == ("123456", 5)
    assert AuditEntry.objects.get(action="register.logger").detail["new"] == {"interval": "5"}
    assert "123456" not in text(client, "register", "E1-1")


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (OUTLET | {"name": ""}, "必填"),
        (OUTLET | {"process": "coking_water"}, "不属于“废气”"),
        (OUTLET | {"ref_o2": "0"}, "0 与 21"),
        (OUTLET | {"duct_area": "-4"}, "大于或等于"),
        (LOGGER | {"edition": "2016"}, "选"),
        (LOGGER | {"interval": "0"}, "整除 60"),
        (LOGGER | {"interval": "40"}, "整除 60"),
        (LOGGER | {"mn": ""}, "必填"),
        (LIMIT | {"basis": ""}, "必填"),
        (LIMIT | {"limit": "两百"}, "数字"),
        (LIMIT | {"item": "cod"}, "选"),
        (LIMIT | {"valid_from": "2019-02-30"}, "日期"),
        (LIMIT | {"item": "nox", "valid_from": "2018-01-01"}, "2018-01-01 起的同类限值"),
        (SPAN | {"high": "0"}, "上限应大于下限"),
        (SPAN | {"item": "cod"}, "选"),
        (PERMIT | {"valid_until": "2018-12-31"}, "有效期的结束早于开始"),
        (PERMIT | {"number": ""}, "必填"),
        (PERMIT | {"so2": "-0.1"}, "大于或等于"),
        (QUALITY | {"at": "2019-02-25T06:11"}, "完成时间晚于现在（2019-02-25 06:10）"),
        (QUALITY | {"passed": ""}, "必填"),
        (QUALITY | {"result": ""}, "必填"),
        (QUALITY | {"item": "cod"}, "选"),
    ],
)
def test_what_cannot_be_says_why_and_nothing_is_kept(
    client: Client, plants: City, form: dict[str, str], says: str
) -> None:
    before = rows()
    shown = said(as_(client, plants, "chief", "140321"), form)
    assert says in shown
    assert "已保存" not in shown
    assert rows() == before
    assert not AuditEntry.objects.filter(action__startswith="register.").exists()
    # What was typed stands in the form, so that only the wrong field is mended.
    assert form.get("basis", form.get("number", "")) in shown


def test_a_number_of_a_permit_is_given_once(client: Client, plants: City) -> None:
    as_(client, plants, "chief", "140321")
    said(client, PERMIT)
    assert "已存在" in said(client, PERMIT | {"valid_from": "2020-01-01"})
    assert Permit.objects.count() == 1


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("form", [OUTLET, LOGGER, LIMIT, SPAN, PERMIT, QUALITY], ids=lambda f: f["form"])
def test_each_form_is_for_its_posts(client: Client, plants: City, form: dict[str, str], role: str) -> None:
    may = role in (CHECKS if form["form"] == "quality" else WRITES)
    as_(client, plants, role, "140321")
    answer = send(client, form)
    assert answer.status_code == (200 if may else 403)
    assert AuditEntry.objects.filter(action__startswith="register.").exists() == may
    page = client.get(reverse("plant_emissions:register", args=["E1-1"]))
    assert page.status_code == (200 if role in WRITES | CHECKS else 403)
    assert (f'name="form" value="{form["form"]}"' in page.content.decode()) == may


def test_a_form_that_is_not_there_is_refused(client: Client, plants: City) -> None:
    as_(client, plants, "chief", "140321")
    for name in ("", "mark", "outlets"):
        answer = send(client, {"form": name})
        assert answer.status_code == 403
        assert "您的岗位不能修改这一项" in answer.content.decode()
    assert send(client, LIMIT, "E2-1").status_code == 404
    as_(client, plants, "ranger", "140321")
    refused = client.get(reverse("plant_emissions:new")).content.decode()
    assert "您的职务不能办理这件事。排放口由负责人或系统管理员登记" in refused
    assert Limit.objects.count() == 4


def test_the_register_shows_what_is_in_force_and_what_has_ended(client: Client, plants: City) -> None:
    as_(client, plants, "chief", "140321")
    said(client, LIMIT | {"item": "nox", "limit": "80", "valid_from": "2019-02-20"})
    said(client, SPAN)
    Permit.objects.create(
        emitter_id="E1", number="P-OLD", valid_from=date(2016, 1, 1), valid_until=date(2019, 2, 24)
    )
    shown = text(client, "register", "E1-1")
    for part in (
        "<b>100</b> mg/m³",
        "2019-02-20 止（不含）",
        "<b>80</b> mg/m³",
        "2019-02-20 起",
        "0–500 mg/m³",
        "P-OLD",
        "已过期",
        "没有质控记录",
    ):
        assert part in shown


def test_small_permitted_amounts_are_shown_whole(client: Client, plants: City) -> None:
    """0.05 t of ammonia a year is not 0.1."""
    Permit.objects.create(
        emitter_id="E1", number="P", valid_from=date(2019, 1, 1), valid_until=date(2020, 1, 1), nox=0.05
    )
    assert "0.00</b> / 0.050 t (0.0%)" in text(as_(client, plants, "chief"), "permits", "E1-1")
    shown = text(client, "register", "E1-1")
    assert "氮氧化物 0.050 · 化学需氧量 — ·" in shown


@pytest.mark.parametrize(("pm", "tone"), [(9.0, ""), (9.1, "warn"), (10.0, "warn"), (10.1, "bad")])
def test_a_permit_warns_from_nine_tenths_on(
    client: Client, plants: City, monkeypatch: pytest.MonkeyPatch, pm: float, tone: str
) -> None:
    monkeypatch.setattr(permits, "year_amounts", lambda *_: {"pm": pm})
    Permit.objects.create(
        emitter_id="E1", number="P", valid_from=date(2019, 1, 1), valid_until=date(2020, 1, 1), pm=10.0
    )
    assert f'颗粒物 <b class="{tone}">{pm:.2f}</b> / 10 t' in text(as_(client, plants), "permits", "E1-1")
