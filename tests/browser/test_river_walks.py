"""Water, walked through in real browsers: the event of 白羊墅 from its reading to the month report, and a survey from three finds without signal to the sign."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitor
from tests.browser.phone import NOON, Phone, picture, until_kept
from tests.browser.river_city import RiverCity, begin
from tests.browser.test_cases import registered
from tests.browser.test_inspection import choose
from tests.browser.test_phone_field import opened
from tests.browser.test_phone_finds import CHOOSE
from tests.browser.test_walk import photo, state_of, step

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SECTION, FIRST, COUNTY = "白羊墅", "SIM-P01", "140311"
LATER = """
head = "省份,流域,断面名称,监测时间,水质类别,水温(℃),pH(无量纲),溶解氧(mg/L),高锰酸盐指数(mg/L),氨氮(mg/L),总磷(mg/L),总氮(mg/L),站点情况"
hours = [f"2019-01-{day} {hour:02}:00" for day in (14, 15) for hour in range(0, 24, 4)]
rows = [f"山西省,海河流域,白羊墅,{hour},Ⅳ,6.1,7.83,9.3,4.6,0.{210 + n},0.21{n % 3},4.7,正常" for n, hour in enumerate(hours)]
path = Path("FOLDER") / "later.csv"
path.write_text("\\n".join([head, *rows]), encoding="utf-8")
(report,) = import_files(archive(), [path], received=at("2019-10-01T08:00"))
assert report.new and not report.error, report
"""
"""Two days after the real readings, invented: the water is back in its class."""
VALUES = {"w01018": 86.0, "w21003": 12.4, "w21011": 1.1}


@pytest.fixture
def city(tmp_path: Path, empty_database: Path) -> Iterator[RiverCity]:
    """The rivers, served."""
    made, server = begin(tmp_path / "city", empty_database)
    yield made
    server.terminate()
    server.wait(30)


def with_forms(phone: Phone, username: str) -> Phone:
    """Signed in, with all that is needed to fill in a form without signal."""
    phone.context.clock.set_system_time(NOON)
    phone.sign_in(username)
    phone.kept()
    phone.page.goto(f"{phone.city.address}/m/#me")
    phone.page.get_by_role("button", name="更新数据").click()
    library = str(
        phone.page.locator("script[type=module]").evaluate(
            "(s) => new URL('../vendor/enketo.min.js', s.src).pathname"
        )
    )
    until_kept(phone, library)
    until_kept(phone, library.replace("enketo.min.js", "enketo.min.css"))
    return phone


def checked(page: Page, *, water_ok: str) -> None:
    """The inspection of an outfall, filled in."""
    fine = dict.fromkeys(("no_new", "mouth", "board", "archive"), "yes")
    for name, value in {"discharging": "yes", "closed": "na", "water_ok": water_ok, **fine}.items():
        choose(page, name, value)


def test_the_event_is_traced_looked_at_mended_and_told(
    chromium: Browser, city: RiverCity, tmp_path: Path
) -> None:
    officer = Visitor(chromium, city, "diaodu")
    officer.go("/s/water_sections/events/")
    expect(officer.page.locator("main")).to_contain_text("没有发现水质突变")

    # The reading of 08:00 to 12:00 has arrived: the round after it names the event, the finding its suspects.
    assert "新发现 1 条" in city.goes_on('a_round("2019-01-11T13:05")')
    officer.go("/findings/")
    officer.page.get_by_role("link", name=re.compile(f"{SECTION}.*水质由 Ⅳ 类变为 劣Ⅴ 类")).first.click()
    suspects = officer.page.locator("section.panel").filter(
        has=officer.page.get_by_role("heading", name="上游嫌疑")
    )
    expect(suspects.locator(".row-line").first).to_contain_text("桃河污水处理厂总排口（模拟）")
    finding = officer.page.url.removeprefix(city.address)

    # Somebody is sent to the first one, and has its form on the phone, also without signal.
    suspects.locator(".row-line").first.get_by_role("button", name="派人现场核查").click()
    expect(officer.page.locator(".toast-line").first).to_contain_text("已派查")
    expect(officer.page.locator("main")).to_contain_text("待检查")
    phone = with_forms(Phone(chromium, city, tmp_path / "phone").start(), f"ranger_{COUNTY}")
    phone.context.set_offline(True)
    page = opened(phone, FIRST)
    checked(page, water_ok="no")
    water = picture(tmp_path / "water.jpg", NOON, 37.86, 113.6)
    page.set_input_files("input[type=file][name='/data/water/water_photo']", str(water))
    expect(page.locator(".file-preview img").first).to_be_visible()
    page.locator("#save-form").click()
    phone.waits(1)
    phone.context.set_offline(False)
    phone.sign_in(f"ranger_{COUNTY}")
    phone.waits(0)
    officer.go(finding)
    expect(suspects.locator(".row-line").first).to_contain_text("在排水，有问题")

    # The county has the case; it is verified, and not closed before the section is back in its class.
    row = officer.page.locator("main details.act", has_text="交办").first
    row.locator("> summary").click()
    row.locator("select[name=organisation]").select_option(label="郊区人民政府")
    row.get_by_role("button", name="交办", exact=True).click()
    number = registered(officer).rpartition("：")[2]
    handler = Visitor(chromium, city, f"handler_{COUNTY}", phone=True)
    handler.go(f"/cases/{number}/")
    expect(handler.page.locator("main")).to_contain_text("桃河污水处理厂总排口（模拟）")
    step(handler, number, "sign")
    step(handler, number, "plan", note="污水处理厂进水异常，已要求减量")
    step(handler, number, "apply_close", note="出水已恢复", files=str(photo(tmp_path / "after.jpg")))
    verifier = Visitor(chromium, city, "hecha")
    step(verifier, number, "pass", note="现场核实", companion="周核查")
    state_of(officer, number, "核查通过")
    assert officer.page.locator("details[data-action=close]").count() == 0
    city.goes_on(LATER.replace("FOLDER", str(tmp_path)) + 'a_round("2019-01-15T21:05")')
    step(officer, number, "close")
    state_of(officer, number, "已销号")

    # The month report tells it.
    officer.go("/s/water_sections/month/?month=2019-01")
    expect(officer.page.locator("main")).to_contain_text(number)
    with officer.page.expect_download() as got:
        officer.page.get_by_role("link", name="Word").click()
    paper = Document(io.BytesIO(got.value.path().read_bytes()))
    told = next(p.text for p in paper.paragraphs if "水质突变" in p.text)
    assert re.fullmatch(
        rf"{SECTION} 2019-01-11 08:00 起水质突变：.*劣Ⅴ 类；{number} 于 2019-01-15 \d\d:\d\d 销号。", told
    )
    phone.context.close()
    assert officer.complaints == verifier.complaints == handler.complaints == phone.complaints == []


def found(page: Page, name: str, lat: float, shot: Path) -> None:
    """One more outfall on the same reach, as the form asks for it."""
    page.fill(".geopicker input[name=lat]", str(lat))
    page.fill(".geopicker input[name=long]", "113.63")
    page.locator("select[name='/data/where/reach']").evaluate(CHOOSE.replace("'else'", "'SIM-TH-5'"))
    page.fill("[name='/data/what/name']", name)
    page.locator("select[name='/data/what/kind']").evaluate(CHOOSE)
    choose(page, "discharging", "no")
    page.set_input_files("input[type=file][name='/data/what/photo']", str(shot))
    expect(page.locator(".file-preview img").first).to_be_visible()
    page.locator("#save-form").click()


def acted(who: Visitor, code: str, label: str, **given: str) -> None:
    """A step on the page of an outfall."""
    who.go(f"/s/outfalls/at/{code}/")
    act = who.page.locator("details.act", has=who.page.locator("summary", has_text=re.compile(f"^{label}$")))
    act.locator("summary").click()
    for name, value in {"note": "走查", **given}.items():
        field = act.locator(f"[name={name}]")
        if field.evaluate("(one) => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    act.locator("form button.btn-primary").click()
    who.page.wait_for_load_state()


def inspected(
    who: Visitor, form: str, code: str, page_filled: dict[str, str], shot: Path | None = None
) -> None:
    """A form filled in on the page of an outfall."""
    who.go(f"/forms/{form}/fill?target={code}")
    expect(who.page.locator("#send")).to_be_enabled()
    for name, value in page_filled.items():
        choose(who.page, name, value)
    if shot:
        who.page.set_input_files("input[type=file][name='/data/survey/photo']", str(shot))
        expect(who.page.locator(".file-preview img").first).to_be_visible()
    who.page.locator("#send").click()
    who.page.wait_for_url("**/answers/*/")


CODES = """
from bihuan.scenarios.outfalls.models import Outfall
print(",".join(Outfall.objects.filter(name__startswith="走查").order_by("name").values_list("code", flat=True)))
"""
MEASURED = """
rows = [f"{site},2019-01-10 00:00,{code},day,{value}" for site in SITES for code, value in VALUES.items()]
path = Path("FOLDER") / "laboratory.csv"
path.write_text("\\n".join(["site,time,code,period,value", *rows]), encoding="utf-8")
(report,) = import_files(archive(), [path], received=clock.now())
assert report.new == len(rows), report
"""


def put_right(people: dict[str, Visitor], code: str) -> None:
    """From what was surveyed to what was accepted, each step by who may."""
    acted(people["ranger"], code, "监测", sampling="sampled")
    acted(
        people["judge"], code, "溯源", clarity="clear", evidence="tracer", unit=unit_of(people["judge"], code)
    )
    acted(
        people["office"],
        code,
        "制定整治方案",
        way="merge",
        due="2019-02-20",
        milestones="2019-02-01 截污改接",
    )
    acted(people["office"], code, "完成节点", milestone="1")
    fine = dict.fromkeys(("closed", "no_new", "mouth", "board", "archive"), "yes") | {
        "water_ok": "na",
        "discharging": "no",
    }
    inspected(people["ranger"], "outfall_check", code, fine)
    acted(people["verifier"], code, "验收销号", companion="王核查")
    expect(people["verifier"].page.locator("main")).to_contain_text("已验收销号")


def unit_of(who: Visitor, code: str) -> str:
    """The drainage office, as the form of tracing lists it."""
    who.go(f"/s/outfalls/at/{code}/")
    option = who.page.locator("[name=unit] option", has_text="平定县排水管理所")
    return str(option.first.get_attribute("value"))


def test_three_finds_become_two_outfalls_that_are_put_right(
    chromium: Browser, city: RiverCity, tmp_path: Path
) -> None:
    phone = with_forms(Phone(chromium, city, tmp_path / "phone").start(), "pd-wangge")
    phone.context.set_offline(True)
    for n, lat in ((1, 37.801), (2, 37.811), (3, 37.8112)):
        found(
            opened(phone, "140321"),
            f"走查{n}号排口",
            lat,
            picture(tmp_path / f"{n}.jpg", NOON, lat, 113.63, 80 + n),
        )
        phone.waits(n)
    phone.context.set_offline(False)
    phone.sign_in("pd-wangge")
    phone.waits(0)
    first, second, third = city.goes_on(CODES).strip().split(",")

    # The third is the second once more: it is named as that, and one ends in the other.
    office = Visitor(chromium, city, "diaodu")
    office.go(f"/s/outfalls/at/{third}/")
    expect(office.page.locator("main")).to_contain_text("相距 22 米")
    acted(office, third, "并入", other=second)
    office.go(f"/s/outfalls/at/{third}/")
    expect(office.page.locator("main")).to_contain_text("已并入 走查2号排口")

    # Surveyed, measured, traced, planned, done, inspected, accepted.
    ranger = Visitor(chromium, city, "pd-wangge", phone=True)
    for code in (first, second):
        survey = {"level": "second", "is_outfall": "yes", "discharging": "no"}
        inspected(ranger, "outfall_survey", code, survey, photo(tmp_path / f"{code}.jpg"))
    city.goes_on(f"SITES, VALUES = {[first, second]}, {VALUES}" + MEASURED.replace("FOLDER", str(tmp_path)))
    people = {
        "ranger": ranger,
        "judge": Visitor(chromium, city, "hecha"),
        "office": office,
        "verifier": Visitor(chromium, city, "hecha2"),
    }
    for code in (first, second):
        put_right(people, code)

    # The sign: a code that opens a page for everybody, on a paper that prints.
    office.go(f"/s/outfalls/at/{second}/sign/")
    assert office.page.locator("main svg, main img").count() >= 1
    assert office.page.pdf().startswith(b"%PDF")
    stranger = chromium.new_context().new_page()
    answer = stranger.goto(f"{city.address}/s/outfalls/sign/{second}/")
    assert answer is not None
    assert answer.status == 200
    expect(stranger.locator("body")).to_contain_text("走查2号排口")
    phone.context.close()
    assert office.complaints == ranger.complaints == phone.complaints == []
