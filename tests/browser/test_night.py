"""A night: the receiver is down for six hours, a plant exceeds its limits; the officer confirms, hands over, and goes home."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from bihuan import clock
from bihuan.simulate.plants.deeds.catalogue import Deed
from tests.browser.conftest import City, Visitor
from tests.browser.night import HOUR, Loggers, copied, pages_of, round_of_checks, stopped_for
from tests.servers.loggers import Receiver

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FAILING, LOST = "P006-1", "P014-1"
"""Its treatment fails; its logger keeps nothing of what it could not send."""
SIDES = ("小时均值超标", "小时均值超超低限值", "本小时可能超标")
TEN = timedelta(minutes=10)


def before_the_hour_ends(moment: datetime) -> datetime:
    """A little later, when the running hour has enough minutes to say what it will be."""
    later = moment + TEN
    while not 20 <= later.minute <= 50:
        later += TEN
    return later


@pytest.fixture
def night(practice: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    """The city after the night, as the officer finds it."""
    folder = copied(practice, tmp_path / "night")
    monkeypatch.setenv("BIHUAN_DATA", str(folder))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "bihuan.settings")
    with Receiver(folder) as receiver:
        down = stopped_for(receiver, 6)
    up = clock.now()
    whole = up.replace(minute=0, second=0, microsecond=0)
    deed = Deed(FAILING, "treatment_failure", whole - 4 * HOUR, whole + 3 * HOUR, "nox")
    loggers = Loggers(folder, (deed,))
    with Receiver(folder) as receiver:
        loggers.send(receiver, down, up, without=[LOST])
        until = before_the_hour_ends(up)
        for start in range(int((until - up) / TEN)):
            clock.set_replay(up + (start + 1) * TEN, 0)
            loggers.send(receiver, up + start * TEN, up + (start + 1) * TEN)
        round_of_checks()
        with pages_of(folder) as city:
            yield city


def incidents(who: Visitor, text: str) -> Locator:
    """The lines of the list that say this."""
    return who.page.locator(".incident").filter(has_text=text)


def test_after_six_hours_down_the_officer_has_one_incident_and_a_real_exceedance_stands_alone(
    chromium: Browser, night: City
) -> None:
    officer = Visitor(chromium, night, "diaodu")
    page = officer.page
    officer.go("/findings/")

    # Ours: one line, with what came in late and what stays missing; nobody else is blamed for these hours.
    outage = incidents(officer, "指挥中心自身中断")
    expect(outage).to_have_count(1)
    expect(outage).to_contain_text(
        re.compile(r"中断 6 小时（接收服务）：补传到 \d{3,} 条，仍缺 1 台数采仪 [56] 小时")
    )
    expect(outage).not_to_contain_text("共")
    # The plant's own: three sides of one matter.
    officer.go("/findings/?check=cems.limits.hour_over")
    row = page.locator(".incident").first
    row.get_by_text("其中的发现").click()
    for side in SIDES:
        expect(row).to_contain_text(side)

    # It goes to a responsible person in two clicks.
    row.get_by_text("处理", exact=True).click()
    row.get_by_role("button", name="交办", exact=True).click()
    expect(page.locator(".toast-line.success")).to_contain_text(re.compile(r"已交办 .+：.+，含 3 条发现"))

    # The outage is confirmed.
    officer.go("/findings/")
    outage = incidents(officer, "指挥中心自身中断")
    outage.get_by_text("处理", exact=True).click()
    outage.get_by_role("button", name="确认", exact=True).click()
    expect(incidents(officer, "指挥中心自身中断")).to_have_count(0)
    officer.go("/findings/?tab=confirmed")
    expect(incidents(officer, "指挥中心自身中断")).to_have_count(1)

    # The shift is signed, and taken over by the next.
    officer.go("/handover/")
    expect(page.locator("main")).to_contain_text("接收服务")
    page.locator("[name=note]").fill("接收服务停过六小时，已确认；电厂超标已交办")
    page.get_by_role("button", name="签字交班").click()
    expect(page.locator("main")).to_contain_text("已交办")
    address = page.url.removeprefix(night.address)
    taking = Visitor(chromium, night, "lingdao")
    taking.go(address)
    expect(taking.page.locator("main")).to_contain_text("指挥中心自身中断 6 小时")
    taking.page.get_by_role("button", name="已阅，签字接班").click()
    expect(taking.page.get_by_text("尚未签字")).to_have_count(0)
    taking.page.emulate_media(media="print")
    expect(taking.page.locator("main")).to_contain_text("接收服务停过六小时")
    expect(taking.page.locator("nav").first).to_be_hidden()
    assert officer.complaints == taking.complaints == []
