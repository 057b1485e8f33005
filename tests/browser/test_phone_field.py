"""Outside without signal: an inspection form with photo and signature, stops of a patrol, what was refused and changed, a new release in between."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, Visitor
from tests.browser.newer import NEWER, way_to
from tests.browser.phone import (
    NOON,
    Phone,
    handed_over,
    officer,
    phone,
    picture,
    steps_of,
    stored,
    until_kept,
)
from tests.browser.test_inspection import choose, sign
from tests.servers.installed import run_python

pytestmark = pytest.mark.browser
__all__ = ["officer", "phone"]
BEGIN = """
import django; django.setup()
from datetime import timedelta
from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.models import Answer
from bihuan.kit.inspection.rounds.planning import Wanted, make_round
from bihuan.kit.patrol.models import Stop
from bihuan.registry.models import Person, Region
from bihuan.scenarios.resolved import every_form
"""
ROUND = """
day, chief = clock.now().astimezone(CST).date(), Person.objects.get(username="lingdao")
ranger, county = Person.objects.get(username="pd-wangge"), Region.objects.get(pk="140321")
make_round(chief, Wanted("冬季检查", every_form()["outlet_check"], county, day, day + timedelta(days=7), {"TARGET": ranger}))
"""
FINDINGS = """
import json
rows = Answer.objects.filter(target="TARGET", at__date=clock.now().date(), by__username="pd-wangge")
print(json.dumps([[sorted(f.name.rsplit(".")[-1] for f in a.files.all()), [p.finding.title for p in a.problems.all()]] for a in rows]))
"""


def there(city: City, code: str, target: str) -> str:
    """What a piece of Python says of the city."""
    return run_python(
        city.folder, BEGIN + code.replace("TARGET", target), DJANGO_SETTINGS_MODULE="bihuan.settings"
    )


def answers(city: City, target: str) -> list[list[list[str]]]:
    """Of each answer the kinds of its files and what it found."""
    found: list[list[list[str]]] = json.loads(there(city, FINDINGS, target))
    return found


def equipped(phone: Phone, target: str) -> None:
    """A grid worker's phone with a form that is due, and all that it needs to be filled in."""
    there(phone.city, ROUND, target)
    phone.context.clock.set_system_time(NOON)
    phone.sign_in("pd-wangge")
    phone.kept()
    phone.page.goto(f"{phone.city.address}/m/#me")
    phone.page.get_by_role("button", name="更新数据").click()
    kept = phone.page.locator("script[type=module]").evaluate(
        "(s) => new URL('../vendor/enketo.min.js', s.src).pathname"
    )
    until_kept(phone, str(kept))
    until_kept(phone, str(kept).replace("enketo.min.js", "enketo.min.css"))


def opened(phone: Phone, target: str) -> Page:
    """The form of an object that is due, by its card."""
    phone.page.goto(f"{phone.city.address}/m/#todo")
    phone.page.locator(f"a.card[data-target='{target}']").last.click()
    expect(phone.page.locator("#save-form")).to_be_enabled()
    return phone.page


def half(page: Page, photo: Path) -> None:
    """The first part of the form: something is wrong, and a photo shows it."""
    choose(page, "tidy", "no")
    page.fill("[name='/data/house/warmth']", "20")
    page.set_input_files("input[type=file][name='/data/house/house_photo']", str(photo))
    expect(page.locator(".file-preview img").first).to_be_visible()
    drafted = """() => new Promise((go) => { const asked = indexedDB.open('bihuan'); asked.onsuccess = () => {
        const all = asked.result.transaction('drafts').objectStore('drafts').getAll();
        all.onsuccess = () => go(all.result.some((draft) => draft.photos.length && draft.xml.includes('<warmth>20')));
    }; })"""
    for _ in range(100):
        if page.evaluate(drafted):
            return
        page.wait_for_timeout(50)
    raise AssertionError("what was filled in is not kept")


def rest(page: Page) -> None:
    """What else the form demands."""
    choose(page, "method", "extract")
    page.fill("[name='/data/sampling/line_heat']", "130")
    choose(page, "analyser", "fine")
    choose(page, "gas_kind", "so2")
    page.fill("[name='/data/gas/gas_cert']", "100")
    page.fill("[name='/data/gas/gas_shown']", "101")
    page.fill("[name='/data/gas/gas_until']", "2019-06-01")
    choose(page, "records", "yes")
    sign(page)


def test_a_form_without_signal_survives_kills_and_is_an_answer_of_the_round_once(
    phone: Phone, officer: Visitor, tmp_path: Path
) -> None:
    target = "P004-1"
    equipped(phone, target)
    phone.context.set_offline(True)
    phone.open()
    half(opened(phone, target), picture(tmp_path / "house.jpg", NOON, 37.8, 113.6))
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.kill()

    phone.start(offline=True)
    phone.context.clock.set_system_time(NOON)
    phone.open()
    expect(phone.page.locator(f"a.card[data-target='{target}']")).to_contain_text("未填完")
    page = opened(phone, target)
    expect(page.locator("[name='/data/house/warmth']")).to_have_value("20")
    expect(page.locator(".file-preview img")).to_be_visible()
    page.locator("#save-form").click()
    expect(page.locator("section.filling > .bad")).to_contain_text("有题目没有填对")
    rest(page)
    page.locator("#save-form").click()
    expect(page.locator(f"a.card[data-target='{target}']")).to_contain_text("待上传")
    phone.waits(1)
    phone.kill()

    phone.start(offline=True)
    phone.open()
    phone.waits(1)
    assert answers(phone.city, target) == []
    phone.context.set_offline(False)
    phone.sign_in("pd-wangge")
    phone.waits(0)
    (answer,) = answers(phone.city, target)
    assert (answer[0], len(answer[1])) == (["jpg", "png"], 1)
    expect(phone.page.locator(f"a.card[data-target='{target}']")).to_have_count(0)
    assert (stored(phone, "photos"), stored(phone, "drafts")) == (0, 0)
    officer.go("/findings/")
    expect(officer.page.locator("main")).to_contain_text(answer[1][0])


def test_a_refused_answer_says_why_stays_readable_and_is_changed_and_sent_again(
    phone: Phone, tmp_path: Path
) -> None:
    target = "P004-2"
    equipped(phone, target)
    phone.context.set_offline(True)
    page = opened(phone, target)
    half(page, picture(tmp_path / "house.jpg", NOON, 37.8, 113.6))
    rest(page)
    page.locator("#save-form").click()
    phone.waits(1)
    page.evaluate(  # as when the version was taken back by a restored backup
        """() => new Promise((go) => { const asked = indexedDB.open('bihuan'); asked.onsuccess = () => {
            const tx = asked.result.transaction('items', 'readwrite'), all = tx.objectStore('items').getAll();
            all.onsuccess = () => { const item = all.result.find((one) => one.kind === 'answer'); item.given.xml = item.given.xml.replace(/version="[^"]*"/, 'version="gone"');
              tx.objectStore('items').put(item); };
            tx.oncomplete = () => go();
        }; })"""
    )
    page.reload()
    phone.context.set_offline(False)
    page.goto(f"{phone.city.address}/m/#me")
    page.get_by_role("button", name="立即上传").click()
    item = page.locator("[data-item][data-state=refused]")
    expect(item).to_contain_text("没有版本 gone")
    item.locator("summary").click()
    expect(item.locator("dl.told")).to_contain_text("20")
    item.get_by_text("改后再提交").click()
    expect(page.locator("#save-form")).to_be_enabled()
    expect(page.locator("[name='/data/house/warmth']")).to_have_value("20")
    page.fill("[name='/data/house/warmth']", "21")
    page.locator("#save-form").click()
    phone.waits(0)
    (answer,) = answers(phone.city, target)
    assert answer[0] == ["jpg", "png"]
    page.goto(f"{phone.city.address}/m/#me")
    expect(page.locator("[data-item][data-state=replaced]")).to_contain_text("没有版本 gone")


def test_a_step_that_was_refused_is_changed_and_the_old_one_stays_as_history(
    officer: Visitor, phone: Phone, chromium: Browser, practice: City
) -> None:
    number = handed_over(officer, "工地裸土")
    phone.sign_in("pd-banli")
    phone.kept()
    phone.context.set_offline(True)
    phone.take(number, "sign", note="收到")
    phone.take(number, "plan", note="十日内覆盖")
    desk = Visitor(chromium, practice, "pd-banli")
    desk.go(f"/cases/{number}/")
    desk.page.locator("details[data-action=sign] summary").click()
    desk.page.locator("details[data-action=sign] form button.btn-primary").click()
    expect(desk.page.locator(".toast-line.success")).to_be_visible()
    phone.context.set_offline(False)
    page = phone.page
    page.goto(f"{practice.address}/m/#me")
    first = page.locator("[data-item][data-state=conflict]")
    expect(first).to_contain_text("收到")
    page.on("dialog", lambda dialog: dialog.accept())
    first.get_by_role("button", name="放弃这一条").click()
    second = page.locator(
        "[data-item][data-state=conflict]"
    )  # it was written for the case before somebody else signed
    expect(second).to_contain_text("十日内覆盖")
    second.get_by_text("改后再提交").click()
    expect(page.locator("form.fill [name=note]")).to_have_value("十日内覆盖")
    page.locator("form.fill [name=note]").fill("五日内覆盖")
    page.locator("form.fill button.primary").click()
    phone.waits(0)
    assert steps_of(officer, number)[-2:] == ["签收", "开始整改"]
    expect(officer.page.locator(".timeline")).to_contain_text("五日内覆盖")
    refused = officer.page.locator("#not-accepted")
    expect(refused).to_contain_text("十日内覆盖")
    expect(refused).to_contain_text("已再提交")
    page.goto(f"{practice.address}/m/#me")
    expect(page.locator("[data-item][data-state=replaced]")).to_contain_text("十日内覆盖")


def test_stops_of_a_patrol_without_signal_arrive_with_their_photo(phone: Phone, tmp_path: Path) -> None:
    phone.context.clock.set_system_time(NOON)
    phone.sign_in("pd-wangge")
    phone.kept()
    phone.context.set_offline(True)
    page = phone.page
    page.goto(f"{phone.city.address}/m/#map")
    page.get_by_role("button", name="开始巡查").click()
    expect(page.locator("#walked")).to_contain_text("待上传")
    for n, (level, text) in enumerate((("", "一切正常"), ("moderate", "河边倾倒渣土")), 1):
        page.get_by_role("link", name="到点记录").click()
        if level:
            page.locator("input[type=file]").set_input_files(
                picture(tmp_path / "bank.jpg", NOON, 37.8, 113.6)
            )
            expect(page.locator("form.fill .photos img")).to_have_count(1)
            page.locator("[name=level]").select_option(level)
        else:
            page.locator("[name=about]").select_option(index=1)
        page.locator("[name=text]").fill(text)
        page.locator("form.fill button.primary").click()
        expect(page.get_by_role("button", name="结束巡查")).to_be_visible()
        phone.waits(n)
    phone.kill()

    phone.start(offline=True)
    phone.context.clock.set_system_time(NOON)
    phone.open()
    phone.waits(2)
    phone.context.set_offline(False)
    phone.sign_in("pd-wangge")
    phone.waits(0)
    said = there(
        phone.city,
        "print([(s.text, bool(s.code), [f.name for f in s.files.all()], s.finding and s.finding.title) for s in Stop.objects.filter(patrol__person__username='pd-wangge')"
        ".order_by('id')][-2:])",
        "",
    )
    assert said.strip() == str(
        [("一切正常", True, [], None), ("河边倾倒渣土", False, ["bank.jpg"], "河边倾倒渣土")]
    )
    phone.page.goto(f"{phone.city.address}/m/#map")
    phone.page.get_by_role("button", name="结束巡查").click()
    expect(phone.page.locator("#walked")).to_have_text("")


def test_a_new_release_while_something_waits_loses_nothing_and_doubles_nothing(
    chromium: Browser, practice: City, officer: Visitor, tmp_path: Path
) -> None:
    target = "P004-3"
    with way_to(practice) as way:
        phone = Phone(chromium, City(way.address, practice.folder), tmp_path / "phone").start()
        equipped(phone, target)
        way.holding = True
        phone.page.goto(f"{way.address}/m/#report")
        phone.page.locator("[name=title]").fill("更新前上报")
        phone.page.locator("form.fill button.primary").click()
        phone.waits(1)
        half(opened(phone, target), picture(tmp_path / "house.jpg", NOON, 37.8, 113.6))

        way.newer = True
        phone.open()
        phone.page.reload()
        phone.page.locator("[data-bar=update] button").click()
        expect(phone.page.locator(f"script[src^='{NEWER}']")).to_have_count(1)
        phone.page.wait_for_selector("body[data-ready]")
        phone.waits(1)
        phone.context.set_offline(True)  # the new release has its library of forms, too
        page = opened(phone, target)
        assert page.evaluate(
            "[...document.styleSheets].map((one) => one.href).filter(Boolean).every((one) => one.includes('/newer/'))"
        )
        expect(page.locator("[name='/data/house/warmth']")).to_have_value("20")
        rest(page)
        page.locator("#save-form").click()
        phone.waits(2)

        way.holding = False
        phone.context.set_offline(False)
        page.goto(f"{way.address}/m/#me")
        page.get_by_role("button", name="立即上传").click()
        phone.waits(0)
        assert phone.complaints == []
        phone.context.close()
    (answer,) = answers(practice, target)
    assert answer[0] == ["jpg", "png"]
    officer.go("/cases/?q=更新前上报")
    expect(officer.page.locator("main").get_by_text("更新前上报", exact=True)).to_have_count(1)
