"""The phone in a real browser: without signal, killed, signed out, beside somebody else; and its queue under 200 random scripts."""

import json
import logging
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import City, Visitor
from tests.browser.phone import (
    NOON,
    READY,
    Phone,
    handed_over,
    officer,
    phone,
    picture,
    steps_of,
    stored,
    until_kept,
)

log = logging.getLogger(__name__)
pytestmark = pytest.mark.browser
__all__ = ["officer", "phone"]
MODEL = (Path(__file__).parent / "phone_model.js").read_text()
FIRST_LOAD = 200_000
"""Bytes, without the map."""


def test_the_queue_stands_200_random_scripts_of_faults(officer: Visitor) -> None:
    officer.go("/m/")
    found = officer.page.evaluate(
        f"""async () => {{
            const here = document.querySelector('script[type=module]').src;
            const [queue, {{ Sync }}] = await Promise.all(['queue.js', 'sync.js'].map((name) => import(new URL(name, here))));
            return ({MODEL})({{ queue, Sync }}, 1, 200);
        }}"""
    )
    assert found == {"failures": [], "arrived": 200}


def test_points_go_in_runs_of_numbers_of_one_patrol(officer: Visitor) -> None:
    officer.go("/m/")
    found = officer.page.evaluate(
        """async () => {
            const { batches } = await import(new URL('track.js', document.querySelector('script[type=module]').src));
            const points = [[4, 'b'], [1, 'a'], [2, 'a'], [3, 'b'], [6, 'b'], [7, 'b']].map(([seq, patrol]) => ({ seq, patrol }));
            return [batches(points), batches(points.slice(4), 1), batches([])].map((all) => all.map((one) => one.map((point) => point.seq)));
        }"""
    )
    assert found == [[[1, 2], [3, 4], [6, 7]], [[6], [7]], []]


def test_what_was_done_without_signal_survives_a_kill_and_arrives_once_and_in_order(
    officer: Visitor, phone: Phone, tmp_path: Path
) -> None:
    number = handed_over(officer, "料场未苫盖")
    phone.sign_in("pd-banli")
    phone.kept()
    phone.context.set_offline(True)
    phone.open()
    phone.take(number, "sign")
    phone.take(number, "plan", note="三日内苫盖")
    near = picture(tmp_path / "near.jpg", NOON, 37.8, 113.6)
    far = picture(tmp_path / "far.jpg", NOON, 37.83, 113.6, shade=60)
    phone.take(number, "apply_close", near, far, note="已全部苫盖")
    phone.waits(3)
    phone.kill()

    phone.start(offline=True)
    phone.open()
    phone.waits(3)
    assert steps_of(officer, number)[-1] == "交办"
    phone.context.set_offline(False)
    phone.sign_in("pd-banli")  # a browser that is killed may lose the newest cookies
    phone.waits(0)
    assert steps_of(officer, number)[-3:] == ["签收", "开始整改", "申请销号"]
    files = officer.page.locator(".timeline .photos figure")
    expect(files).to_have_count(2)
    expect(files.first).to_contain_text("拍摄于 2019-01-11 12:05")
    expect(files.last).to_contain_text("离点位较远")
    expect(officer.page.locator(".timeline")).to_contain_text("手机填写于")
    assert stored(phone, "photos") == 0  # let go of when the server has confirmed them


def test_an_expired_login_and_errors_of_the_server_lose_nothing(officer: Visitor, phone: Phone) -> None:
    number = handed_over(officer, "路边堆土")
    phone.sign_in("pd-banli")
    phone.context.clear_cookies()
    phone.take(number, "sign")
    bar = phone.page.locator("[data-bar=sign-in]")
    expect(bar).to_contain_text("登录已过期")
    phone.waits(1)
    failures = iter([500, 502])

    def broken(route: Route) -> None:
        status = next(failures, None)
        if status is None:
            route.continue_()
        else:
            route.fulfill(status=status, body="broken")

    phone.context.route("**/m/items", broken)
    phone.sign_in("pd-banli")
    expect(bar).to_be_hidden()
    phone.page.goto(f"{phone.city.address}/m/#me")
    item = phone.page.locator("[data-item]")
    for _ in range(4):
        if item.get_attribute("data-state") == "waiting":
            phone.page.get_by_role("button", name="立即上传").click()
            phone.page.wait_for_timeout(300)
    phone.waits(0)
    assert steps_of(officer, number)[-2:] == ["交办", "签收"]


def test_a_case_that_moved_on_is_shown_on_both_sides_and_the_person_decides(
    officer: Visitor, phone: Phone, chromium: Browser, practice: City
) -> None:
    number = handed_over(officer, "工地未冲洗")
    phone.sign_in("pd-banli")
    phone.kept()
    phone.context.set_offline(True)
    phone.take(number, "sign", note="收到，马上去")
    desk = Visitor(chromium, practice, "pd-banli")
    desk.go(f"/cases/{number}/")
    desk.page.locator("details[data-action=sign] summary").click()
    desk.page.locator("details[data-action=sign] form button.btn-primary").click()
    expect(desk.page.locator(".toast-line.success")).to_be_visible()
    phone.context.set_offline(False)
    phone.page.goto(f"{practice.address}/m/#me")
    item = phone.page.locator("[data-item]")
    expect(item).to_have_attribute("data-state", "conflict")
    expect(item).to_contain_text("签收")
    expect(item).to_contain_text("收到，马上去")
    officer.go(f"/cases/{number}/")
    expect(officer.page.locator("#not-accepted")).to_contain_text("收到，马上去")
    phone.page.on("dialog", lambda dialog: dialog.accept())
    item.get_by_role("button", name="放弃这一条").click()
    phone.waits(0)


def test_anothers_queue_stays_on_the_phone_and_is_never_sent_under_a_wrong_name(
    officer: Visitor, phone: Phone
) -> None:
    number = handed_over(officer, "露天焚烧")
    phone.sign_in("pd-banli")
    phone.context.clear_cookies()
    phone.take(number, "sign")
    phone.sign_in("pd-wangge")
    expect(phone.page.locator("[data-bar=sign-in]")).to_contain_text("1 条内容是别人在这部手机上填写的")
    expect(phone.page.locator("#who")).to_have_text("平定县网格员")
    assert stored(phone, "items") == 1
    assert steps_of(officer, number)[-1] == "交办"
    phone.context.clear_cookies()
    phone.sign_in("pd-banli")
    phone.waits(0)
    assert steps_of(officer, number)[-1] == "签收"


def test_a_full_phone_says_so_before_a_photo_is_taken(phone: Phone) -> None:
    phone.context.add_init_script(
        "if (navigator.storage) navigator.storage.estimate = async () => ({ quota: 1e9, usage: 999e6 });"
    )
    phone.sign_in("pd-wangge")
    phone.page.goto(f"{phone.city.address}/m/#report")
    expect(phone.page.locator("form.fill")).to_contain_text("存储已满")
    expect(phone.page.locator("input[type=file]")).to_be_disabled()
    # The map comes when it is asked for, and needs no pictures from elsewhere.
    phone.page.goto(f"{phone.city.address}/m/#map")
    expect(phone.page.locator("#map[data-ready]")).to_contain_text("平定县")


def test_the_first_load_is_small(phone: Phone) -> None:
    phone.sign_in("pd-banli")
    fresh = phone.context.new_page()
    line = phone.context.new_cdp_session(fresh)
    line.send("Network.enable")
    line.send("Network.clearBrowserCache")
    line.send("Network.setBypassServiceWorker", {"bypass": True})
    # A bad line: 1.6 Mbit/s, 150 ms there and back.
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000})  # fmt: skip
    sizes: list[int] = []
    line.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    fresh.goto(f"{phone.city.address}/m/")
    fresh.wait_for_selector("a.card, p.empty")
    shown = fresh.evaluate("performance.now()")
    fresh.wait_for_selector(READY)
    log.info("first load: %d kB in %d files, shown after %d ms", sum(sizes) // 1000, len(sizes), shown)
    assert sum(sizes) < FIRST_LOAD
    assert len(sizes) > 10


def test_a_patrol_without_signal_is_recorded_and_arrives_with_its_points(phone: Phone) -> None:
    phone.context.clock.set_system_time(NOON)  # the practice city's day
    phone.sign_in("pd-wangge")
    phone.kept()
    until_kept(phone, "/m/grid.geojson")
    phone.context.set_offline(True)
    phone.page.goto(f"{phone.city.address}/m/#map")
    expect(phone.page.locator("#map[data-ready]")).to_contain_text("平定县")
    phone.page.get_by_role("button", name="开始巡查").click()
    walked = phone.page.locator("#walked")
    for n, north in enumerate((37.801, 37.802, 37.803), 1):
        phone.context.set_geolocation({"latitude": north, "longitude": 113.6, "accuracy": 8})
        expect(walked).to_contain_text(re.compile(rf"待上传 [{n}{n + 1}] 点，误差 8 m"))
    phone.page.reload()  # a patrol goes on when the page was closed in between
    phone.page.goto(f"{phone.city.address}/m/#map")
    expect(phone.page.get_by_role("button", name="结束巡查")).to_be_visible()
    sent: list[str] = []
    phone.page.on("request", lambda r: sent.append(r.post_data or "") if "/track/" in r.url else None)
    phone.context.set_offline(False)
    phone.page.get_by_role("button", name="结束巡查").click()
    expect(walked).to_have_text("")
    told = json.loads(sent[0])
    assert [p["lat"] for p in told["points"]][-3:] == sorted(p["lat"] for p in told["points"])[-3:]
    assert {37.801, 37.802, 37.803} <= {p["lat"] for p in told["points"]}
    assert stored(phone, "points") == 0
    phone.page.goto(f"{phone.city.address}/patrols/{told['patrol']}/")
    expect(phone.page.locator("main")).to_contain_text("平定县")
