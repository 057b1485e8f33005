"""The plants' day in a real browser: a clipped sensor found, traced to its packets, handed over and closed; the month report."""

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor
from tests.browser.test_walk import photo, state_of, step

pytestmark = pytest.mark.browser
OUTLET = "/s/plant_emissions/P010-1/"


def cells(visitor: Visitor, table: int) -> list[list[str]]:
    """The text of a table's body, row by row."""
    rows = visitor.page.locator("table.t").nth(table).locator("tbody tr")
    return [row.locator("td").all_inner_texts() for row in rows.all()]


def number(text: str) -> float:
    """The number at the head of a cell."""
    found = re.match(r"-?[\d.]+", text)
    assert found, text
    return float(found.group())


def test_a_clipped_sensor_from_its_finding_to_a_closing_that_must_wait(
    chromium: Browser, practice: City, tmp_path: Path
) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.go("/s/plant_emissions/")
    expect(officer.page.locator("main")).to_contain_text("模拟")
    officer.go(OUTLET)
    officer.page.get_by_role("link", name=re.compile("氮氧化物.*恰在限值 50 之下")).first.click()
    expect(officer.page.get_by_role("link", name="打开点位")).to_have_attribute("href", OUTLET)
    officer.page.locator("details.act summary", has_text="处理").click()
    officer.page.get_by_role("button", name="交办").click()
    found = re.search(r"[^\s：]+〔2019〕\d{4}", officer.page.locator(".toast-line").first.inner_text())
    assert found
    case = found.group()

    handler = Visitor(chromium, practice, "yx-banli", phone=True)
    step(handler, case, "sign")
    step(handler, case, "plan", note="已派人到现场核对数采仪")
    step(handler, case, "apply_close", note="上限设置已删除", files=str(photo(tmp_path / "after.jpg")))
    step(Visitor(chromium, practice, "hecha"), case, "pass", note="现场核实", companion="周核查")
    state_of(officer, case, "核查通过")
    assert officer.page.locator("details[data-action=close]").count() == 0  # its sensor is not normal yet
    expect(officer.page.locator("#steps")).to_contain_text(
        re.compile("销号：规则报到 .*，尚未恢复；恢复后需正常 24 小时")
    )
    assert officer.complaints == handler.complaints == []


def test_an_hour_leads_to_its_minutes_and_to_packets_whose_check_value_fits(
    chromium: Browser, practice: City
) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.go(OUTLET)
    officer.page.get_by_role("link", name=re.compile("证据")).first.click()
    expect(officer.page.locator("main")).to_contain_text("全部报文的校验值重新计算后相符")
    values, minutes = cells(officer, 0), cells(officer, 1)
    heads = officer.page.locator("table.t").nth(1).locator("th").all_inner_texts()
    column = next(i for i, head in enumerate(heads) if head.startswith("氮氧化物"))
    nox = next(row for row in values if row[0] == "氮氧化物")
    measured = [number(row[column]) for row in minutes if re.match(r"[\d.]+$", row[column].strip())]
    assert len(measured) == int(number(nox[3])) >= 45
    assert number(nox[2]) == pytest.approx(sum(measured) / len(measured), abs=0.006)
    assert officer.page.locator("details.row-line summary .good").count() >= len(measured)
    officer.page.locator("details.row-line summary").first.click()
    expect(officer.page.locator("pre.pe-raw").first).to_contain_text("##")
    assert officer.complaints == []


def test_the_month_report_opens_in_excel_with_the_numbers_of_the_page(
    chromium: Browser, practice: City, tmp_path: Path
) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.go("/s/plant_emissions/ledger/")
    shown = {(r[0], r[2]): number(r[3]) for r in cells(officer, 0)}
    with officer.page.expect_download() as download:
        officer.page.get_by_role("link", name="Excel").click()
    path = tmp_path / "month.xlsx"
    download.value.save_as(path)
    rows = [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]
    head = next(row for row in rows if "企业" in row and "污染物" in row)
    plant, item, kg = (head.index(name) for name in ("企业", "污染物", "排放量 kg"))
    body = [row for row in rows[rows.index(head) + 1 :] if row[plant] and row[item]]
    assert len(shown) > 50
    assert {(row[plant], row[item]): round(row[kg], 1) for row in body} == shown
