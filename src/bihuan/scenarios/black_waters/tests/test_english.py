"""The pages and papers of the folder in English: no Chinese but names and what people wrote."""

from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from docx import Document

from bihuan.english import told
from bihuan.scenarios.black_waters.progress import progress_of
from bihuan.scenarios.black_waters.report import as_word, sentences
from bihuan.scenarios.black_waters.tests.world import HEAVY, a_round, accepted, body, days_ago, measured
from bihuan.scenarios.black_waters.words import lacking_at, together
from bihuan.scenarios.checking import check
from tests.in_english import CHINESE, Whole, in_english, left
from tests.people import City
from tests.web.world import NOW

NAMES = ("平定县人民政府", "平定县", "阳泉市生态环境指挥中心", "阳泉市", "水体A", "水体B", *(f"{b}测点{n}" for b in "AB" for n in (1, 2, 3)))  # fmt: skip


@pytest.fixture
def waters(place: City, data_dir: Path) -> City:
    """A relapsed, B is late, overdue and too short of points; a round of A has begun."""
    accepted(place, "A", since=days_ago(300))
    body(place, "B", 2, since=days_ago(300), due=days_ago(2))
    measured(
        data_dir,
        *a_round("A", days_ago(20), HEAVY, HEAVY, HEAVY),
        ("A-1", days_ago(2), (30.0, None, None, None)),
    )
    check(NOW, lambda *_: None, looks_at="rounds")
    return place


@pytest.mark.parametrize("page", ["index", "progress", "body A", "body B"])
def test_a_page_is_told_in_english(client: Client, waters: City, page: str) -> None:
    name, *args = page.split()
    client.force_login(waters.person("dispatcher"))
    texts = Whole(in_english(client, reverse(f"black_waters:{name}", args=args))).texts
    assert left(texts, [*NAMES, *(str(o) for o in waters.governments.values())]) == []


def test_the_paper_is_told_in_english(waters: City) -> None:
    with override("en"):
        paper = Document(BytesIO(as_word(progress_of(waters.person("chief")))))
    texts = [p.text for p in paper.paragraphs] + [
        c.text for t in paper.tables for row in t.rows for c in row.cells
    ]
    for name in sorted(NAMES, key=len, reverse=True):
        texts = [text.replace(name, "") for text in texts]
    assert [text for text in texts if CHINESE.search(text)] == []


def test_what_is_lacking_is_told_in_english(waters: City) -> None:
    with override("en"):
        assert together(lacking_at("P1", {"sd": 0, "do": 0})) == "P1: not measured"
        some = together(lacking_at("P1", {"orp": 0, "nh3n": 1}))
        assert some == "P1: ORP not measured; P1: ammonia measured 1 times only"
        said = [told(s) for s in sentences(progress_of(waters.person("chief")))]
        assert "Black again after acceptance: 水体A." in said
