"""Every page at both widths: it opens, the console is silent, nothing runs off the side; keyboard, language, replay."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor

pytestmark = pytest.mark.browser
PAGES = (
    "/", "/sites/", "/sites/1738A/", "/sites/1738A/?tab=evaluation", "/sites/1738A/?tab=quality", "/sites/1738A/?tab=neighbours",
    "/sites/1738A/?tab=raw", "/evaluation/", "/evaluation/calendar/", "/brief/2019-01-10/", "/forecast/", "/forecast/scores/", "/s/heavy_pollution/",
    "/s/station_quality/", "/s/forecast_desk/", "/s/forecast_desk/guidance/1/",
    "/findings/", "/cases/?tab=all", "/cases/figures/", "/checks/", "/quarantine/", "/imports/", "/system/",
    "/search/?q=赛鱼", "/me/", "/s/plant_emissions/", "/s/plant_emissions/P010-1/", "/s/plant_emissions/P001-W1/", "/s/plant_emissions/ledger/", "/loggers/",
)  # fmt: skip


@pytest.mark.parametrize("phone", [False, True], ids=["1920", "390"])
def test_every_page_opens_quietly_and_fits(chromium: Browser, practice: City, phone: bool) -> None:
    officer = Visitor(chromium, practice, "diaodu", phone=phone)
    for path in PAGES:
        officer.go(path)
        officer.page.wait_for_load_state("networkidle")
        width = officer.page.evaluate("document.documentElement.scrollWidth")
        assert width <= (390 if phone else 1920), f"{path} is {width} px wide"
        assert officer.page.get_by_role("button", name="6 月臭氧周").count() == 1, (
            f"{path} lost the replay's bar"
        )
        assert officer.complaints == [], path


def test_the_map_shows_the_stations_numbers(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    expect(officer.page.locator("bh-map[data-ready]")).to_be_attached(timeout=60_000)
    markers = officer.page.locator("bh-map .marker")
    expect(markers).to_have_count(5)
    assert all(re.fullmatch(r"2\d\d", t) for t in markers.all_inner_texts())
    markers.first.click()
    expect(officer.page.locator("bh-map .leaflet-popup")).to_contain_text(markers.first.inner_text())
    officer.page.locator("bh-map .leaflet-popup a").click()
    expect(officer.page).to_have_url(re.compile("/sites/17"))


def test_the_keyboard_leads_to_the_search_and_through_the_rows(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.go("/cases/?tab=all")
    officer.page.keyboard.press("j")
    officer.page.keyboard.press("j")
    assert officer.page.locator("[data-row].sel").count() == 1
    officer.page.keyboard.press("/")
    officer.page.keyboard.type("赛鱼")
    officer.page.keyboard.press("Enter")
    expect(officer.page.locator("main")).to_contain_text("1739A")


def test_the_language_can_be_switched(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "lingdao")
    officer.page.locator(".top details.act summary").click()
    officer.page.get_by_role("button", name="English").click()
    expect(officer.page.locator(".top nav")).to_contain_text("Forecast")
    officer.go("/cases/?tab=all")
    expect(officer.page.locator("h1")).to_have_text("Cases")


def test_a_replay_jump_shows_only_what_was_known_then(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.page.get_by_role("button", name="6 月臭氧周").click()
    expect(officer.page.locator("#clock")).to_have_text("2019-06-18 14:00")
    # At 14:00 the newest hour that had arrived (35 minutes' delay) is the one labelled 13:00.
    expect(officer.page.locator(".left .panel").first).to_contain_text("13:00 实时")
    officer.page.get_by_role("button", name="1 月重污染").click()
    expect(officer.page.locator("#clock")).to_have_text("2019-01-11 12:00")


def test_on_a_phone_every_page_and_the_search_are_two_taps_away(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "diaodu", phone=True)
    menu = officer.page.locator(".phone-menu")
    menu.locator("summary").click()
    entries = menu.locator("a").all_inner_texts()
    assert {"指挥", "预报", "日报", "发现", "系统状态"} <= set(entries)
    menu.get_by_role("link", name="日报").click()
    expect(officer.page.locator("main")).to_contain_text("空气质量日报")
    officer.page.locator(".phone-menu summary").click()
    officer.page.locator(".phone-menu input[name=q]").fill("水泥")
    officer.page.keyboard.press("Enter")
    officer.page.locator("main a[href^='/units/']").first.click()
    expect(officer.page.locator("h1")).to_contain_text("水泥")
    expect(officer.page.locator("main")).to_contain_text("减排措施")


def test_the_key_of_action_opens_the_first_form_and_writes_into_it(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.go("/findings/")
    officer.page.keyboard.press("j")
    officer.page.keyboard.press("a")
    focused = officer.page.evaluate(
        "document.activeElement.closest('details[open]') !== null && document.activeElement.tagName"
    )
    assert focused in ("INPUT", "SELECT", "TEXTAREA")


@pytest.mark.parametrize("phone", [False, True], ids=["1920", "390"])
def test_on_a_phone_limits_stand_beside_the_title_and_not_over_the_curves(
    chromium: Browser, practice: City, phone: bool
) -> None:
    officer = Visitor(chromium, practice, "diaodu", phone=phone)
    officer.go("/forecast/")
    chart = officer.page.locator("bh-chart[data-ready]").first
    chart.wait_for()
    drawn = chart.evaluate("element => element.chart.getOption()")
    beside = [t["text"] for t in drawn["title"] if "限值" in t["text"]]
    over = [
        mark
        for line in drawn["series"]
        for mark in line.get("markLine", {}).get("data", [])
        if "yAxis" in mark and mark["label"]["show"]
    ]
    assert (len(beside) > 3, len(over) > 3) == (phone, not phone)
