"""A consultation in a real browser: guidance taken in, a day adjusted, approved by another person, published, on the centre."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor

pytestmark = pytest.mark.browser
DESK = "/s/forecast_desk/"


def test_from_guidance_to_a_published_forecast(chromium: Browser, practice: City, tmp_path: Path) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    officer.go(f"{DESK}guidance/")
    file = tmp_path / "sheng.csv"
    file.write_text(
        "城市,因子,日期,值\n阳泉市,AQI,2019-01-12,150-190\n某市,AQI,2019-01-12,100\n", encoding="utf-8"
    )
    officer.page.get_by_label("来源").fill("省中心")
    officer.page.get_by_label("文件").set_input_files(str(file))
    officer.page.get_by_role("button", name="导入", exact=True).click()
    expect(officer.page.locator("main")).to_contain_text("没有登记这个城市或评价点位")

    officer.go(DESK)
    expect(officer.page.locator("tr", has_text="省中心")).to_contain_text("150–190")
    officer.page.get_by_label("2019-01-12 AQI", exact=True).fill("187")
    officer.page.get_by_label("2019-01-12 AQI 范围").fill("160-195")
    officer.page.locator("textarea[name=reason]").fill("省里偏低，夜间静稳")
    officer.page.get_by_role("button", name="提交审签").click()
    expect(officer.page.locator("h1 + .tag")).to_have_text("待审签")
    address = re.sub(r"^https?://[^/]+", "", officer.page.url)

    chief = Visitor(chromium, practice, "lingdao")
    chief.go(address)
    chief.page.get_by_role("button", name="审签").click()
    officer.go(address)
    officer.page.get_by_role("button", name="发布").click()
    expect(officer.page.locator("h1 + .tag")).to_have_text("已发布")
    chief.go("/")
    panel = chief.page.locator(".right-col .panel").first
    expect(panel).to_contain_text("会商发布")
    expect(panel).to_contain_text("160–195")
    assert officer.complaints == chief.complaints == []
