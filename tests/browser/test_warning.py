"""The life of a warning in a real browser: proposed, approved, seen by all, changed, lifted; its measures end with it."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor

pytest.importorskip("bihuan.scenarios.heavy_pollution")
pytestmark = pytest.mark.browser
CONTROL = "/s/heavy_pollution/"


def propose(officer: Visitor, what: str, **fields: str) -> None:
    """Open the form by its button, fill it in, send it."""
    officer.go(CONTROL)
    form = officer.page.locator("details.act", has=officer.page.get_by_text(what, exact=True)).first
    form.locator("summary").click()
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        field.select_option(value) if name == "level" else field.fill(value)
    form.get_by_role("button", name="提请", exact=True).click()
    expect(officer.page.locator(".toast-line.success")).to_contain_text("已提请")


def approve(chief: Visitor) -> str:
    """Approve what waits; the message."""
    chief.go(CONTROL)
    chief.page.get_by_role("button", name="批准", exact=True).click()
    said = chief.page.locator(".toast-line.success").first
    expect(said).to_contain_text("已批准")
    return said.inner_text()


def banner(who: Visitor, path: str = "/cases/") -> str:
    """The banner on a page; empty without one."""
    who.go(path)
    found = who.page.locator(".banner")
    return found.first.inner_text() if found.count() else ""


def test_a_warning_from_proposal_to_lift(practice: City, chromium: Browser) -> None:
    officer, chief = Visitor(chromium, practice, "diaodu"), Visitor(chromium, practice, "lingdao")
    county, firm = Visitor(chromium, practice, "pd-banli"), Visitor(chromium, practice, "qiye", phone=True)
    assert banner(county) == ""

    propose(officer, "提请启动预警", level="yellow", reason="会商认为静稳持续", until="2019-01-13T08:00")
    assert officer.page.get_by_role("button", name="批准", exact=True).count() == 0
    assert banner(county) == ""
    approve(chief)
    for who in (county, firm):
        assert "阳泉市重污染天气黄色预警" in banner(who)
        assert "预计至 01-13 08:00" in banner(who)
        expect(who.page.locator(".banner.yellow")).to_be_visible()
    assert "：" in firm.page.locator(".banner > div").first.inner_text()  # its own measure

    officer.go(CONTROL)
    officer.page.get_by_label("区县").select_option("140321")
    officer.page.get_by_role("button", name="筛选").click()
    officer.page.locator("#batch").get_by_role("button", name="采纳并交办").click()
    # It goes on by itself, page after page, until all are done.
    expect(officer.page.locator(".toast-line.success")).to_contain_text("已办理", timeout=120_000)
    done = re.search(r"已办理 (\d+) 条", officer.page.locator(".toast-line.success").first.inner_text())
    assert done

    propose(officer, "提请调整", level="orange", reason="实测加重")
    approve(chief)
    assert "阳泉市重污染天气橙色预警" in banner(firm)
    propose(officer, "提请解除", reason="冷空气到达")
    assert f"{done[1]} 件措施问题已终止" in approve(chief)
    assert banner(county) == banner(firm) == ""

    chief.go(f"{CONTROL}warning/")
    rows = chief.page.locator("tbody tr")
    steps = [rows.nth(n).inner_text().split("\t")[3] for n in range(6)]
    assert steps == ["批准", "提请"] * 3
    rows.first.get_by_role("link", name=re.compile("预警〔2019〕\\d+号")).click()
    expect(chief.page.locator("article.paper h1")).to_contain_text("关于解除阳泉市重污染天气橙色预警的通知")
    with chief.page.expect_download() as word:
        chief.page.get_by_role("link", name="Word", exact=True).click()
    assert word.value.suggested_filename.endswith(".docx")
    for who in (officer, chief, county, firm):
        assert who.complaints == []
