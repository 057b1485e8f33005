"""Who reads and changes what of the forecast, which files leave the house, and what an empty installation shows."""

from pathlib import Path

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.registry.models import AuditEntry
from tests.people import COUNTIES, ROLES, City, person
from tests.taken import read, sheet
from tests.web.world import NOW

MINE, TOP = "140321", "140300"
WATCHERS = {"dispatcher", "chief", "auditor", "admin"}


@pytest.fixture
def officer(client: Client, city: City, data_dir: Path) -> Client:
    """The city's duty officer in an installation without any run."""
    clock.set_replay(NOW, 0)
    client.force_login(city.person("dispatcher", TOP))
    return client


def test_an_empty_installation_says_that_there_is_no_forecast(officer: Client) -> None:
    assert "尚无预报" in officer.get("/").content.decode()
    page = officer.get(reverse("forecast"))
    assert (page.status_code, page.context["run"], page.context["runs"], page.context["days"]) == (
        200,
        None,
        [],
        [],
    )


def test_without_a_run_charts_are_empty_and_break_nothing(officer: Client) -> None:
    series = officer.get(reverse("forecast_series")).json()
    assert [len(p["series"]) for p in series["panels"]] == [1] * 6
    assert {v for p in series["panels"] for v in p["series"][0]["data"]} == {None}
    assert officer.get(reverse("forecast_reliability")).json()["lines"] == []
    assert officer.get(reverse("forecast_daily")).json()["panels"] == []
    line = officer.get(reverse("timeline")).json()
    assert set(line["panels"][0]["series"][0]["data"]) == {None}
    assert line["panels"][0]["bands"] == []


def test_without_a_run_a_report_of_the_month_still_opens_and_says_so(officer: Client) -> None:
    answer = officer.get(reverse("forecast_report"))
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")


@pytest.mark.parametrize("asked", [{"span": "2019-13"}, {"span": "x"}, {"span": "2019-2"}, {"span": "recent"}, {"span": "2019-03"}])  # fmt: skip
def test_a_report_of_no_month_or_of_one_to_come_is_not_there(officer: Client, asked: dict[str, str]) -> None:
    """The clock stands in February 2019."""
    assert officer.get(reverse("forecast_report"), asked).status_code == 404


@pytest.mark.parametrize("run", ["x", "20190101T000000Z-0", "../../etc", ""])
def test_a_run_that_never_was_is_not_there(officer: Client, run: str) -> None:
    expected = 404 if run else 200
    for name in ("forecast", "forecast_series"):
        assert officer.get(reverse(name), {"run": run}).status_code == expected


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_scores_without_rows_have_the_heads_that_they_have_with_rows(officer: Client, form: str) -> None:
    content = officer.get(reverse("forecast_scores"), {"as": form}).content
    rows = read(content) if form == "csv" else [[c.value for c in r] for r in sheet(content).iter_rows()]
    assert rows == [["item", "block", "model", "n", "rmse", "mae", "bias", "correlation", "crps", "name"]]


@pytest.mark.parametrize("role", ROLES)
def test_no_post_of_counties_reads_or_changes_the_citys_models(
    client: Client, city: City, data_dir: Path, role: str
) -> None:
    """Neither of one county nor of all of them; the city's own posts are let in by their role."""
    unit = city.governments[MINE] if role in ("handler", "enterprise") else None
    everywhere = person(f"all_{role}", *((role, city.regions[code], unit) for code in COUNTIES))
    for someone in (city.person(role, MINE), everywhere):
        client.force_login(someone)
        assert client.get(reverse("models")).status_code == 403
        answer = client.post(reverse("model_appoint"), {"model": "m", "reason": "x"})
        assert [str(m) for m in get_messages(answer.wsgi_request)] == ["预报模型由全市的系统管理员更换。"]
        client.session.flush()
    assert not AuditEntry.objects.exists()
    client.force_login(city.person(role, TOP))
    assert client.get(reverse("models")).status_code == (200 if role in WATCHERS else 403)


def test_the_citys_administrator_is_told_that_there_is_no_such_model(
    client: Client, city: City, data_dir: Path
) -> None:
    client.force_login(city.person("admin", TOP))
    for sent, said in (
        ({"model": "m", "reason": "x"}, "没有编号为 m 的模型。"),
        ({"model": "m", "reason": "  "}, "请写明更换的理由，它会随模型长期保存。"),
        ({}, "请写明更换的理由，它会随模型长期保存。"),
    ):
        page = client.post(reverse("model_appoint"), sent, follow=True).content.decode()
        assert said in page
    assert client.get(reverse("model_appoint")).status_code == 405
