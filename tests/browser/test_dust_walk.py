"""Work at night, walked through in real browsers: found from the site's monitor and the place downwind, a case, and inspected on the phone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor, free_port, web_process
from tests.browser.test_cases import registered
from tests.browser.test_inspection import choose
from tests.browser.test_walk import photo, step
from tests.servers.installed import migrated, run_python

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COUNTY, SITE = "140311", "SIM-G001"
BEGIN = """
import django; django.setup()
from datetime import UTC, datetime, timedelta
from pathlib import Path
import polars as pl
from django.contrib.auth.hashers import make_password
from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Emitter, Person, Site
from bihuan.scenarios import checking
from bihuan.scenarios.dust_sites import demo
from tests.people import build_city, person
now = datetime(2019, 1, 11, 12, tzinfo=CST).astimezone(UTC)
clock.set_replay(now, 0)
city = build_city()
top, county = city.regions["140300"], city.regions["140311"]
person("diaodu", ("dispatcher", top, None))
Site.objects.create(code="N1", name="站", rank="national", region=county, city=top, lon=113.9, lat=37.9)
for n in range(8):
    Emitter.objects.create(code=f"S{n + 1:03d}", name=f"荫营{n + 1}号工地", kind="site", region=county, industry="建筑施工", grade="C",
                           lon=113.50 + 0.02 * (n % 4), lat=37.88 + 0.03 * (n // 4), simulated=True)
starts = [now - timedelta(hours=n) for n in range(100, 0, -1)]
rows = [{"site": "N1", "time": (s + timedelta(hours=1)).astimezone(CST).replace(tzinfo=None), "PM10": 90.0} for s in starts]
pl.DataFrame(rows).write_parquet(Path("FOLDER") / "air.parquet")
import_files(archive(), [Path("FOLDER") / "air.parquet"], received=now)
demo.build(now)
Person.objects.update(password=make_password("Bihuan-2019"))
print(checking.check(now, lambda _: None, looks_at="dust"))
"""


@pytest.fixture
def city(tmp_path: Path, empty_database: Path) -> Iterator[City]:
    """Eight sites of one county in the morning after, served."""
    made = City(f"http://127.0.0.1:{free_port()}", migrated(tmp_path / "city", empty_database))
    run_python(made.folder, BEGIN.replace("FOLDER", str(tmp_path)), DJANGO_SETTINGS_MODULE="bihuan.settings")
    server = web_process(made)
    yield made
    server.terminate()
    server.wait(30)


def test_work_at_night_is_found_handed_over_and_inspected_on_the_phone(
    chromium: Browser, city: City, tmp_path: Path
) -> None:
    officer = Visitor(chromium, city, "diaodu")
    officer.go("/findings/")
    officer.page.get_by_role(
        "link", name=re.compile("夜间 PM10 5 小时高于县区背景.*下风向 周边点1")
    ).first.click()
    beside = officer.page.locator("section.panel").filter(
        has=officer.page.get_by_role("heading", name="风、背景和可能的来源")
    )
    expect(beside.locator(".row-line").first).to_contain_text("m/s")
    expect(beside).to_contain_text("荫营1号工地（模拟）")

    # The county has the case, and somebody inspects the site on the phone.
    row = officer.page.locator("main details.act", has_text="交办").first
    row.locator("> summary").click()
    row.locator("select[name=organisation]").select_option(label="郊区人民政府")
    row.get_by_role("button", name="交办", exact=True).click()
    number = registered(officer).rpartition("：")[2]
    handler = Visitor(chromium, city, f"handler_{COUNTY}", phone=True)
    step(handler, number, "sign")
    ranger = Visitor(chromium, city, f"ranger_{COUNTY}", phone=True)
    ranger.go(f"/forms/dust_check/fill?target={SITE}")
    expect(ranger.page.locator("#send")).to_be_enabled()
    for name in ("fence", "wash", "paved", "sealed", "box_real", "open_door"):
        choose(ranger.page, name, "yes")
    choose(ranger.page, "cover", "no")
    ranger.page.fill("[name='/data/g2/cover_why']", "基坑边裸土没有苫盖")
    choose(ranger.page, "wet", "na")
    choose(ranger.page, "night_none", "no")
    shot = str(photo(tmp_path / "night.jpg"))
    ranger.page.set_input_files("input[type=file][name='/data/machine/night_none_photo']", shot)
    expect(ranger.page.locator(".file-preview img").first).to_be_visible()
    ranger.page.locator("#send").click()
    ranger.page.wait_for_url("**/answers/*/")
    expect(ranger.page.locator("main")).to_contain_text("应查 5 项，达标 4 项")

    # The page of the site tells all of it.
    officer.go(f"/s/dust_sites/at/{SITE}/")
    main = officer.page.locator("main")
    expect(main).to_contain_text("黄旗")
    expect(main).to_contain_text("4 / 5")
    expect(main).to_contain_text(number)
    expect(main).to_contain_text("没有未经许可的夜间施工")
    assert officer.complaints == handler.complaints == ranger.complaints == []
