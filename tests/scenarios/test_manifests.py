"""What a manifest says is read and in force; what nobody reads is refused."""

import csv
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import polars as pl
import pytest
from django.utils.translation import override

from bihuan.domain.checks import check
from bihuan.domain.parameters import Declared, of_check
from bihuan.english import told
from bihuan.scenarios import FOLDER, scenario_names
from bihuan.scenarios.catalogue import Entry, every_check, faults, in_force
from bihuan.scenarios.contract import Inputs, Scenario
from bihuan.scenarios.manifests import (
    BadManifest,
    Manifest,
    manifest_of,
    read_manifest,
    read_parameters,
)


def settings_of(scenario: str) -> list[Callable[[], Any]]:
    """The functions by which a scenario reads its thresholds."""
    modules = [m.name for m in iter_modules([str(FOLDER / scenario)]) if not m.ispkg]
    found = [import_module(f"bihuan.scenarios.{scenario}.{name}") for name in modules]
    readers = [getattr(m, "in_force", None) for m in found]
    return [r for r in dict.fromkeys(readers) if r is not None]


@pytest.mark.parametrize("scenario", scenario_names())
def test_every_threshold_of_a_manifest_is_read(scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()
    value = Manifest.value

    def noted(manifest: Manifest, threshold: str) -> Any:
        read.add(threshold)
        return value(manifest, threshold)

    monkeypatch.setattr(Manifest, "value", noted)
    for reader in settings_of(scenario):
        reader.__wrapped__()  # type: ignore[attr-defined]  # past its cache
    assert set(manifest_of(scenario).thresholds) == read


@pytest.mark.parametrize("line", ['cadence = "hourly"', 'looks_at = "hours"', "[thresholds.x]\nvalue = 1\nunit = 'h'\nsource = 's'\nmost = 3"])  # fmt: skip
def test_a_key_that_nobody_reads_is_refused(line: str) -> None:
    with pytest.raises(BadManifest, match=r"^here: .*unexpected keyword argument"):
        read_manifest(f"{line}\n", where="here")


def rule(hours: pl.DataFrame, *, least_hours: int = 4) -> pl.DataFrame:
    """Says by which parameter it was run."""
    return hours.select(pl.lit(least_hours).alias("least_hours"))


PROBE = check("test.probe", title="试", basis="试", severity="minor")(rule)
HOURS = Declared("", "least_hours", "最短时长", "h", 1, 24, "持续这么多小时才报")


def test_what_the_catalogue_shows_as_overridden_is_in_force_wherever_the_check_is_run() -> None:
    given = {"least_hours": 7}
    entry = Entry("x", Scenario("试", "试", "1"), in_force(PROBE, given), given)
    assert entry.check.run(pl.DataFrame({"a": [1]}))["least_hours"].to_list() == [7]
    assert entry.check.meaning == PROBE.meaning


def nothing(_now: datetime, _back: timedelta) -> tuple[Any, ...]:
    """Inputs of a scenario, as none is run."""
    return ()


@pytest.mark.parametrize(
    ("inputs", "back", "text", "fault"),
    [
        (None, 1, "", "x: it has checks, and no inputs that give what they look at"),
        (nothing, 0, "", "x: it does not say look_back"),
        (nothing, 1, '[parameters."test.probe"]\nhours = 1', "x: test.probe has no parameter hours"),
        (nothing, 1, '[parameters."test.other"]\nhours = 1', "x: manifest.toml sets parameters of test.other"),
    ],
)  # fmt: skip
def test_a_check_that_could_never_run_as_said_is_refused_at_the_start(
    inputs: Inputs | None, back: int, text: str, fault: str
) -> None:
    scenario = Scenario("试", "试", "1", checks=(PROBE,), inputs=inputs, look_back=timedelta(hours=back))
    found = faults("x", scenario, read_manifest(text, where="x"), [HOURS])
    assert len(found) == 1
    assert found[0].startswith(fault)


@pytest.mark.parametrize(
    ("declared", "text", "fault"),
    [
        ([HOURS, replace(HOURS, name="most")], "", "x: parameters.csv names most of all checks, which no check has"),
        ([HOURS, replace(HOURS, check="test.other")], "", "x: parameters.csv names least_hours of test.other"),
        ([HOURS], '[parameters."test.probe"]\nleast_hours = 99', "x: least_hours of test.probe is 99, outside"),
    ],
)  # fmt: skip
def test_a_table_of_parameters_that_fits_no_check_is_refused(
    declared: list[Declared], text: str, fault: str
) -> None:
    scenario = Scenario("试", "试", "1", checks=(PROBE,), inputs=nothing, look_back=timedelta(hours=1))
    (found,) = faults("x", scenario, read_manifest(text, where="x"), declared)
    assert found.startswith(fault)


def test_the_row_of_a_check_goes_before_the_row_of_all() -> None:
    own = replace(HOURS, check="test.probe", title="试的时长", most=48)
    found = of_check([HOURS, own], "test.probe", PROBE.parameters, {"least_hours": 7})
    assert (found["least_hours"].title, found["least_hours"].span) == ("试的时长", "1–48 h")
    assert (found["least_hours"].value, found["least_hours"].changed) == (7, True)
    assert of_check([HOURS, own], "test.other", PROBE.parameters, {})["least_hours"].title == "最短时长"
    assert of_check([], "test.probe", PROBE.parameters, {})["least_hours"].title == "least_hours"


@pytest.mark.parametrize("entry", every_check(), ids=lambda e: e.check.key)
def test_every_parameter_of_a_check_says_its_name_its_range_and_what_it_means(entry: Entry) -> None:
    """Refuses a check whose parameter has no row in `parameters.csv` of its folder."""
    assert [
        n for n, p in entry.parameters.items() if p.title == n or not p.meaning or p.most == math.inf
    ] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",hours,,h,1,2,持续,A,B", "line 2: hours needs a title"),
        (",hours,时长,h,2,1,持续,A,B", "line 2: hours needs a title, a meaning, and a range"),
        (",hours,时长,h,many,1,持续,A,B", "line 2: could not convert"),
        (",hours", "line 2: "),
    ],
)
def test_a_table_of_parameters_that_cannot_be_read_names_its_line(line: str, said: str) -> None:
    head = "check,parameter,title,unit,least,most,meaning,title_en,meaning_en"
    with pytest.raises(BadManifest, match=said):
        read_parameters(f"{head}\n{line}\n", where="here")


def test_names_and_meanings_of_all_parameters_have_one_english_each() -> None:
    rows = [row for name in scenario_names() for row in _table(name)]
    assert rows
    english: dict[str, str] = {}
    for row in rows:
        for column in ("title", "meaning"):
            assert english.setdefault(row[column], row[f"{column}_en"]) == row[f"{column}_en"]
    with override("en"):
        assert [text for text in english if re.search("[\u3400-\u9fff]", told(text))] == []


def _table(scenario: str) -> list[dict[str, str]]:
    path = FOLDER / scenario / "parameters.csv"
    return list(csv.DictReader(path.read_text("utf-8").splitlines())) if path.exists() else []
