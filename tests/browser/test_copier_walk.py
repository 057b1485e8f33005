"""A station that copies curves, walked through in real browsers: found, made a case, visited with the form on the phone, closed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor, free_port, web_process
from tests.browser.test_cases import registered
from tests.browser.test_inspection import choose, sign
from tests.browser.test_walk import photo, state_of, step
from tests.servers.installed import migrated, run_python

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COUNTY, STATION, COPIES = "140321", "SIM-JC01", 12
BEGIN = """
import django; django.setup()
from datetime import UTC, datetime
from django.contrib.auth.hashers import make_password
from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.registry.models import Person
from bihuan.scenarios import checking
from bihuan.scenarios.inspection_stations import demo
from tests.people import build_city, person
now = datetime(2019, 1, 11, 12, tzinfo=CST).astimezone(UTC)
clock.set_replay(now, 0)
city = build_city()
person("diaodu", ("dispatcher", city.regions["140300"], None))
person("pd-wangge", ("ranger", city.regions["140321"], None))
demo.build(now)
Person.objects.update(password=make_password("Bihuan-2019"))
print(checking.check(now, lambda _: None, looks_at="inspections"))
"""


@pytest.fixture
def city(tmp_path: Path, empty_database: Path) -> Iterator[City]:
    """Eight stations with three days of tests, served."""
    made = City(f"http://127.0.0.1:{free_port()}", migrated(tmp_path / "city", empty_database))
    run_python(made.folder, BEGIN, DJANGO_SETTINGS_MODULE="bihuan.settings")
    server = web_process(made)
    yield made
    server.terminate()
    server.wait(30)


def test_a_station_that_copies_curves_is_found_inspected_and_closed(
    chromium: Browser, city: City, tmp_path: Path
) -> None:
    officer = Visitor(chromium, city, "diaodu")
    officer.go("/findings/?check=station.copied")
    officer.page.get_by_role("link", name=f"{COPIES} 次检验的逐秒曲线与另一次检验雷同").first.click()
    expect(officer.page.locator("main")).to_contain_text("平定县冠山")

    # The county has the case, and somebody visits the station with the phone.
    row = officer.page.locator("main details.act", has_text="交办").first
    row.locator("> summary").click()
    row.get_by_role("button", name="交办", exact=True).click()
    number = registered(officer).rpartition("：")[2]
    handler = Visitor(chromium, city, f"handler_{COUNTY}", phone=True)
    step(handler, number, "sign")
    ranger = Visitor(chromium, city, f"ranger_{COUNTY}", phone=True)
    page = ranger.page
    ranger.go(f"/forms/station_check/fill?target={STATION}")
    expect(page.locator("#send")).to_be_enabled()
    for name in (
        "licence_ok",
        "people_ok",
        "calib_ok",
        "gas_ok",
        "leak_ok",
        "version_ok",
        "video_ok",
        "probe_ok",
        "method_ok",
    ):
        choose(page, name, "yes")
    choose(page, "trace_ok", "no")
    shot = str(photo(tmp_path / "screen.jpg"))
    page.set_input_files("input[type=file][name='/data/software_part/trace_photo']", shot)
    expect(page.locator(".file-preview img").first).to_be_visible()
    sign(page)
    page.locator("#send").click()
    page.wait_for_url("**/answers/*/")
    expect(page.locator("main")).to_contain_text("发现问题 1 项")

    # The county says what was done, the city looks again and closes; the page of the station tells all of it.
    step(handler, number, "plan", note="已约谈，查验近三日检验")
    step(handler, number, "apply_close", note="虚假报告已撤销，车辆重新检验", files=shot)
    verifier = Visitor(chromium, city, "verifier_140300")
    step(verifier, number, "pass", note="已复查", companion="周核查")
    step(officer, number, "close")
    state_of(officer, number, "已销号")
    officer.go(f"/s/inspection_stations/at/{STATION}/")
    expect(officer.page.locator("main")).to_contain_text(number)
    expect(officer.page.locator("main")).to_contain_text("发现问题 1 项")
    assert officer.complaints == handler.complaints == ranger.complaints == verifier.complaints == []
