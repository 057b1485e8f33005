"""A name from the register is text wherever script writes it: in the tooltips of charts, in the map's cards, in the search."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import City, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SITE = "1738A"
NAME = "<img src=x onerror=alert(1)><a href=//evil.example>点</a>"
TIPS = """element => element.chart.getOption().series.flatMap((line, number) => {
    const at = line.silent ? -1 : line.data.findIndex(point => point[1] !== null);
    if (at < 0) return [];
    element.chart.dispatchAction({type: "showTip", seriesIndex: number, dataIndex: at});
    const tip = element.chart.getDom().lastElementChild;
    return [{text: tip.innerText, made: tip.querySelectorAll("img, a").length}];
})"""


@pytest.fixture
def named(practice: City) -> Iterator[City]:
    """The city with a station whose name is HTML."""
    with closing(sqlite3.connect(practice.folder / "db.sqlite3", timeout=30)) as database:
        [(before,)] = database.execute("select name from registry_site where code = ?", (SITE,)).fetchall()

        def rename(name: str) -> None:
            with database:
                database.execute("update registry_site set name = ? where code = ?", (name, SITE))

        rename(NAME)
        yield practice
        rename(before)


def tips_are_text(page: Page, kind: str) -> None:
    """Hover over every line of the first chart of a kind: the name's characters are there, no element was made of them."""
    chart = page.locator(f"{kind}[data-ready]").first
    chart.wait_for()
    tips = chart.evaluate(TIPS)
    assert any(NAME in tip["text"] for tip in tips), tips
    assert [tip for tip in tips if tip["made"]] == []


def name_is_text(place: Locator) -> None:
    """The characters are there and no element was made of them."""
    expect(place).to_contain_text(NAME)
    expect(place.locator("img, a[href*='evil']")).to_have_count(0)


@pytest.mark.parametrize("tab", ["series", "neighbours"])
def test_the_tooltip_of_a_stations_chart_writes_its_name_as_text(
    chromium: Browser, named: City, tab: str
) -> None:
    officer = Visitor(chromium, named, "diaodu")
    officer.go(f"/sites/{SITE}/?tab={tab}")
    tips_are_text(officer.page, "bh-chart")
    assert officer.complaints == []


@pytest.mark.parametrize(
    ("path", "kind", "data"),
    [
        ("/forecast/", "bh-chart", "**/forecast/series.json*"),
        ("/forecast/scores/", "bh-reliability", "**/reliability.json*"),
    ],
)
def test_bands_and_lines_of_every_chart_are_named_in_text(
    chromium: Browser, practice: City, path: str, kind: str, data: str
) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.page.route(data, with_names)
    officer.go(path)
    tips_are_text(officer.page, kind)
    assert officer.complaints == []


def with_names(route: Route) -> None:
    """The server's answer with every line, band and word called NAME."""
    answer = route.fetch()
    told = answer.json()
    for panel in told.get("panels", ()):
        for part in (*panel["series"], *panel["bands"]):
            part["name"] = NAME
    for line in told.get("lines", ()):
        line["name"] = NAME
    told["texts"] = dict.fromkeys(told.get("texts", ()), NAME)
    route.fulfill(response=answer, json=told)


def test_the_maps_card_and_the_search_write_the_name_as_text(chromium: Browser, named: City) -> None:
    officer = Visitor(chromium, named, "diaodu")
    expect(officer.page.locator("bh-map[data-ready]")).to_be_attached(timeout=60_000)
    officer.page.locator(f"bh-map .sign[title^='{NAME[:20]}'] .marker").click()
    name_is_text(officer.page.locator("bh-map .leaflet-popup"))
    officer.go(f"/search/?q={SITE}")
    name_is_text(officer.page.locator("main"))
    assert officer.complaints == []
