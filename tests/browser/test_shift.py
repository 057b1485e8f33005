"""Two officers in a real browser: one signs the shift and changes a rule, the other takes over on a phone."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor

pytestmark = pytest.mark.browser
NOTE = "夜里盯紧焦化厂，王工已答应 22 点前回话"


def test_a_shift_is_signed_at_the_desk_and_taken_over_on_a_phone(chromium: Browser, practice: City) -> None:
    leaving = Visitor(chromium, practice, "diaodu")
    leaving.go("/handover/")
    expect(leaving.page.get_by_role("heading", name="未处置的事件")).to_be_visible()
    leaving.page.locator("[name=note]").fill(NOTE)
    leaving.page.get_by_role("button", name="签字交班").click()
    expect(leaving.page.get_by_text(NOTE)).to_be_visible()
    expect(leaving.page.get_by_role("button", name="已阅，签字接班")).to_have_count(0)
    address = leaving.page.url.removeprefix(practice.address)

    taking = Visitor(chromium, practice, "lingdao", phone=True)
    taking.go("/inbox/")
    taking.page.locator(f"a[href='{address}']").first.click()
    # A click does not wait for the page that it opens.
    expect(taking.page.get_by_role("button", name="已阅，签字接班")).to_be_visible()
    wide = taking.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    taking.page.get_by_role("button", name="已阅，签字接班").click()
    expect(taking.page.get_by_text("尚未签字")).to_have_count(0)
    with taking.page.expect_download() as paper:
        taking.page.get_by_role("link", name="Word").click()
    assert paper.value.suggested_filename.endswith(".docx")
    assert leaving.complaints == taking.complaints == []


def test_a_rule_is_tried_saved_and_undone(chromium: Browser, practice: City) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.go("/checks/")
    officer.page.get_by_role("link", name="数采仪离线").first.click()
    officer.page.locator("[name=delay_on]").fill("10080")
    officer.page.get_by_role("button", name="试算近 30 天").click()
    expect(officer.page.locator("#tried")).to_contain_text("改后：会报 0 条")
    officer.page.locator("form.rule [name=reason]").first.fill("演练")
    officer.page.locator("[name=delay_on]").fill("120")
    officer.page.get_by_role("button", name="保存").click()
    expect(officer.page.locator(".toast-line.success")).to_contain_text(
        "已记录"
    )  # the page that was saved, not the one filled in
    expect(officer.page.locator("[name=delay_on]")).to_have_value("120")
    officer.page.locator("form.together [name=reason]").last.fill("演练结束")
    officer.page.get_by_role("button", name="撤销到上一版").click()
    expect(officer.page.locator("[name=delay_on]")).to_have_value("0")
    assert officer.complaints == []
