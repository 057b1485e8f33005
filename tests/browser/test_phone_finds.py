"""A form for any time: finds are made one after the other without signal, while the earlier ones wait on the phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.phone import NOON, Phone, officer, phone, picture, until_kept
from tests.browser.test_inspection import choose
from tests.browser.test_phone_field import BEGIN, opened
from tests.servers.installed import run_python

pytestmark = pytest.mark.browser
__all__ = ["officer", "phone"]
CHOOSE = "(one) => { one.value = 'else'; one.dispatchEvent(new Event('change', { bubbles: true })); }"
"""The list is drawn over by the form library."""
COUNTY = "140321"
NAMES = """
rows = Answer.objects.filter(form__form="outfall_find", summary__startswith="无名排口").order_by("summary")
print(",".join(rows.values_list("summary", flat=True)))
"""


def found(page: Page, name: str, photo: Path) -> None:
    """What stands there, as the form asks for it."""
    page.fill(".geopicker input[name=lat]", "37.93")
    page.fill(".geopicker input[name=long]", "113.78")
    page.fill("[name='/data/what/name']", name)
    page.locator("select[name='/data/what/kind']").evaluate(CHOOSE)
    choose(page, "discharging", "no")
    page.set_input_files("input[type=file][name='/data/what/photo']", str(photo))
    expect(page.locator(".file-preview img").first).to_be_visible()
    page.locator("#save-form").click()


def test_a_second_find_is_made_while_the_first_waits(phone: Phone, tmp_path: Path) -> None:
    phone.context.clock.set_system_time(NOON)
    phone.sign_in("pd-wangge")
    phone.kept()
    library = phone.page.locator("script[type=module]").evaluate(
        "(s) => new URL('../vendor/enketo.min.js', s.src).pathname"
    )
    until_kept(phone, str(library))
    until_kept(phone, str(library).replace("enketo.min.js", "enketo.min.css"))
    phone.context.set_offline(True)
    for n in (1, 2):
        page = opened(phone, COUNTY)
        expect(page.locator("[data-item]")).to_have_count(n - 1)
        found(page, f"无名排口{n}", picture(tmp_path / f"{n}.jpg", NOON, 37.93, 113.78, shade=80 + n))
        phone.waits(n)
    phone.context.set_offline(False)
    phone.sign_in("pd-wangge")
    phone.waits(0)
    said = run_python(phone.city.folder, BEGIN + NAMES, DJANGO_SETTINGS_MODULE="bihuan.settings")
    assert said.strip() == "无名排口1，无水,无名排口2，无水"
