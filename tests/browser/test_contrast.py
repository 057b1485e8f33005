"""Every text on every page is readable: contrast at least 4.5 : 1 (large text 3 : 1, WCAG 2.1 clause 1.4.3), in both themes."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import City, Visitor

pytestmark = pytest.mark.browser
PAGES = (
    "/", "/sites/", "/sites/1738A/", "/evaluation/", "/evaluation/calendar/", "/forecast/", "/findings/", "/cases/?tab=all", "/checks/",
    "/imports/", "/system/", "/me/", "/s/heavy_pollution/", "/s/plant_emissions/", "/s/forecast_desk/", "/s/station_quality/", "/loggers/",
)  # fmt: skip
# Colours of buttons fade from theme to theme; what is measured is where they end.
CHANGE = "theme => { document.documentElement.dataset.bsTheme = theme; document.getAnimations().forEach(a => a.finish()); }"
MEASURE = Path(__file__).with_name("contrast.js").read_text("utf-8")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_text_can_be_read(chromium: Browser, practice: City, theme: str) -> None:
    officer = Visitor(chromium, practice, "diaodu")
    found: dict[str, Any] = {}
    for path in PAGES:
        officer.go(path)
        officer.page.evaluate(CHANGE, theme)
        found |= {f"{path} {text}": ratio for text, ratio in officer.page.evaluate(MEASURE)}
    assert found == {}
