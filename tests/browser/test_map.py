"""The map in a real browser: crowds open, layers are switched and remembered, a county sees its own, keys reach the cards."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import City, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CROWD = 600
MINE, OTHER = "140321", "140322"
OVERLAPS = """nodes => {
    const boxes = nodes.filter(n => getComputedStyle(n).visibility !== "hidden").map(n => n.getBoundingClientRect());
    return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)).length;
}"""
"""How many pairs of texts cover each other."""


@pytest.fixture
def crowded(practice: City) -> Iterator[City]:
    """The city with many more plants, half of them in each of two counties."""
    rows = [
        (f"Z{n:04d}", f"密集{n}", 113.4 + n % 25 / 60, 37.7 + n // 25 / 60, (MINE, OTHER)[n % 2])
        for n in range(CROWD)
    ]
    with closing(sqlite3.connect(practice.folder / "db.sqlite3", timeout=30)) as database:
        with database:
            database.executemany(
                "insert into registry_emitter (code, name, kind, industry, grade, guaranteed, lon, lat, simulated, region_id)"
                " values (?, ?, 'plant', '水泥', 'C', 0, ?, ?, 1, ?)",
                rows,
            )
        yield practice
        with database:
            database.execute("delete from registry_emitter where code like 'Z%'")


def ready(visitor: Visitor) -> Locator:
    """The map of the centre, drawn."""
    visitor.go("/")
    shown = visitor.page.locator("bh-map[data-ready]")
    expect(shown).to_be_attached(timeout=60_000)
    shown.scroll_into_view_if_needed()
    shown.locator(".more").click()  # layers beyond the first stand behind it
    return shown


def layer(page: Page, key: str) -> Locator:
    """The button of a layer."""
    return page.locator(f"bh-map [data-layer={key}]")


def number(button: Locator) -> int:
    """How many objects a layer says it has."""
    found = re.search(r"[\d,]+$", button.inner_text())
    return int(found[0].replace(",", "")) if found else 0


def test_a_crowd_is_counted_and_opens_as_one_comes_closer(chromium: Browser, crowded: City) -> None:
    officer = Visitor(chromium, crowded, "diaodu")
    ready(officer)
    button, clusters = layer(officer.page, "emitters"), officer.page.locator("bh-map .cluster")
    button.click()
    expect(button).to_have_text(re.compile(r"6\d\d$"))
    expect(clusters.first).to_be_visible()
    alone = officer.page.locator("bh-map .triangle").count()
    whole = sum(int(text.replace(",", "")) for text in clusters.all_inner_texts()) + alone
    assert whole == number(button) > CROWD
    assert clusters.evaluate_all(OVERLAPS) == 0
    largest = max(clusters.all(), key=lambda cluster: int(cluster.inner_text().replace(",", "")))
    before = int(largest.inner_text().replace(",", ""))
    largest.click()
    expect(button).not_to_have_text(re.compile(f"{whole}$"))  # only what lies around the view is counted
    assert all(int(text.replace(",", "")) < before for text in clusters.all_inner_texts())
    expect(officer.page.locator("bh-map .triangle").first).to_be_visible()
    assert officer.complaints == []


def test_a_switched_layer_is_remembered_for_this_person(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    ready(officer)
    expect(layer(officer.page, "stations")).to_have_attribute("aria-pressed", "true")
    expect(layer(officer.page, "emitters")).to_have_attribute("aria-pressed", "false")
    layer(officer.page, "stations").click()
    layer(officer.page, "emitters").click()
    expect(officer.page.locator("bh-map .triangle").first).to_be_visible()
    ready(officer)
    expect(layer(officer.page, "stations")).to_have_attribute("aria-pressed", "false")
    expect(layer(officer.page, "emitters")).to_have_attribute("aria-pressed", "true")
    expect(officer.page.locator("bh-map .marker")).to_have_count(0)
    person = officer.page.locator("bh-map").get_attribute("person")
    keys = officer.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('bh-layers'))")
    assert keys == [f"bh-layers:centre:{person}"]


def test_a_county_sees_only_its_own_on_every_layer(chromium: Browser, crowded: City) -> None:
    seen = {}
    for name in ("diaodu", "pd-banli"):
        visitor = Visitor(chromium, crowded, name)
        ready(visitor)
        for key in ("emitters", "emissions"):
            layer(visitor.page, key).click()
            expect(layer(visitor.page, key)).to_have_text(re.compile(r"\d$"))
        seen[name] = {key: number(layer(visitor.page, key)) for key in ("emitters", "emissions", "stations")}
    city, county = seen["diaodu"], seen["pd-banli"]
    assert CROWD / 2 <= county["emitters"] < city["emitters"] - CROWD / 2 + 1
    assert county["emissions"] < city["emissions"]
    assert county["stations"] < city["stations"]


def test_many_layers_stand_behind_a_button_but_for_those_that_are_shown(
    chromium: Browser, practice: City
) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.go("/")
    expect(officer.page.locator("bh-map[data-ready]")).to_be_attached(timeout=60_000)
    buttons, more = officer.page.locator("bh-map [data-layer]"), officer.page.locator("bh-map .layers .more")
    shown = buttons.locator("visible=true").count()
    assert shown < buttons.count()
    expect(more).to_have_text(re.compile(f" {buttons.count() - shown}$"))
    expect(layer(officer.page, "emissions")).to_be_hidden()
    more.click()
    layer(officer.page, "emissions").click()
    officer.go("/")
    expect(layer(officer.page, "emissions")).to_be_visible()


def test_keys_reach_a_sign_open_its_card_and_lead_on(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    ready(officer)
    sign = officer.page.locator("bh-map .sign:has(.marker)").first
    sign.focus()
    officer.page.keyboard.press("Enter")
    card = officer.page.locator("bh-map .leaflet-popup")
    expect(card).to_contain_text("AQI")
    expect(card.locator("a")).to_be_focused()
    officer.page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(sign).to_be_focused()
    officer.page.keyboard.press("Enter")
    officer.page.keyboard.press("Enter")
    expect(officer.page).to_have_url(re.compile("/sites/17"))
    assert officer.complaints == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("phone", [False, True], ids=["1920", "390"])
def test_no_text_covers_another_on_any_screen(
    chromium: Browser, crowded: City, phone: bool, theme: str
) -> None:
    officer = Visitor(chromium, crowded, "diaodu", phone=phone)
    ready(officer)
    officer.page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
    layer(officer.page, "emitters").click()
    expect(officer.page.locator("bh-map .cluster").first).to_be_visible()
    texts = officer.page.locator("bh-map :is(.marker, .cluster, .label)")
    assert texts.count() > 10
    assert texts.evaluate_all(OVERLAPS) == 0
    inside = officer.page.locator("bh-map .layers").bounding_box()
    assert inside is not None
    assert inside["x"] + inside["width"] <= (390 if phone else 1920)


def test_the_cards_of_simulated_objects_say_so(chromium: Browser, crowded: City) -> None:
    officer = Visitor(chromium, crowded, "diaodu")
    ready(officer)
    layer(officer.page, "stations").click()
    layer(officer.page, "emitters").click()
    officer.page.locator("bh-map .triangle").first.click()
    expect(officer.page.locator("bh-map .leaflet-popup")).to_contain_text("模拟")
