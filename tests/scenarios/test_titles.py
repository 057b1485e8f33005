"""A title tells the whole length: no check of any scenario writes the length of one row into it for good."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from inspect import getsourcefile, unwrap
from pathlib import Path

import polars as pl
import pytest

from bihuan.domain.checks import FINDINGS, Check, with_titles, worded
from bihuan.scenarios.catalogue import every_check

START = datetime(2019, 1, 11, 22, tzinfo=UTC)
# A number that stands where a title tells how long something has lasted.
LENGTH_OF_A_ROW = re.compile(r"(持续|连续|已) ?\{\} ?(小时|分钟|天)|^\{\} 起")


def module_of(check: Check) -> Path:
    """The file in which the rule of a check is written."""
    rule = unwrap(check.run)
    # Checks of sewage wear the scenario's coat.
    return Path(str(getsourcefile(rule)))


def texts(path: Path) -> Iterator[str]:
    """The texts of a module, those with values in them with `{}` for each value."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(p.value if isinstance(p, ast.Constant) else "" for p in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("path", sorted({module_of(e.check) for e in every_check()}), ids=lambda p: p.stem)
def test_no_check_writes_the_length_of_one_row_into_its_title(path: Path) -> None:
    assert [text for text in texts(path) if LENGTH_OF_A_ROW.search(text)] == []


def test_all_fields_are_filled_with_what_the_times_say() -> None:
    # 22:00 UTC is 06:00 of the next day in China; 27.5 hours later it is 09:30 of the day after.
    until = START + timedelta(hours=27.5)
    phrase = "[start]|[start_day]|[until]|[hours]|[minutes]|[days]"
    assert worded(phrase, START, until) == "1月12日 06:00|1月12日|1月13日 09:30|27.5|1650|2"


@pytest.mark.parametrize(("hours", "days"), [(1, "1"), (18, "1"), (19, "2"), (42, "2"), (43, "3")])
def test_days_are_those_that_are_touched_and_an_end_at_midnight_touches_none(hours: int, days: str) -> None:
    assert worded("[days]", START, START + timedelta(hours=hours)) == days


@pytest.mark.parametrize("text", ["{start}", "[other]", "{}", "100%", "参数“[K]”", "{start.__class__}"])
def test_any_other_text_of_a_logger_stays_as_it_came(text: str) -> None:
    assert worded(text, START, START + timedelta(hours=1)) == text


def test_a_row_carries_its_own_title_and_the_phrase_for_the_whole() -> None:
    row = (
        "site",
        "S1",
        START,
        START + timedelta(hours=3),
        "pm25",
        1.0,
        "倍",
        "超标 1 倍，持续 [hours] 小时",
        "{}",
        None,
    )
    (made,) = with_titles(pl.DataFrame([row], schema=FINDINGS, orient="row")).to_dicts()
    assert (made["title"], made["phrase"]) == ("超标 1 倍，持续 3 小时", "超标 1 倍，持续 [hours] 小时")
