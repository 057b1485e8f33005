"""English by a switch: every text has its English, the compiled catalogue is that of the source, pages show no Chinese.

What must be covered comes from the templates and the code themselves (tools/translations.py collects it). Data stay in
their own language: names of places, people and organisations, and titles that a check or a person wrote.
"""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

import bihuan
from bihuan import clock
from bihuan.cases import actions
from bihuan.cases.errors import IllegalMove
from bihuan.cases.ladders import Timing
from bihuan.cases.models import Case
from bihuan.scenarios import scenario_names
from bihuan.scenarios.resolved import every_scenario
from tests.in_english import CHINESE, STANDING, Whole, chinese_chrome, handed_over, in_english, left, names_of
from tests.odd import addresses
from tests.people import City

SOURCE = Path(bihuan.__file__).parent
TYPED = re.compile("[是否]")  # what a cell of a file has to hold, in every language
NAMED = re.compile(r"%\((\w+)\)(?:\d*\.?\d*)[sdf]")
PAGES = (
    "centre", "findings", "cases", "figures", "checks", "quarantine", "imports", "system", "audit", "search", "me", "inbox",
    "loggers",
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


@pytest.fixture
def case(city: City, data_dir: Path) -> Case:
    """A station with one handed-over case and one open finding in 平定县."""
    return handed_over(city)


@pytest.fixture
def names(city: City) -> list[str]:
    """Data that pages show."""
    return names_of(city)


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
def test_a_whole_page_has_no_chinese_but_names_and_what_persons_wrote(
    client: Client, city: City, case: Case, names: list[str], page: str
) -> None:
    reader = city.person("admin" if page == "imports" else "chief", "140300")
    client.force_login(reader)
    shown = Whole(in_english(client, reverse(page))).texts
    assert left(shown, [*names, case.number, str(reader), *STANDING]) == []


@pytest.mark.parametrize("folder", scenario_names())
def test_no_page_of_a_line_of_business_has_chinese_but_names_and_what_persons_wrote(
    client: Client, city: City, case: Case, names: list[str], folder: str
) -> None:
    reader = city.person("chief", "140300")
    client.force_login(reader)
    client.post(reverse("language"), {"language": "en"})
    for name, pattern in addresses(folder):
        answer = client.get(reverse(name)) if not pattern.pattern.converters else None
        if (
            answer is not None
            and answer.status_code == 200
            and answer["Content-Type"].startswith("text/html")
        ):
            # Heads of a file are said as the file has them.
            shown = [t for t in Whole(answer.content.decode()).texts if not t.strip().startswith("Columns: ")]
            assert left(shown, [*names, case.number, str(reader), *STANDING]) == [], name


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
    for name in ("Centre", "Findings", "Cases", "Checks", "Quarantine", "System"):
        assert f">{name}<" in page
    with override("en"):
        told = [gettext(entry.title) for s in every_scenario().values() for entry in s.menu]
    assert [name for name in told if f">{name}<" not in page] == []


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
        assert re.fullmatch(r"\d+ d( \d+ h)? left", case.lamp(clock.now(), Timing()).text)


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
