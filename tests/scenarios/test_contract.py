"""A folder is all there is to a line of business: put in, it is everywhere; taken out, it is nowhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from bihuan.domain.checks import check
from bihuan.scenarios import resolved, scenario_names
from bihuan.scenarios.contract import DataAge, Scenario
from bihuan.scenarios.resolved import BadScenario, every_scenario
from bihuan.web import urls
from tests.scenarios.house import asked, copied

TOY = Path(__file__).with_name("toy")
EVERYWHERE = """
from bihuan.cases.models import Finding
from bihuan.scenarios.checking import check
from bihuan.jobs import run_due
from bihuan.registry.models import JobRun
from bihuan.schedule import every_job
page = lambda client, url: (lambda answer: (answer.status_code, answer.content.decode()))(client.get(url))
given = {"code": "N1", "name": "昼夜广场", "region": "140321", "lon": "113.6", "lat": "37.8", "zone": "2类", "height": "1.5", "limit_day": "60"}
form = [chief.post("/registers/noise/new", given | {"limit_night": value, "reason": "布点"}).status_code for value in ("600", "50")]
for job in every_job():
    if job.name in ("check", "noise"):
        run_due(job, NOW)
layer = page(officer, "/map/layers/register-noise.json")
print(json.dumps({
    "form": form,
    "form for a ranger": ranger.post("/registers/noise/new", given).status_code,
    "list": "昼夜广场" in page(officer, "/registers/noise/")[1],
    "object": "夜间噪声超过限值" in page(officer, "/registers/noise/N1/")[1],
    "register elsewhere": page(elsewhere, "/registers/noise/N1/")[0],
    "map": "register-noise" in page(officer, "/")[1],
    "layer": layer[0] == 200 and "昼夜广场" in layer[1],
    "menu": "/s/toy/" in page(officer, "/me/")[1] and "/registers/noise/" in page(officer, "/me/")[1],
    "menu of a ranger": "/s/toy/" in page(ranger, "/me/")[1],
    "page": page(officer, "/s/toy/")[0],
    "taken": "昼夜广场,60" in page(officer, "/s/toy/?as=csv&q=昼夜")[1],
    "page for a ranger": page(ranger, "/s/toy/")[0],
    "patrolled": "昼夜广场" in page(officer, "/patrols/coverage/?objects=noise")[1],
    "search": "昼夜广场" in page(officer, "/search/?q=昼夜")[1].split("</h1>")[1],
    "catalogue": "noise.night" in page(officer, "/checks/")[1],
    "finding": [(f.title, f.target_name) for f in Finding.objects.all()],
    "job": [r.result for r in JobRun.objects.filter(job="noise")],
}))
"""


@pytest.mark.slow
def test_a_toy_scenario_is_everywhere_and_nowhere_when_its_folder_goes(tmp_path: Path) -> None:
    house = copied(tmp_path, added=[TOY])
    assert asked(house, tmp_path / "data", EVERYWHERE) == {
        "form": [400, 302],
        "form for a ranger": 403,
        "list": True,
        "object": True,
        "register elsewhere": 404,
        "map": True,
        "layer": True,
        "menu": True,
        "menu of a ranger": False,
        "page": 200,
        "taken": True,
        "page for a ranger": 403,
        "patrolled": True,
        "search": True,
        "catalogue": True,
        "finding": [["夜间噪声超过限值", "昼夜广场"]],
        "job": ["1 个噪声点位"],
    }
    rest = copied(tmp_path / "rest")
    assert asked(rest, tmp_path / "data2", EVERYWHERE) == {
        "form": [404, 404],
        "form for a ranger": 404,
        "list": False,
        "object": False,
        "register elsewhere": 404,
        "map": False,
        "layer": False,
        "menu": False,
        "menu of a ranger": False,
        "page": 404,
        "taken": False,
        "page for a ranger": 404,
        "patrolled": False,
        "search": False,
        "catalogue": False,
        "finding": [],
        "job": [],
    }


def test_the_toy_costs_no_more_than_eighty_lines() -> None:
    lines = [line for path in TOY.glob("*.py") for line in path.read_text("utf-8").splitlines()]
    assert len([line for line in lines if line.strip()]) <= 80


OF_FOLDERS = {
    "/evaluation/": "air", "/evaluation/calendar/": "air", "/brief/2019-02-24/": "air", "/sites/S1/": "air",
    "/map/layers/stations.json": "air", "/timeline.json": "forecast", "/forecast/": "forecast", "/forecast/scores/": "forecast",
    "/s/station_quality/S1/": "station_quality", "/s/forecast_desk/": "forecast_desk", "/s/heavy_pollution/": "heavy_pollution",
}  # fmt: skip
OF_THE_HOUSE = (
    "/", "/findings/", "/findings/1/", "/incidents/1/", "/cases/", "/cases/2019-1/", "/checks/", "/system/", "/search/?q=S1",
    "/me/", "/map/layers/cases.json", "/inbox/", "/registers/",
)  # fmt: skip
A_STATION = """
from bihuan.cases.actions import hand_over
from bihuan.cases.findings import open_or_extend
from bihuan.registry.models import Site
Site.objects.create(code="S1", name="站", rank="national", region=county, lon=113.6, lat=37.8, evaluated=True, city=city)
found = open_or_extend(
    check_key="air.stuck", target_kind="site", target="S1", target_name="站", title="测试", region=county, started_at=NOW, until=NOW,
    magnitude=1.0, unit="", severity="minor", evidence={},
)[0]
case = hand_over([found], Person.objects.get(username="officer"), centre)
pages = [f"/cases/{case.number}/" if page.startswith("/cases/2") else page for page in PAGES]
print(json.dumps({asked: officer.get(page).status_code for asked, page in zip(PAGES, pages)}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("gone", [[name] for name in scenario_names()] + [scenario_names()], ids=str)
def test_every_page_of_the_house_opens_without_a_folder(tmp_path: Path, gone: list[str]) -> None:
    expected = dict.fromkeys(OF_THE_HOUSE, 200)
    expected |= {url: 404 if folder in gone else 200 for url, folder in OF_FOLDERS.items()}
    script = f"PAGES = {list(expected)!r}\n{A_STATION}"
    assert asked(copied(tmp_path, without=gone), tmp_path / "data", script) == expected


def nothing(request: HttpRequest) -> HttpResponse:
    """A page."""
    return HttpResponse()


def read_as(monkeypatch: pytest.MonkeyPatch, **given: Scenario) -> None:
    """Let these be all folders there are."""
    every_scenario.cache_clear()
    monkeypatch.setattr(resolved, "scenario_names", lambda: list(given))
    monkeypatch.setattr(resolved, "_read", given.__getitem__)


def probe(key: str = "test.probe") -> Scenario:
    """A scenario with one check."""
    named = check(key, title="试", basis="试", severity="minor")(lambda *_: None)
    return Scenario(key, "试", "1", checks=(named,))


def test_two_folders_that_claim_the_same_check_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = probe().checks
    read_as(monkeypatch, a=Scenario("a", "试", "1", checks=checks), b=Scenario("b", "试", "1", checks=checks))
    with pytest.raises(BadScenario, match=r"the check 'test\.probe' is claimed by 2 scenarios"):
        every_scenario()
    every_scenario.cache_clear()


def test_a_folder_whose_file_gives_no_scenario_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolved, "import_module", lambda _: object())
    with pytest.raises(BadScenario, match=r"scenarios/odd/scenario\.py does not say SCENARIO"):
        resolved._read("odd")


@pytest.mark.parametrize(
    ("mine", "yours", "said"),
    [
        (path("a/", nothing, name="one"), path("b/", nothing, name="one"), "the page 'one' is claimed by 2"),
        (path("a/", nothing, name="one"), path("a/", nothing, name="two"), "the address 'a/' is claimed by 2"),
    ],
)  # fmt: skip
def test_two_folders_that_claim_one_page_at_the_root_are_refused(
    monkeypatch: pytest.MonkeyPatch, mine: URLPattern, yours: URLPattern, said: str
) -> None:
    read_as(
        monkeypatch,
        a=Scenario("a", "试", "1", root_pages=(mine,)),
        b=Scenario("b", "试", "1", root_pages=(yours,)),
    )
    with pytest.raises(BadScenario, match=said):
        every_scenario()
    every_scenario.cache_clear()


def test_no_page_of_a_folder_at_the_root_hides_one_of_the_house() -> None:
    own = [p for p in urls.urlpatterns if isinstance(p, URLPattern)]
    theirs = [page for s in every_scenario().values() for page in s.root_pages]
    assert {p.name for p in own} & {p.name for p in theirs} == set()
    assert {str(p.pattern) for p in own} & {str(p.pattern) for p in theirs} == set()


def test_the_age_of_the_data_is_that_of_the_newest_line_of_business(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2019, 2, 25, 6, tzinfo=UTC)
    older, newer = (DataAge(now - timedelta(hours=h), f"{h} 小时", stale=False) for h in (5, 1))
    given = {"a": older, "b": None, "c": newer}
    read_as(
        monkeypatch,
        none=Scenario("n", "试", "1"),
        **{k: Scenario(k, "试", "1", newest_data=lambda _at, age=age: age) for k, age in given.items()},
    )
    assert resolved.newest_data(now) == newer
    every_scenario.cache_clear()
    read_as(monkeypatch, none=Scenario("n", "试", "1"))
    assert resolved.newest_data(now) is None
    every_scenario.cache_clear()
