"""English by a switch: every text has its English, the compiled catalogue is that of the source, pages show no Chinese.

What must be covered comes from the templates and the code themselves (tools/translations.py collects it). Data stay in
their own language: names of places, people and organisations, and titles that a check or a person wrote.
"""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

import bihuan
from bihuan import clock
from bihuan.cases import actions
from bihuan.cases.errors import IllegalMove
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Case
from bihuan.registry.models import Site
from tests.people import City

CHINESE = re.compile("[\u3400-\u9fff]")
SOURCE = Path(bihuan.__file__).parent
TYPED = re.compile("[是否]")  # what a cell of a file has to hold, in every language
NAMED = re.compile(r"%\((\w+)\)(?:\d*\.?\d*)[sdf]")
CHROME = {"h1", "h2", "th", "button", "label", "summary", "option", "nav", "title"}
NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
PAGES = (
    "centre", "evaluation", "calendar", "forecast", "forecast_scores", "findings", "cases", "figures", "checks", "quarantine",
    "imports", "system", "audit", "sites", "search", "me", "heavy_pollution:index", "station_quality:index",
)  # fmt: skip


def tool() -> Any:
    """tools/translations.py as a module; it is no part of the package."""
    path = Path(__file__).resolve().parents[2] / "tools" / "translations.py"
    spec = spec_from_file_location("translations", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Chrome(HTMLParser):
    """The texts of headings, table heads, buttons, labels and menus, and of the attributes that are read out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in CHROME or (tag == "div" and given.get("class") == "tabs"):
            self.inside.append(tag)
        self.texts += [given.get(name) or "" for name in ("placeholder", "aria-label")]

    def handle_endtag(self, tag: str) -> None:
        if self.inside[-1:] == [tag]:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts.append(data)


class Whole(Chrome):
    """Every text of a page but scripts and styles, and what is read out or shown beside the pointer."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = [] if tag in ("script", "style") else ["shown"]
        given = dict(attrs)
        self.texts += [given.get(name) or "" for name in ("placeholder", "aria-label", "title", "alt")]

    def handle_endtag(self, tag: str) -> None:
        self.inside = ["shown"]


def in_english(client: Client, address: str) -> str:
    """The page as someone sees it who switched to English."""
    client.post(reverse("language"), {"language": "en"})
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert 'lang="en"' in answer.content.decode()
    return answer.content.decode()


def chinese_chrome(page: str, names: list[str]) -> list[str]:
    """Texts of the chrome that still hold Chinese; names are data, and the switch back is in Chinese."""
    return left(Chrome(page).texts, names)


def left(texts: list[str], names: list[str]) -> list[str]:
    """The texts that hold Chinese besides the names."""
    found = []
    for text in texts:
        for name in [*names, "中文"]:
            text = text.replace(name, "")
        if CHINESE.search(text):
            found.append(text.strip())
    return found


@pytest.fixture
def case(city: City, data_dir: Path) -> Case:
    """A station with one handed-over case and one open finding in 平定县."""
    region = city.regions["140321"]
    Site.objects.create(
        code="X1", name="测试站", rank="national", region=region, lon=113.6, lat=37.8, evaluated=True, city=city.regions["140300"]
    )  # fmt: skip

    def found(key: str) -> Any:
        return open_or_extend(
            check_key=key, target_kind="site", target="X1", target_name="测试站", title="测试", region=region,
            started_at=NOW, until=NOW + timedelta(hours=1), magnitude=1.0, unit="", severity="serious", evidence={"a": 1},
        )[0]  # fmt: skip

    found("k2")
    return actions.hand_over([found("k1")], city.person("dispatcher", "140300"), city.governments["140321"])


@pytest.fixture
def names(city: City) -> list[str]:
    """Data that pages show: the longest names first, since one may hold another."""
    made = [r.name for r in city.regions.values()] + [g.name for g in city.governments.values()]
    return sorted([*made, "测试站", "测试"], key=len, reverse=True)


def test_every_text_has_its_english_in_one_place_and_none_is_left_over() -> None:
    translations = tool()
    homes = translations.by_home(translations.collected())
    assert set(translations.catalogues()) == set(homes), "run tools/translations.py"
    for folder, texts in homes.items():
        known = {(m.id, m.context): m.string for m in translations.read(folder) if m.id}
        assert sorted(map(str, set(texts) ^ set(known))) == [], (
            "run tools/translations.py and write the English"
        )
        assert [text for text, english in known.items() if not english] == []


def test_what_only_one_line_of_business_says_is_kept_in_its_folder() -> None:
    translations = tool()
    desk = translations.SOURCE / "scenarios" / "forecast_desk"
    assert translations.home_of(["scenarios/forecast_desk/pages.py"]) == desk / "locale"
    for places in (["web/menu.py"], ["scenarios/contract.py"], ["web/menu.py", "scenarios/forecast_desk/pages.py"], ["scenarios/forecast_desk/a.py", "scenarios/heavy_pollution/a.py"]):  # fmt: skip
        assert translations.home_of(places) == translations.CORE, places


def test_the_english_keeps_what_is_filled_in_and_holds_no_chinese() -> None:
    for message in (m for folder in tool().catalogues() for m in tool().read(folder)):
        if message.id:
            assert sorted(NAMED.findall(message.id)) == sorted(NAMED.findall(message.string)), message.id
            assert ("%%" in message.id) == ("%%" in message.string), message.id
            assert not CHINESE.search(TYPED.sub("", message.string)), message.id


def test_the_compiled_catalogues_are_those_of_the_texts() -> None:
    translations = tool()
    for folder in translations.catalogues():
        compiled = translations.compiled(translations.read(folder))
        assert (folder / translations.INSIDE / "django.mo").read_bytes() == compiled, folder


def test_the_login_greets_in_english(client: Client, city: City, data_dir: Path) -> None:
    page = in_english(client, reverse("login"))
    assert ">Log in</button>" in page
    assert chinese_chrome(page, []) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_chinese_but_data(
    client: Client, city: City, case: Case, names: list[str], page: str
) -> None:
    client.force_login(city.person("admin" if page == "imports" else "chief", "140300"))
    assert chinese_chrome(in_english(client, reverse(page)), names) == []


# What stays Chinese in the pages themselves: titles of laws and decrees.
STANDING = ("环大气〔2024〕6号", "失控", "环境监测数据弄虚作假行为判定及处理办法")


@pytest.mark.parametrize("page", [*PAGES, "inbox", "newest_brief", "models", "loggers", "heavy_pollution:history", "plant_emissions:index", "forecast_desk:index"])  # fmt: skip
def test_a_whole_page_has_no_chinese_but_names_and_what_persons_wrote(
    client: Client, city: City, case: Case, names: list[str], page: str
) -> None:
    reader = city.person("admin" if page == "imports" else "chief", "140300")
    client.force_login(reader)
    shown = Whole(in_english(client, reverse(page))).texts
    assert left(shown, [*names, case.number, str(reader), *STANDING]) == []


@pytest.mark.parametrize("tab", ["series", "evaluation", "quality", "neighbours", "raw"])
def test_a_station_has_no_chinese_but_data(
    client: Client, city: City, case: Case, names: list[str], tab: str
) -> None:
    client.force_login(city.person("chief", "140300"))
    page = in_english(client, reverse("site", args=["X1"]) + f"?tab={tab}")
    assert chinese_chrome(page, names) == []


def test_a_case_and_its_finding_have_no_chinese_but_data(
    client: Client, city: City, case: Case, names: list[str]
) -> None:
    client.force_login(city.person("handler", "140321"))
    page = in_english(client, reverse("case", args=[case.number]))
    assert chinese_chrome(page, [*names, case.number]) == []
    assert "Confirm: Sign" in page
    client.force_login(city.person("dispatcher", "140300"))
    found = case.findings.get()
    assert chinese_chrome(in_english(client, reverse("finding", args=[found.pk])), names) == []


def test_the_menu_names_the_pages(client: Client, city: City, data_dir: Path) -> None:
    client.force_login(city.person("chief", "140300"))
    page = in_english(client, reverse("centre"))
    menu = ">Centre<|>Evaluation<|>Forecast<|>Control<|>Quality<|>Findings<|>Cases<|>Checks<|>Quarantine<|>System<"
    assert [name for name in menu.split("|") if name not in page] == []


def test_chinese_stays_the_language_until_someone_switches(
    client: Client, city: City, data_dir: Path
) -> None:
    page = client.get(reverse("login"), headers={"accept-language": "en"}).content.decode()
    assert 'lang="zh-hans"' in page
    assert ">登录</button>" in page


def test_a_refused_step_and_the_deadline_are_said_in_english(city: City, case: Case) -> None:
    with override("en"):
        with pytest.raises(IllegalMove, match="“Sign” is for: Handler"):
            actions.take(case, "sign", city.person("verifier", "140321"))
        with pytest.raises(IllegalMove, match="“Return” needs: Note"):
            actions.take(case, "return", city.person("handler", "140321"))
        assert re.fullmatch(r"\d+ d( \d+ h)? left", case.lamp(clock.now()).text)


# Shown when nothing works any more, in both languages at once; and the button that switches.
BOTH = {"broken.html", "not_understood.html"}
TAGS = re.compile(r"\{% blocktranslate.*?endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.S)
MARKS_TOO = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.html")), ids=lambda p: f"{p.parent.name}-{p.name}")
def test_no_template_writes_chinese_past_the_catalogue(path: Path) -> None:
    """Neither words nor marks such as （ and ，, which an English page would show."""
    found = set(MARKS_TOO.findall(TAGS.sub("", path.read_text("utf-8")))) - {"中文"}
    assert not found or path.name in BOTH


def test_texts_within_f_strings_are_collected() -> None:
    python = """f"{_('实测')} {x} {gettext_noop('预报')}" + _("全" "市") + str("别的")"""
    assert sorted(tool().marked(python)) == ["全市", "实测", "预报"]
