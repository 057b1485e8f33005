"""An inspection in a real browser: a grid worker fills in the form on a phone, with a photo and a signature; the office hands over in one tap."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, Visitor
from tests.browser.test_walk import photo

pytestmark = pytest.mark.browser
OUTLET = "P010-1"


def choose(page: Page, name: str, value: str) -> None:
    """A choice of a question."""
    page.locator(
        f"input[value='{value}'][data-name$='/{name}'], input[value='{value}'][name$='/{name}']"
    ).check()


def sign(page: Page) -> None:
    """A stroke on the pad; it is taken a moment after the pen is lifted."""
    pad, taken = page.locator(".draw-widget canvas"), page.locator("[name='/data/end_part/signed']")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 80, steps=8)
    page.mouse.up()
    expect(taken).not_to_have_value("")


def test_a_problem_found_with_a_photo_is_handed_over_in_one_tap(
    chromium: Browser, practice: City, tmp_path: Path
) -> None:
    worker = Visitor(chromium, practice, "diaodu", phone=True)
    page = worker.page
    worker.go(f"/forms/outlet_check/fill?target={OUTLET}")
    page.locator("#send:enabled").click()
    expect(page.locator("#faults")).to_contain_text("有题目没有填对")
    choose(page, "tidy", "no")
    page.fill("[name='/data/house/warmth']", "20")
    page.set_input_files("input[type=file][name='/data/house/house_photo']", str(photo(tmp_path / "a.jpg")))
    expect(
        page.locator("[name='/data/sampling/line_heat']")
    ).to_be_hidden()  # asked only of one way of measuring
    choose(page, "method", "extract")
    page.fill("[name='/data/sampling/line_heat']", "130")
    choose(page, "analyser", "fine")
    choose(page, "gas_kind", "so2")
    page.fill("[name='/data/gas/gas_cert']", "100")
    page.fill("[name='/data/gas/gas_shown']", "101")
    page.fill("[name='/data/gas/gas_until']", "2019-06-01")
    choose(page, "records", "yes")
    sign(page)
    page.locator("#send").click()
    page.wait_for_url("**/answers/*/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".answered img")).to_have_count(2)
    page.get_by_role("button", name="一键交办").click()
    said = page.locator(".toast-line.success").inner_text()
    assert re.search(r"已登记 \S+〔2019〕\d{4}：已交办 ", said)
    expect(page.get_by_role("button", name="一键交办")).to_have_count(0)
    assert worker.complaints == []
