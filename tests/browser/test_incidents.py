"""A real exceedance stands as one incident with all its sides, and two clicks hand all of them over in one case."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor

pytestmark = pytest.mark.browser
SIDES = ("小时均值超标", "小时均值超超低限值", "超低排放月达标率不足")


def test_an_exceedance_with_three_facets_is_one_line_and_one_case_in_two_clicks(
    chromium: Browser, practice: City
) -> None:
    """The treatment of an outlet fails in the practice city: over the limit, over the ultra-low limit, the month's share."""
    officer = Visitor(chromium, practice, "diaodu")
    officer.go("/findings/?severity=serious&check=cems.limits.hour_over")
    page = officer.page
    rows = page.locator(".incident")
    row = rows.filter(has=page.get_by_text(SIDES[1])).first
    row.get_by_text("其中的发现").click()
    for side in SIDES[1:]:
        expect(row).to_contain_text(side)
    counted = re.search(r"共 (\d+) 条", row.inner_text())
    assert counted
    assert int(counted.group(1)) >= 3

    row.get_by_text("处理", exact=True).click()
    row.get_by_role("button", name="交办", exact=True).click()
    expect(page.locator(".toast-line.success")).to_contain_text(f"含 {counted.group(1)} 条发现")
    expect(page.locator("h1")).to_contain_text("超限值")
    officer.go("/findings/?tab=handed&check=cems.limits.hour_over")
    expect(page.locator(".incident").first).to_contain_text(f"共 {counted.group(1)} 条")
