"""Web push in a real browser: switched on, sent by the worker through a push service on this machine, shown, and pressed."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, Visitor
from tests.browser.phone import Phone, handed_over, officer, phone
from tests.cases.push_fake import FakeBrowser, Push, push_fake

pytestmark = pytest.mark.browser
__all__ = ["officer", "phone"]
SUBSCRIBED = """
    const { endpoint, p256dh, auth } = %s;
    const made = (options) => ({ endpoint, options, toJSON: () => ({ endpoint, keys: { p256dh, auth } }), unsubscribe: async () => { localStorage.removeItem('made'); return true; } });
    const key = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    PushManager.prototype.getSubscription = async () => localStorage.made ? made({ applicationServerKey: key(localStorage.made) }) : null;
    PushManager.prototype.subscribe = async (options) => {
        localStorage.made = btoa(String.fromCharCode(...options.applicationServerKey));
        return made(options);
    };
"""
"""What a maker's push service would give and a browser would keep; there is none on this machine."""


@pytest.fixture
def admin(chromium: Browser, practice: City) -> Visitor:
    return Visitor(chromium, practice, "admin")


@pytest.fixture
def service(admin: Visitor) -> Iterator[Push]:
    """A push channel, set up on its page and taken away again."""
    with push_fake() as fake:
        admin.go("/channels/new-push/")
        for name, value in {"name": "推送", "subject": "it@example.cn", "hosts": fake.host}.items():
            admin.page.fill(f"form.rule [name={name}]", value)
        admin.page.click("form.rule button.btn-primary")
        admin.page.locator("[data-row]").wait_for()
        yield fake
        admin.go("/channels/")
        admin.page.get_by_role("link", name="推送", exact=True).click()
        admin.page.get_by_role("button", name="删除渠道").click()


def wait_for(page: Page, there: Callable[[], object]) -> None:
    """Until it is there; the browser goes on meanwhile."""
    until = time.monotonic() + 60
    while not there():
        assert time.monotonic() < until
        page.wait_for_timeout(50)


def switched_on(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("[data-push=off] button").click()
    expect(page.locator("[data-push=on]")).to_contain_text("关着本页也能收到")


def delivered(phone: Phone, told: dict[str, Any]) -> None:
    """What the push service sent reaches the worker, which shows it."""
    session = phone.context.new_cdp_session(phone.page)
    known: dict[str, str] = {}

    def updated(event: dict[str, Any]) -> None:
        """The registrations of all pages of this browser, also those that are gone."""
        for one in event["registrations"]:
            if one["scopeURL"].startswith(phone.city.address) and not one["isDeleted"]:
                known["id"] = one["registrationId"]

    session.on("ServiceWorker.workerRegistrationUpdated", updated)
    session.send("ServiceWorker.enable")
    wait_for(phone.page, lambda: known)

    def shown() -> bool:
        """A browser under load drops what comes while its worker starts; a push service sends again, one reminder of a case replaces the other."""
        message = {"origin": phone.city.address, "registrationId": known["id"], "data": json.dumps(told)}
        session.send("ServiceWorker.deliverPushMessage", message)
        phone.page.wait_for_timeout(2000)
        return bool(notifications(phone))

    wait_for(phone.page, shown)


def notifications(phone: Phone) -> list[dict[str, Any]]:
    script = """async () => {
        const all = await (await navigator.serviceWorker.ready).getNotifications();
        return all.map(({ title, body, data }) => ({ title, body, data }));
    }"""
    return phone.page.evaluate(script)  # type: ignore[no-any-return]  # as the script makes it


PRESSED = """async (data) => {
    const opened = [];
    self.clients.openWindow = async (address) => opened.push(address);
    const [shown] = (await self.registration.getNotifications()).filter((one) => one.data === data);
    const event = new NotificationEvent('notificationclick', { notification: shown });
    event.waitUntil = () => {};  // which refuses an event that no browser made
    self.dispatchEvent(event);
    for (let n = 0; n < 100 && !opened.length; n += 1) await new Promise((go) => setTimeout(go, 20));
    return [...opened, (await self.registration.getNotifications()).length];
}"""


def test_a_reminder_is_pushed_shown_and_opens_its_case(officer: Visitor, phone: Phone, service: Push) -> None:
    mine = FakeBrowser(service, "/p/1")
    phone.context.grant_permissions(["notifications"], origin=phone.city.address)
    phone.context.add_init_script(SUBSCRIBED % json.dumps(mine.given))
    phone.sign_in("pd-banli")
    phone.kept()
    switched_on(phone.page, f"{phone.city.address}/m/#me")
    number = handed_over(officer, "料场未苫盖", level="major")
    wait_for(phone.page, lambda: service.came)
    [told] = mine.shown()
    assert told["case"] == number
    delivered(phone, told)
    [shown] = notifications(phone)
    assert (shown["title"], shown["body"]) == ("闭环平台提醒", told["body"])
    [worker] = phone.context.service_workers
    opened, left = worker.evaluate(PRESSED, number)
    phone.page.goto(opened)
    assert number in phone.page.inner_text("h1, main")
    assert left == 0
    officer.go("/messages/?kind=push")
    expect(officer.page.locator("main")).to_contain_text("1 个浏览器中 1 个已推送")
    # Who signs out takes the subscription along.
    phone.page.goto(f"{phone.city.address}/m/#me")
    expect(phone.page.locator("[data-push=on]")).to_be_visible()
    phone.page.get_by_role("button", name="退出").click()
    phone.page.wait_for_url("**/login/**")
    assert subscribed(phone.city) == []


def subscribed(city: City) -> list[str]:
    """All browsers that the city knows."""
    with sqlite3.connect(f"file:{city.folder / 'db.sqlite3'}?mode=ro", uri=True) as base:
        return [row[0] for row in base.execute("SELECT endpoint FROM cases_browser")]


def test_the_page_of_the_account_switches_push_on_and_off(
    chromium: Browser, practice: City, service: Push
) -> None:
    chief = Visitor(chromium, practice, "lingdao")
    mine = FakeBrowser(service, "/p/2")
    chief.page.context.grant_permissions(["notifications"], origin=practice.address)
    chief.page.context.add_init_script(SUBSCRIBED % json.dumps(mine.given))
    chief.go("/me/")
    chief.page.locator("[data-push=off] button").click()
    removed = chief.page.locator("form[action*='/me/browsers/']")
    expect(removed).to_contain_text("Chrome")
    removed.get_by_role("button").click()
    expect(removed).to_have_count(0)
    expect(chief.page.locator("[data-push=off]")).to_be_visible()
    assert chief.complaints == []


@pytest.mark.parametrize(
    ("stub", "said"),
    [
        ("Object.defineProperty(window, 'isSecureContext', { value: false })", "推送需要 https 网址"),
        ("delete window.PushManager", "这个浏览器不能接收推送"),
        ("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })", "浏览器里禁止了本站的通知"),
        ("PushManager.prototype.subscribe = async () => { throw new DOMException('x', 'AbortError'); }", "连不上它的推送服务"),
    ],
)  # fmt: skip
def test_where_push_cannot_work_the_page_says_why(
    chromium: Browser, practice: City, service: Push, stub: str, said: str
) -> None:
    chief = Visitor(chromium, practice, "lingdao")
    chief.page.context.grant_permissions(["notifications"], origin=practice.address)
    chief.page.context.add_init_script(stub)
    chief.go("/me/")
    place = chief.page.locator("#push")
    if "subscribe" in stub:
        place.get_by_role("button").click()
    expect(place).to_contain_text(said)


def test_without_a_channel_the_page_says_so(officer: Visitor) -> None:
    officer.go("/me/")
    expect(officer.page.locator("[data-push=unset]")).to_contain_text("还没有设置浏览器推送")
