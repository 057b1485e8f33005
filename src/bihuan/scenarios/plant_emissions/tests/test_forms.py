"""What is registered of an outlet on one page, and its quality checks: kept, audited, refused in which words, for whom."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.registry.models import AuditEntry
from bihuan.scenarios.plant_emissions import permits
from bihuan.scenarios.plant_emissions.models import Limit, Permit, QualityCheck, Span
from bihuan.scenarios.plant_emissions.tests.asking import as_, text
from bihuan.scenarios.plant_emissions.tests.conftest import NOW
from tests.people import ROLES, City

QUALITY = {
    "item": "nox",
    "what": "span",
    "at": "2019-02-25T05:00",
    "passed": "yes",
    "result": "漂移 1.2 %",
}
CHECKS = {"enterprise", "dispatcher", "verifier", "chief"}


def send(client: Client, form: dict[str, str], code: str = "E1-1") -> Any:
    """POST a form of an outlet's register."""
    return client.post(reverse("plant_emissions:register", args=[code]), form, follow=True)


def said(client: Client, form: dict[str, str]) -> str:
    """The page that comes of a form."""
    return str(send(client, form).content.decode())


def test_what_was_entered_by_whom_is_in_the_audit(client: Client, plants: City) -> None:
    as_(client, plants, "chief", "140321")
    assert "已保存" in said(client, QUALITY)
    (entry,) = AuditEntry.objects.filter(action="register.qualitycheck")
    assert (entry.person, entry.target, entry.at) == (plants.person("chief", "140321"), "E1-1", NOW)
    new = {"item": "nox", "what": "span", "passed": "True", "result": "漂移 1.2 %"}
    assert entry.detail["new"].items() >= new.items()


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (QUALITY | {"at": "2019-02-25T06:11"}, "完成时间晚于现在（2019-02-25 06:10）"),
        (QUALITY | {"passed": ""}, "必填"),
        (QUALITY | {"result": ""}, "必填"),
        (QUALITY | {"item": "cod"}, "选"),
    ],
)
def test_what_cannot_be_says_why_and_nothing_is_kept(
    client: Client, plants: City, form: dict[str, str], says: str
) -> None:
    shown = said(as_(client, plants, "chief", "140321"), form)
    assert says in shown
    assert "已保存" not in shown
    assert not QualityCheck.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="register.").exists()
    # What was typed stands in the form, so that only the wrong field is mended.
    assert form["result"] in shown


def test_the_register_shows_what_is_in_force_and_what_has_ended(client: Client, plants: City) -> None:
    as_(client, plants, "chief", "140321")
    Limit.objects.filter(limit=100, outlet="E1-1").update(valid_until=date(2019, 2, 20))
    Limit.objects.create(
        outlet_id="E1-1", item="nox", limit=80, valid_from=date(2019, 2, 20), basis="DB 14/1929-2019"
    )
    Span.objects.create(outlet_id="E1-1", item="so2", high=500)
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


@pytest.mark.parametrize("role", ROLES)
def test_the_page_and_its_form_are_for_their_posts(client: Client, plants: City, role: str) -> None:
    as_(client, plants, role, "140321")
    assert send(client, QUALITY).status_code == (200 if role in CHECKS else 403)
    assert QualityCheck.objects.exists() == (role in CHECKS)
    page = client.get(reverse("plant_emissions:register", args=["E1-1"]))
    assert page.status_code == (200 if role in {"chief", "admin"} | CHECKS else 403)
    if page.status_code == 200:
        shown = page.content.decode()
        assert (f"{reverse('register_new', args=['limits'])}?outlet=E1-1" in shown) == (
            role in {"chief", "admin"}
        )
