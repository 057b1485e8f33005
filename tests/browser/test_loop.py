"""The closed loop with two browsers and a valley between them, from a finding to a case that somebody takes out by hand."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bihuan.domain.timeaxis import CST
from tests.browser.conftest import Visitor
from tests.browser.loop_city import LoopCity, begin
from tests.browser.phone import Phone, picture, steps_of
from tests.browser.test_cases import registered
from tests.browser.test_walk import state_of, step

pytestmark = pytest.mark.browser


@pytest.fixture
def city(tmp_path: Path, empty_database: Path) -> Iterator[LoopCity]:
    """The boiler's city, served."""
    made, server = begin(tmp_path / "city", empty_database)
    yield made
    server.terminate()
    server.wait(30)


def handed_over(officer: Visitor) -> str:
    """From the finding to a handed-over case: two clicks."""
    officer.go("/findings/")
    row = officer.page.locator("[data-row]").first
    row.locator("details.act > summary").first.click()
    row.get_by_role("button", name="交办", exact=True).first.click()
    return registered(officer).rpartition("：")[2]


def answered_in_the_valley(phone: Phone, number: str, folder: Path) -> None:
    """Without signal: signed for, begun, done, with two photos; then the browser is killed; then there is signal."""
    phone.sign_in("handler_140321")
    phone.kept()
    phone.context.set_offline(True)
    phone.take(number, "sign")
    phone.take(number, "plan", note="检修燃烧器")
    noon = datetime(2019, 2, 25, 2, 0, tzinfo=CST)
    photos = [picture(folder / f"{shade}.jpg", noon, 37.8, 113.6, shade) for shade in (50, 90)]
    phone.take(number, "apply_close", *photos, note="已修复")
    phone.kill()
    phone.start(offline=True)
    phone.open()
    phone.waits(3)
    phone.context.set_offline(False)
    phone.sign_in("handler_140321")
    phone.waits(0)


def test_the_loop_closes_on_evidence_opens_again_and_keeps_its_history(
    chromium: Browser, city: LoopCity, tmp_path: Path
) -> None:
    officer = Visitor(chromium, city, "dispatcher_140300")
    number = handed_over(officer)
    phone = Phone(chromium, city, tmp_path / "phone").start()
    answered_in_the_valley(phone, number, tmp_path)
    assert steps_of(officer, number)[-3:] == ["签收", "开始整改", "申请销号"]
    expect(officer.page.locator(".timeline .photos img")).to_have_count(2)

    # A verifier refuses; the unit does it again, on the phone; then it is accepted.
    verifier = Visitor(chromium, city, "verifier_140300")
    step(verifier, number, "fail", note="烟气仍可见", companion="李四")
    phone.page.goto(f"{city.address}/m/#me")
    phone.page.get_by_role("button", name="更新数据").click()
    again = picture(tmp_path / "again.jpg", datetime(2019, 2, 25, 5, 0, tzinfo=CST), 37.8, 113.6, 70)
    phone.take(number, "apply_close", again, note="已更换燃烧器")
    phone.waits(0)
    phone.context.close()
    step(verifier, number, "pass", note="现场核实", companion="李四")

    # The sensor is not normal yet: closing is refused with the hour. Then it is.
    city.goes_on("hours(1, 6); a_round(6.1)")
    state_of(officer, number, "核查通过")
    assert officer.page.locator("details[data-action=close]").count() == 0
    expect(officer.page.locator("#steps")).to_contain_text(
        "已恢复 5 小时，需 24 小时，最早 2月26日 01:00 可销号"
    )
    city.goes_on("hours(6, 26); a_round(25.2)")
    step(officer, number, "close")
    state_of(officer, number, "已销号")

    # It comes back: the platform opens the case again by itself.
    assert "监测反弹 1 件" in city.goes_on("hours(26, 27, 180); a_round(27.2)")
    state_of(officer, number, "已交办")
    assert steps_of(officer, number)[-1] == "监测反弹"
    assert officer.complaints == verifier.complaints == phone.complaints == []

    # Somebody takes the case out of the database by hand, and the anchor says so.
    root = tmp_path / "root.json"
    assert city.cases("anchor", "--out", root).returncode == 0
    assert city.cases("verify", "--anchor", root).returncode == 0
    with closing(sqlite3.connect(city.folder / "db.sqlite3")) as database, database:
        database.execute("DELETE FROM cases_case WHERE number = ?", [number])
    done = city.cases("verify", "--anchor", root)
    assert done.returncode == 1
    assert f"{number}" in done.stdout + done.stderr
    assert "missing" in done.stdout + done.stderr
