"""A phone in the tests: a browser with a folder of its own, which can be killed and started again."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psutil
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bihuan.domain.timeaxis import CST
from tests.browser.conftest import FLAGS, PASSWORD, City, Visitor
from tests.browser.test_cases import registered

READY = "body[data-ready]"
NOON = datetime(2019, 1, 11, 12, 5, tzinfo=CST)
"""A moment of the practice city's day."""


@dataclass
class Phone:
    """One person's phone at 390 px; `folder` is what survives a kill."""

    browser: Browser
    city: City
    folder: Path
    complaints: list[str] = field(default_factory=list)

    def start(self, *, offline: bool = False) -> "Phone":
        """Open the browser; after a kill with what it had written."""
        kind = self.browser.browser_type
        self.context: BrowserContext = kind.launch_persistent_context(
            str(self.folder), executable_path=str(executable(self.browser)), args=FLAGS, viewport={"width": 390, "height": 844},
            locale="zh-CN", timezone_id="Asia/Shanghai", geolocation={"latitude": 37.8, "longitude": 113.6},
            permissions=["geolocation"], offline=offline,
        )  # fmt: skip
        self.page: Page = self.context.pages[0]
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return self

    def sign_in(self, username: str) -> None:
        """By the page that the bar leads to; who is signed in is led back at once."""
        self.page.goto(f"{self.city.address}/login/?next=/m/")
        if not self.page.locator("#id_username").count():
            self.page.wait_for_selector(READY)
            return
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("form button.btn-primary")
        self.page.wait_for_selector(READY)

    def open(self) -> None:
        """The page, whether or not there is a signal."""
        self.page.goto(f"{self.city.address}/m/")
        self.page.wait_for_selector(READY)

    def kept(self) -> None:
        """Wait until the page can be opened without signal."""
        self.page.evaluate("navigator.serviceWorker.ready")

    def kill(self) -> None:
        """As when the battery is taken out: no handler of the page or the browser runs."""
        flag = f"--user-data-dir={self.folder}"
        mine = [p for p in psutil.process_iter(["cmdline"]) if flag in (p.info["cmdline"] or [])]
        assert mine
        for process in mine:
            process.kill()
        psutil.wait_procs(mine, timeout=20)
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()

    def case(self, number: str) -> None:
        """Open the card of a case."""
        self.page.goto(f"{self.city.address}/m/#todo")
        self.page.locator(f"a.card[data-number='{number}']").click()

    def take(self, number: str, action: str, *photos: Path, **given: str) -> None:
        """Take a step with the buttons that are offered."""
        self.case(number)
        place = self.page.locator(f"[data-action={action}]")
        if place.locator("summary").count():
            place.locator("summary").click()
        for photo in photos:
            shown = place.locator(".photos img").count()
            place.locator("input[type=file]").set_input_files(photo)
            expect(place.locator(".photos img")).to_have_count(shown + 1)
        for name, value in given.items():
            place.locator(f"[name={name}]").fill(value)
        place.locator("form button.primary").click()
        expect(self.page.locator("a.card").first).to_be_visible()

    def waits(self, count: int) -> None:
        """The header says how much is still to be sent."""
        queued = self.page.locator("#queued")
        if count:
            expect(queued).to_have_text(f"待上传 {count}")
        else:
            expect(queued).to_be_hidden(timeout=30_000)


def executable(browser: Browser) -> str:
    """The browser that runs already."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found
    return found


def picture(path: Path, at: datetime, lat: float, lon: float, shade: int = 90) -> Path:
    """A large photo of a phone's camera, with time and place in its EXIF."""
    image = Image.effect_noise((2400, 1800), shade).convert("RGB")
    exif = image.getexif()
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = f"{at:%Y:%m:%d %H:%M:%S}"
    gps = exif.get_ifd(IFD.GPSInfo)
    gps |= {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: _parts(lat), GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: _parts(lon)}  # fmt: skip
    image.save(path, "JPEG", exif=exif, quality=70)
    return path


def _parts(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 3)


def handed_over(
    officer: Visitor, title: str, *, lat: float = 37.8, lon: float = 113.6, level: str = "minor"
) -> str:
    """The officer registers a problem in 平定县 and hands it over at once; its number."""
    officer.go("/cases/new/")
    form = officer.page.locator("form.new-case")
    form.locator("[name=title]").fill(title)
    form.locator("[name=region]").select_option(label="平定县")
    form.locator("[name=level]").select_option(level)
    form.locator("[name=lat]").fill(str(lat))
    form.locator("[name=lon]").fill(str(lon))
    form.locator("[name=organisation]").select_option(label="平定县生态环境分局")
    form.get_by_role("button", name="登记").click()
    return registered(officer)


def steps_of(who: Visitor, number: str) -> list[str]:
    """The labels of the chain, as the case's page shows them."""
    who.go(f"/cases/{number}/")
    return [text.strip() for text in who.page.locator("ul.timeline > li > b").all_inner_texts()]


def stored(phone: Phone, store: str) -> int:
    """How many rows a store of the phone's database holds."""
    script = """async (store) => {
        const db = await new Promise((go) => { const asked = indexedDB.open('bihuan'); asked.onsuccess = () => go(asked.result); });
        return new Promise((go) => { const asked = db.transaction(store).objectStore(store).count(); asked.onsuccess = () => go(asked.result); });
    }"""
    return int(phone.page.evaluate(script, store))


def until_kept(phone: Phone, path: str) -> None:
    """Wait until the worker has kept an answer: it does so after it has given it."""
    for _ in range(200):
        if phone.page.evaluate("(path) => caches.match(path).then(Boolean)", path):
            return
        phone.page.wait_for_timeout(100)
    raise AssertionError(f"{path} is not kept")


@pytest.fixture
def officer(chromium: Browser, practice: City) -> Visitor:
    """Who hands over."""
    return Visitor(chromium, practice, "diaodu")


@pytest.fixture
def phone(chromium: Browser, practice: City, tmp_path: Path) -> Iterator[Phone]:
    """The phone of the handler of 平定县, with all it needs to open without signal."""
    made = Phone(chromium, practice, tmp_path / "phone").start()
    yield made
    made.context.close()
    assert made.complaints == [], made.complaints
