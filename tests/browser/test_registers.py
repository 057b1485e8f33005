"""A bureau fills its register in a real browser: a station by form, a file with a bad cell, the history, and back again."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LIST = "/registers/stations/"


def test_a_station_by_form_a_file_with_a_bad_cell_its_history_and_back(
    chromium: Browser, practice: City, tmp_path: Path
) -> None:
    chief = Visitor(chromium, practice, "lingdao")
    page = chief.page
    page.on("dialog", lambda dialog: dialog.accept())

    chief.go(LIST)
    page.get_by_role("link", name="新增").click()
    page.get_by_label("编码").fill("T900")
    page.get_by_label("名称").fill("试验路站")
    page.get_by_label("区划").select_option(label="平定县 140321")
    page.get_by_label("级别").select_option("乡镇")
    page.locator("bh-map[data-ready]").wait_for()
    page.locator("bh-map").click(position={"x": 20, "y": 250})  # far outside the county
    expect(page.get_by_label("经度")).not_to_have_value("")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator(".problem")).to_contain_text("边界以外")
    expect(page.get_by_label("名称")).to_have_value("试验路站")
    page.get_by_label("经度").fill("113.65")
    page.get_by_label("纬度").fill("37.80")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("h1")).to_have_text("试验路站")

    file = tmp_path / "点位.csv"
    file.write_text(
        "编码,名称,区划,经度,纬度,级别\nT900,试验东路站,140321,113.65,37.80,乡镇\nT901,坏点,140321,很东,37.81,乡镇\n", "utf-8"
    )  # fmt: skip
    chief.go(f"{LIST}import")
    page.get_by_label("文件", exact=True).set_input_files(str(file))
    page.get_by_role("button", name="预览").click()
    expect(page.locator("tr", has_text="很东")).to_contain_text("经度")
    expect(page.locator("main")).to_contain_text("试验路站 → 试验东路站")
    page.get_by_label("理由").fill("道路改名")
    page.get_by_role("button", name="导入这 1 行").click()
    expect(page.locator(".toast-line")).to_contain_text("1 行没有导入")

    page.get_by_role("link", name="T900").click()
    expect(page.locator(".timeline li").first).to_contain_text("试验路站 → 试验东路站")
    expect(page.locator(".timeline li").first).to_contain_text("道路改名")
    page.go_back()
    page.get_by_text("撤销这一批").click()
    page.get_by_label("理由").fill("改名没有批准")
    page.get_by_role("button", name="撤销", exact=True).click()
    chief.go(f"{LIST}T900/")
    expect(page.locator("h1")).to_have_text("试验路站")
    assert [c for c in chief.complaints if "400" not in c] == []  # the refused form itself is no fault


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_list_is_narrowed_while_one_types_and_nothing_sticks_out(
    chromium: Browser, practice: City, phone: bool
) -> None:
    chief = Visitor(chromium, practice, "lingdao", phone=phone)
    chief.go("/registers/emitters/")
    chief.page.get_by_label("查找").fill("P004")
    expect(chief.page.locator("tbody tr")).to_have_count(1)
    assert "q=P004" in chief.page.url
    for path in ("", "P004/", "new", "import", "?view=map"):
        chief.go(f"/registers/emitters/{path}")
        assert chief.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    chief.page.locator("bh-map[data-ready] .sign > *").first.wait_for()
    assert chief.complaints == []
