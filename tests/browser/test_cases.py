"""Cases in a real browser: a grid worker reports on a phone, nothing typed is lost, the keyboard goes to the form."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor
from tests.browser.test_walk import photo

pytestmark = pytest.mark.browser


def registered(who: Visitor) -> str:
    """The number in the sentence that says what was registered."""
    said = who.page.locator(".toast-line.success").inner_text()
    found = re.search(r"\S+〔2019〕\d{4}", said)
    assert found, said
    return found.group().removeprefix("已登记")


def test_a_grid_worker_reports_on_a_phone_and_the_office_is_told(
    chromium: Browser, practice: City, tmp_path: Path
) -> None:
    worker = Visitor(chromium, practice, "pd-wangge", phone=True)
    worker.go("/cases/")
    worker.page.get_by_role("link", name="登记问题").click()
    form = worker.page.locator("form.new-case")
    form.locator("[name=title]").fill("路边焚烧垃圾")
    form.locator("[name=description]").fill("两处明火")
    form.locator("[name=files]").set_input_files(photo(tmp_path / "fire.jpg"))
    map_ = form.locator("bh-map[data-ready]")
    map_.scroll_into_view_if_needed()
    map_.click(position={"x": 200, "y": 120})
    assert 37 < float(form.locator("[name=lat]").input_value()) < 39
    assert 112 < float(form.locator("[name=lon]").input_value()) < 115
    # A refusal loses nothing: not the text, not the place, not the photo.
    place = form.locator("[name=lon]").input_value()
    form.locator("[name=lat]").fill("95")
    form.get_by_role("button", name="登记").click()
    expect(worker.page.locator(".toast-line.error")).to_contain_text("纬度“95”不是")
    expect(form.locator("[name=description]")).to_have_value("两处明火")
    expect(form.locator("[name=lon]")).to_have_value(place)
    expect(form.locator("[name=draft]")).to_be_checked()
    form.locator("[name=lat]").fill("37.86")
    form.get_by_role("button", name="登记").click()
    number = registered(worker)
    expect(worker.page.locator(".photos img")).to_have_count(1)
    assert worker.page.evaluate("document.documentElement.scrollWidth") <= 390
    worker.go("/cases/?tab=reported")
    expect(worker.page.locator("main")).to_contain_text(number)
    assert worker.complaints == []

    officer = Visitor(chromium, practice, "diaodu")
    officer.go("/inbox/")
    entry = officer.page.locator("[data-row]").filter(has_text=number)
    expect(entry).to_contain_text("报送")
    entry.get_by_role("link").first.click()
    officer.go("/inbox/")
    expect(officer.page.locator("[data-row]").filter(has_text=number)).to_have_count(0)
    assert officer.complaints == []


def test_the_key_a_opens_the_first_step_and_goes_into_its_form(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.go("/cases/new/")
    form = officer.page.locator("form.new-case")
    form.locator("[name=title]").fill("工地未冲洗")
    form.locator("[name=region]").select_option(label="平定县")
    form.get_by_role("button", name="登记").click()
    registered(officer)
    officer.page.keyboard.press("a")
    first = officer.page.locator("#steps details[data-action]").first
    expect(first).to_have_js_property("open", True)
    expect(first.locator("select, input:not([type=hidden]), textarea").first).to_be_focused()
    assert first.locator("form button").is_visible()
    # The text says how much of its limit is used.
    first.locator("[name=note]").fill("立即冲洗")
    expect(first.locator("[data-counts=note]")).to_have_text("4 / 2000")
    assert officer.complaints == []


def test_every_number_of_the_statistics_leads_to_its_cases(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.go("/cases/figures/?by=unit")
    number = officer.page.locator("table.figures tbody tr").first.locator("a").first
    expected = int(number.inner_text())
    number.click()
    expect(officer.page.locator("[data-row]")).to_have_count(expected)
    assert officer.complaints == []
