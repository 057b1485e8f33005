"""The page of models: roles as of the clock, only administrators change them, and everything is audited."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.forecasting.shelf import ModelShelf
from bihuan.registry import forecasting
from bihuan.registry.models import AuditEntry
from bihuan.scenarios.forecast.tests.world import DAY, make_sites
from tests.forecasting.issuing import installation
from tests.forecasting.test_shelf import T0, keep
from tests.people import City


@pytest.fixture
def shelf(city: City, data_dir: Path) -> ModelShelf:
    """Yangquan's five stations in the register; a champion of two days ago and the one before it."""
    make_sites(city)
    clock.set_replay(T0 + 10 * DAY, 0)
    return forecasting.shelf()


@pytest.fixture
def admin(client: Client, city: City) -> Client:
    client.force_login(city.person("admin", "140300"))
    return client


def _champion(shelf: ModelShelf) -> str:
    return next(m for m, c in shelf.standing(clock.now()).items() if c.role == "champion")


def test_without_models_the_page_says_how_one_comes(admin: Client, shelf: ModelShelf) -> None:
    assert "还没有训练过的模型" in admin.get(reverse("models")).content.decode()


def test_roles_scores_and_hash_as_of_the_clock(admin: Client, shelf: ModelShelf) -> None:
    old, new = keep(shelf, T0, "champion"), keep(shelf, T0 + 8 * DAY, "champion")
    later = keep(shelf, T0 + 20 * DAY, "champion")
    text = admin.get(reverse("models")).content.decode()
    for record in (old, new):
        assert record.sha256[:8] in text
        assert f"{record.validation['pm25']['combined'][0]:.1f}" in text  # alike at all leads
    assert later.sha256[:8] not in text
    assert "正在起报" in text
    table = admin.get(reverse("models"), {"as": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(table) == 3
    assert new.sha256 in table[1]
    assert "正式" in table[1]
    assert "停用" in table[2]


def test_an_administrator_goes_back_with_a_reason_and_it_is_audited(admin: Client, shelf: ModelShelf) -> None:
    old, new = keep(shelf, T0, "champion"), keep(shelf, T0 + 8 * DAY, "champion")
    admin.post(reverse("model_appoint"), {"model": old.model_id, "reason": " "})
    assert _champion(shelf) == new.model_id
    admin.post(reverse("model_appoint"), {"model": old.model_id, "reason": "新模型偏高"})
    assert _champion(shelf) == old.model_id
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target, entry.person.username if entry.person else "") == (
        "model.champion", old.model_id, "admin_140300",
    )  # fmt: skip
    assert entry.detail == {"reason": "新模型偏高", "before": new.model_id}


def test_an_altered_or_unknown_model_is_not_appointed(admin: Client, shelf: ModelShelf) -> None:
    old, new = keep(shelf, T0, "champion"), keep(shelf, T0 + 8 * DAY, "champion")
    (shelf.folder / f"{old.model_id}.model").write_bytes(b"x")
    for name in (old.model_id, "../../x", new.model_id):
        answer = admin.post(reverse("model_appoint"), {"model": name, "reason": "r"}, follow=True)
        assert answer.status_code == 200
    assert _champion(shelf) == new.model_id
    assert not AuditEntry.objects.exists()


def test_why_a_model_cannot_be_used_is_said_in_the_language_of_the_administrator(
    admin: Client, shelf: ModelShelf
) -> None:
    old, _new = keep(shelf, T0, "champion"), keep(shelf, T0 + 8 * DAY, "champion")
    (shelf.folder / f"{old.model_id}.model").write_bytes(b"x")
    asked = {"model": old.model_id, "reason": "r"}
    page = admin.post(reverse("model_appoint"), asked, follow=True).content.decode()
    assert (
        f"模型 {old.model_id} 的文件 {old.model_id}.model 与登记时不同（SHA-256 不符）；请从备份恢复" in page
    )
    admin.post(reverse("language"), {"language": "en", "next": "/"})
    page = admin.post(reverse("model_appoint"), asked, follow=True).content.decode()
    assert "is not what was registered (SHA-256 differs); restore it from a backup" in page
    assert "与登记时不同" not in page


@pytest.mark.parametrize("role", ["dispatcher", "chief", "auditor", "handler", "enterprise"])
def test_others_change_nothing(client: Client, city: City, shelf: ModelShelf, role: str) -> None:
    old, new = keep(shelf, T0, "champion"), keep(shelf, T0 + 8 * DAY, "champion")
    client.force_login(city.person(role, "140300"))
    client.post(reverse("model_appoint"), {"model": old.model_id, "reason": "r"})
    assert _champion(shelf) == new.model_id
    sees = client.get(reverse("models")).status_code == 200
    assert sees == (role in ("dispatcher", "chief", "auditor"))
    if sees:
        assert "设为正式" not in client.get(reverse("models")).content.decode()


def test_the_job_trains_when_due_and_audits_what_it_did(shelf: ModelShelf, data_dir: Path) -> None:
    installation(data_dir, "2019-01-01", "2019-01-24T08:00")
    now = T0 + 10 * DAY
    assert "训练 20190123" in forecasting.renew_models(now)
    assert forecasting.renew_models(now + DAY) == "未到训练期限"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.person, entry.detail) == ("model.champion", None, {"reason": "首个模型"})
    run = forecasting.forecast_city(now + DAY / 24)
    assert forecasting.fallback_of(run) == []
    path = shelf.folder / f"{entry.target}.model"
    path.write_bytes(b"damaged")
    said = forecasting.fallback_of(forecasting.forecast_city(now + DAY / 12))
    assert said == [f"正式模型 {entry.target} 不可用，已重新训练"]
    assert AuditEntry.objects.count() == 2
