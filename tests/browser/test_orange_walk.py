"""An orange warning at the gates: rules go out, bars deny, one unit opens its side gate; the board shows it, and the county gets the case."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from bihuan import clock
from bihuan.archive import Archive
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.rule_files import RuleFile
from bihuan.simulate.gates.__main__ import LETS_IN, live_of
from bihuan.simulate.gates.link import verified
from bihuan.simulate.gates.live import Faults
from tests.browser.conftest import City, Visitor
from tests.browser.night import HOUR, copied, pages_of, round_of_checks
from tests.browser.test_warning import approve, propose
from tests.servers.gates.running import Entrance

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STEP = timedelta(minutes=10)
QUIET = Faults(cut=0, wrong_clocks=0)


@pytest.fixture
def warned(practice: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    """A copy of the city that goes its own way."""
    folder = copied(practice, tmp_path / "orange")
    monkeypatch.setenv("BIHUAN_DATA", str(folder))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "bihuan.settings")
    with pages_of(folder) as city:
        yield city


def a_day(folder: Path, said: dict[str, Any]) -> None:
    """The simulated gates talk to the real entrance from six to ten; the unit that cheats is told the same rules as all."""
    with Entrance(folder, said["keys"]) as entrance:
        link = entrance.link(said["cheats"], clock=lambda: clock.now().timestamp())
        rules = RuleFile(verified(link.rules()[1], said["public"]))
        assert rules.order is not None
        assert rules.order.level == "orange"
        start = clock.now()
        live = live_of(said, ("127.0.0.1", entrance.port), start, QUIET)
        for n in range(int(16 * HOUR / STEP)):
            clock.set_replay(start + (n + 1) * STEP, 0)
            live.step(start + n * STEP, start + (n + 1) * STEP)
        live.close()
        entrance.stored()


def test_an_orange_warning_from_the_rules_to_the_case_of_the_county(chromium: Browser, warned: City) -> None:
    officer, chief = Visitor(chromium, warned, "diaodu"), Visitor(chromium, warned, "lingdao")
    clock.set_replay(datetime(2019, 1, 12, 6, tzinfo=CST), 0)
    propose(officer, "提请启动预警", level="orange", reason="静稳加重", until="2019-01-14T08:00")
    approve(chief)
    said = json.loads((warned.folder / "simulated_gates.json").read_text())
    began = clock.now()
    a_day(warned.folder, said)

    told = Archive(warned.folder / "archive").passages.current(began, began + 17 * HOUR).collect()
    denied = told.filter(allowed=0)
    assert set(denied["rule"]) - {"no_plate"} == {"orange_stage_4"}
    assert denied["unit"].n_unique() > 3
    by_hand = told.filter(unit=said["cheats"], opened="manual", decided_by="门卫")
    assert by_hand.height == LETS_IN
    assert by_hand["site"].unique().to_list() == [max(told.filter(unit=said["cheats"])["site"])]

    # Next morning at half past seven.
    clock.set_replay(began + 25.5 * HOUR, 0)
    round_of_checks()
    page = officer.page
    officer.go("/s/vehicle_users/hours/")
    expect(page.locator("main")).to_contain_text("2019-01-13")
    page.get_by_role("link", name="前一天").click()
    first = page.locator("tbody tr").first
    expect(first.get_by_role("link").first).to_have_attribute("href", re.compile(f"/{said['cheats']}/$"))
    expect(first).to_contain_text("橙色预警")
    name = first.get_by_role("link").first.inner_text()
    assert sum(int(n) for n in first.locator("td.barred").all_inner_texts()) == LETS_IN
    expect(page.locator("main")).to_contain_text(f"放行禁止进入的车辆 {LETS_IN} 辆次")

    # The finding, and the case of the county.
    officer.go("/findings/?check=gate.barred_in")
    row = page.locator(".incident").filter(has_text=f"预警期间放行禁止进入的车辆 {LETS_IN} 辆次")
    expect(row).to_have_count(1)
    row.get_by_text("处理", exact=True).click()
    row.get_by_role("button", name="交办", exact=True).click()
    done = page.locator(".toast-line.success")
    expect(done).to_contain_text(re.compile(r"已交办 .+：.+号?"))
    number = re.search(r"：([^，]+)，?", done.inner_text())
    assert number
    officer.go(f"/cases/{number[1].strip()}/")
    expect(page.locator("main")).to_contain_text("预警期间放行禁止进入的车辆")

    # The month table: tonnes of all that was weighed; what nobody knows stands apart.
    officer.go("/s/clean_transport/?since=2019-01&until=2019-01")
    told = page.locator("main").inner_text()
    assert re.search(r"运输量合计 [1-9][\d,]* t", told)
    assert re.search(r"没有称重 [1-9][\d,]* 车次，都没有摊给其他列", told)
    expect(page.locator("tr").filter(has=page.get_by_role("link", name=name)).first).to_contain_text(
        re.compile(r"[1-9]")
    )
    assert officer.complaints == chief.complaints == []
