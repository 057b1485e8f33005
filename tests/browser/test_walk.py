"""The main job, walked through in a real browser: from the forecast of a real episode to two verified, closed cases."""

import io
import re
from pathlib import Path

import pytest
from docx import Document
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, Visitor

pytestmark = pytest.mark.browser
ACCOUNTS = {"城区": "cq", "矿区": "kq", "郊区": "jq", "平定县": "pd", "盂县": "yx"}


def photo(path: Path) -> Path:
    """A small real JPEG."""
    memory = io.BytesIO()
    Image.new("RGB", (80, 60), "green").save(memory, "JPEG")
    path.write_bytes(memory.getvalue())
    return path


def accept_first(officer: Visitor) -> str:
    """Accept the first suggestion of the centre; returns the case's number."""
    officer.go("/")
    officer.page.locator("#suggestions .row-line").first.get_by_role(
        "button", name="采纳", exact=True
    ).click()
    said = officer.page.locator(".toast-line").first.inner_text()
    assert "已采纳" in said
    found = re.search(r"\S+〔2019〕\d{4}", said)
    assert found
    return found.group()


def step(who: Visitor, number: str, action: str, **fields: str) -> None:
    """Take one step on the case's page with the buttons that are offered."""
    who.go(f"/cases/{number}/")
    who.page.wait_for_load_state("networkidle")  # what comes late moves the bar under the finger
    form = who.page.locator(f"details[data-action={action}]")
    form.locator("summary").click()
    expect(form).to_have_js_property("open", True)
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if name == "files":
            field.set_input_files(value)
        elif name == "organisation":
            field.select_option(label=value)
        else:
            field.fill(value)
    form.locator("form button.btn-primary").click()
    expect(who.page.locator(".toast-line.success")).to_be_visible()


def state_of(who: Visitor, number: str, state: str) -> None:
    """The case's page says this state."""
    who.go(f"/cases/{number}/")
    expect(who.page.locator("section.panel").first).to_contain_text(state)


def test_from_the_forecast_to_two_closed_cases_and_the_brief(
    chromium: Browser, practice: City, tmp_path: Path
) -> None:
    officer = Visitor(chromium, practice, "diaodu")

    # Now: 11 January 2019, 11:00, five stations, heavy pollution by PM2.5 (the published hours say so).
    expect(officer.page.locator("[data-aqi]")).to_have_text(re.compile(r"^2\d\d$"))
    expect(officer.page.locator(".left .panel").first).to_contain_text("重度")

    # The forecast with its width.
    officer.go("/forecast/")
    expect(officer.page.locator("main")).to_contain_text("2019-01-11 12:00 起报")
    days = officer.page.locator("section.panel").filter(
        has=officer.page.get_by_role("heading", name="逐日", exact=True)
    )
    assert days.locator("tbody tr").count() == 7
    expect(officer.page.locator("bh-chart canvas").first).to_be_visible()
    officer.go("/")
    expect(officer.page.locator("#warning")).to_contain_text("P=")

    # Two suggestions accepted, handed over to their counties.
    numbers = [accept_first(officer), accept_first(officer)]
    assert numbers[0] != numbers[1]
    for number in numbers:
        officer.go(f"/cases/{number}/")
        expect(officer.page.locator("main")).to_contain_text("模拟")
        head = officer.page.locator("section.panel").first.inner_text()
        county = next(c for c in ACCOUNTS if c in head)
        step(officer, number, "dispatch", organisation=f"{county}生态环境分局")
        state_of(officer, number, "已交办")

        # The county's handler answers on a phone.
        handler = Visitor(chromium, practice, f"{ACCOUNTS[county]}-banli", phone=True)
        handler.go("/cases/")
        expect(handler.page.locator("main")).to_contain_text(number)
        step(handler, number, "sign")
        step(handler, number, "plan", note="已派人到现场")
        step(handler, number, "apply_close", note="窑炉已停运", files=str(photo(tmp_path / "after.jpg")))
        assert handler.page.evaluate("document.documentElement.scrollWidth") <= 390

        # The same person holds a verifier's post, and is refused all the same: no button, a reason, and no way around.
        assert handler.page.locator("details[data-action=pass]").count() == 0
        expect(handler.page.locator("#steps")).to_contain_text("必须由他人办理")
        refused = handler.page.evaluate(
            """async (address) => {
                const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
                const body = new URLSearchParams({csrfmiddlewaretoken: token, note: '自己核查', companion: '某人'});
                return (await fetch(address, {method: 'POST', body})).text();
            }""",
            f"/cases/{number}/do/pass",
        )
        assert "必须由他人办理" in refused
        state_of(handler, number, "待核查")

        # Another person verifies; the office closes.
        verifier = Visitor(chromium, practice, "hecha")
        step(verifier, number, "pass", note="现场核实，已停运", companion="周核查")
        step(officer, number, "close")
        state_of(officer, number, "已销号")
        assert handler.complaints == []
        assert verifier.complaints == []

    # The day's brief in Word; its index is the one the page shows.
    officer.go("/brief/2019-01-11/")
    page_text = officer.page.locator("main").inner_text()
    with officer.page.expect_download() as download:
        officer.page.get_by_role("link", name="Word").click()
    path = tmp_path / "brief.docx"
    download.value.save_as(path)
    paper = Document(str(path))
    text = "\n".join(p.text for p in paper.paragraphs) + "\n".join(
        c.text for t in paper.tables for r in t.rows for c in r.cells
    )
    aqi = re.search(r"（AQI）\s*(\d+)", page_text)
    assert aqi
    assert aqi.group(1) in text
    assert "空气质量日报" in text
    assert officer.complaints == []


def test_the_hash_chain_of_the_walked_cases_holds(practice: City) -> None:
    import json
    import subprocess

    from tests.browser.conftest import bihuan

    done = subprocess.run(
        bihuan("--data", str(practice.folder), "--json", "cases", "verify"),
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    assert (done.returncode, report["broken"]) == (0, [])
    assert report["cases"] >= 6
