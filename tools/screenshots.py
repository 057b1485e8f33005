"""Screenshots of each page at both widths for docs/screenshots/, from a running practice city.

python tools/screenshots.py http://127.0.0.1:8000 docs/screenshots
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PASSWORD = "Bihuan-2019"
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
]
PAGES = {
    "centre": "/",
    "site": "/sites/1738A/",
    "site-quality": "/sites/1738A/?tab=quality",
    "exclusion": "/s/station_quality/1738A/",
    "evaluation": "/evaluation/",
    "calendar": "/evaluation/calendar/",
    "brief": "/brief/2019-01-11/",
    "forecast": "/forecast/",
    "scores": "/forecast/scores/",
    "models": "/forecast/models/",
    "desk": "/s/forecast_desk/",
    "control": "/s/heavy_pollution/",
    "findings": "/findings/",
    "cases": "/cases/?tab=all",
    "figures": "/cases/figures/",
    "checks": "/checks/",
    "quarantine": "/quarantine/",
    "imports": "/imports/",
    "system": "/system/",
    "plants": "/s/plant_emissions/",
    "outlet": "/s/plant_emissions/P010-1/",
    "hour": "/s/plant_emissions/P010-1/hours/2019011110/",
    "sewage": "/s/plant_emissions/P001-W1/",
    "ledger": "/s/plant_emissions/ledger/",
    "loggers": "/loggers/",
}


def shoot(browser: Browser, address: str, folder: Path, width: int, height: int) -> None:
    """All pages at one width, as the duty officer."""
    page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
    page.goto(f"{address}/login/")
    page.screenshot(path=folder / f"login-{width}.png")
    page.fill("#id_username", "diaodu")
    page.fill("#id_password", PASSWORD)
    page.click("form button.btn-primary")
    page.goto(f"{address}/cases/?tab=all")
    case = page.locator("[data-row] a").first.get_attribute("href")
    for name, path in {**PAGES, "case": case or "/"}.items():
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(4000 if name == "centre" else 800)
        page.screenshot(path=folder / f"{name}-{width}.png")


def main(address: str, folder: Path) -> None:
    """Both widths."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        shoot(browser, address, folder, 1920, 1080)
        shoot(browser, address, folder, 390, 844)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
