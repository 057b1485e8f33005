"""Pages as someone reads them who switched to English: which Chinese is left on them besides data.

Data stay in their own language: names of places, people and organisations, and titles that a check or a person wrote.
"""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse

from bihuan.cases import actions
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Case, Finding
from bihuan.registry.models import Site
from tests.people import City

CHINESE = re.compile("[\u3400-\u9fff]")
CHROME = {"h1", "h2", "th", "button", "label", "summary", "option", "nav", "title"}
NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
# What stays Chinese in the pages themselves: titles of laws and decrees.
STANDING = ("环大气〔2024〕6号", "失控", "环境监测数据弄虚作假行为判定及处理办法")


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


def handed_over(city: City) -> Case:
    """A station with one handed-over case and one open finding in 平定县."""
    region = city.regions["140321"]
    Site.objects.create(
        code="X1", name="测试站", rank="national", region=region, lon=113.6, lat=37.8, evaluated=True, city=city.regions["140300"]
    )  # fmt: skip

    def found(key: str) -> Finding:
        return open_or_extend(
            check_key=key, target_kind="site", target="X1", target_name="测试站", title="测试", region=region,
            started_at=NOW, until=NOW + timedelta(hours=1), magnitude=1.0, unit="", severity="serious", evidence={"a": 1},
        )[0]  # fmt: skip

    found("k2")
    return actions.hand_over([found("k1")], city.person("dispatcher", "140300"), city.governments["140321"])


def names_of(city: City) -> list[str]:
    """Data that pages show: the longest names first, since one may hold another."""
    made = [r.name for r in city.regions.values()] + [g.name for g in city.governments.values()]
    return sorted([*made, "测试站", "测试"], key=len, reverse=True)
