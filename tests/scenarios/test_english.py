"""Every Chinese text that a check can put into a title or its evidence has English."""

import ast
import re
from collections.abc import Iterator
from inspect import getsourcefile, unwrap
from pathlib import Path

import pytest
from django.utils.translation import override

from bihuan.english import COMMON, FILE, phrasebook, told
from bihuan.phrasebook import read_phrases
from bihuan.scenarios import FOLDER, scenario_names
from bihuan.scenarios.catalogue import every_check

CHINESE = re.compile("[\u3400-\u9fff]")
# Patterns for marks and logs that a logger sends: they are looked for, never said.
LOOKED_FOR = {"停|故障|事故", "故障|事故", "自动.*(?:校准|校零|校标|标定)"}
ANY = "\x00"


def modules() -> list[Path]:
    """The files in which rules of checks are written."""
    return sorted({Path(str(getsourcefile(unwrap(e.check.run)))) for e in every_check()})


def said(path: Path) -> Iterator[str]:
    """The Chinese texts of a module, but docstrings; `ANY` for what is filled in."""
    tree = ast.parse(path.read_text("utf-8"))
    inside = {
        id(c) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for c in ast.walk(n) if c is not n
    }
    inside |= {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else ANY for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def phrases() -> list[str]:
    """The Chinese of every phrase."""
    files = [FOLDER / name / FILE for name in scenario_names()]
    return [chinese for file in files if file.exists() for chinese, _ in read_phrases(file)]


def fits(text: str, phrase: str) -> bool:
    """Is the text the phrase, or a piece of it, whatever is filled in?"""
    plain = re.sub(r"\{(?:#|\w*)\}|\[\w+\]", ANY, text)
    pattern = ".*?".join(re.escape(piece) for piece in plain.split(ANY))
    return re.search(pattern, phrase) is not None


@pytest.mark.parametrize("path", modules(), ids=lambda p: f"{p.parent.parent.name}-{p.stem}")
def test_what_a_check_can_say_has_english(path: Path) -> None:
    known = phrases()
    texts = {t for t in said(path) if CHINESE.search(t)} - LOOKED_FOR
    # Titles and bases of the rules themselves are in the catalogue, as texts of pages.
    texts -= {t for e in every_check() for t in (e.check.title, e.check.basis)}
    assert [t for t in sorted(texts) if not any(fits(t, phrase) for phrase in known)] == []


@pytest.mark.parametrize("path", [*sorted(FOLDER.glob(f"*/{FILE}")), COMMON], ids=lambda p: p.parent.name)
def test_a_phrase_keeps_every_value_and_no_chinese(path: Path) -> None:
    for chinese, english in read_phrases(path):
        places = re.findall(r"\{#?\}", chinese)
        assert sorted(re.findall(r"\{(\d+)\}", english)) == sorted(str(i + 1) for i in range(len(places))), (
            chinese
        )
        assert not CHINESE.search(english), english


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("PM10 连续 7 小时未变（132 µg/m³），疑似采样或通讯故障", "PM10 unchanged for 7 h (132 µg/m³): sampling or communication may have failed"),
        ("SO2折算小时均值 88.9 mg/m³，超超低限值 50（1.78 倍），持续 12 小时", "SO2: converted hourly mean 88.9 mg/m³, over the ultra-low limit 50 (1.78 times), for 12 h"),
        ("预计1月12日至1月14日重度及以上污染，1月13日最重，AQI 中位数 246，概率最高 80%", "expected: heavy pollution or worse from 1-12 to 1-14, worst on 1-13, median AQI 246, probability up to 80%"),
    ],
)  # fmt: skip
def test_titles_are_told_in_the_language_of_the_reader(chinese: str, english: str) -> None:
    assert told(chinese) == chinese
    with override("en"):
        assert told(chinese) == english
    assert phrasebook().english("网格员写的一句话") == "网格员写的一句话"
