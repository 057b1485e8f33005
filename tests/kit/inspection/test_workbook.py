"""A workbook that is no form is refused with its sheet, its cell and the reason; every committed one is a form."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from pyxform.xls2xform import convert

from bihuan.kit.inspection.workbook import read
from bihuan.scenarios import FOLDER
from bihuan.scenarios.resolved import every_form
from tests.kit.inspection.made import CHOICES, asked, faults, workbook

COMMITTED = sorted(FOLDER.glob("*/forms/*.xlsx"))
FINE = asked("text", "a")


@pytest.mark.parametrize("path", COMMITTED, ids=lambda p: p.stem)
def test_a_committed_workbook_passes_pyxform_without_a_word_and_our_own_rules(path: Path) -> None:
    form = every_form()[path.stem]
    assert form.workbook == path
    assert "xform" in read(path, path.stem, sorted(form.lists))
    assert [w for w in convert(path, validate=False).warnings if "max-pixels" not in w] == []


def test_every_form_has_its_workbook_in_the_folder_of_its_line_of_business() -> None:
    assert sorted(form.workbook for form in every_form().values()) == COMMITTED


@pytest.mark.slow
@pytest.mark.parametrize("path", COMMITTED, ids=lambda p: p.stem)
def test_a_committed_workbook_passes_odk_validate(path: Path) -> None:
    assert shutil.which("java"), "tools/browser.py installs one"
    convert(path, validate=True)  # raises ODKValidateError


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        (asked("select_one none", "b"), "A3", "form_no_list"),
        (asked("select_one yn or_other", "b"), "A3", "form_or_other"),
        (asked("select_one_from_file x.csv", "b"), "A3", "form_no_outside_list"),
        (asked("barcode", "b"), "A3", "form_unknown_type"),
        (asked("text", "1b"), "B3", "form_bad_name"),
        (asked("text", "") | {"label": "x"}, "B3", "form_no_name"),
        (asked("text", "a"), "B3", "form_double_name"),
        (asked("text", "b") | {"label": ""}, "C3", "form_no_label"),
        (asked("begin group", "b"), "A3", "form_not_closed"),
        (asked("end repeat", ""), "A3", "form_not_opened"),
        (asked("text", "b", relevant="${gone} = 1"), "D3", "form_no_reference"),
        (asked("text", "b", constraint=". >"), "D3", "form_bad_expression"),
        (asked("calculate", "b", calculation="random()"), "D3", "form_unknown_function"),
        (asked("text", "b", constraint="regex(., '(?=a)b')"), "D3", "form_bad_pattern"),
        (asked("text", "a_name_that_is_long", problem=". = 1"), "B3", "form_problem_name"),
        (asked("text", "b", problem=". = 1", severity="dire"), "E3", "form_bad_severity"),
    ],
)
def test_what_is_wrong_in_a_row_is_said_with_its_cell(
    tmp_path: Path, row: dict[str, str], cell: str, code: str
) -> None:
    assert faults(workbook(tmp_path / "f.xlsx", [FINE, row])) == [("survey", cell, code)]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"version": ""}, "form_no_setting"),
        ({"form_id": "other"}, "form_other_form"),
        ({"namespaces": ""}, "form_namespace"),
    ],
)
def test_what_is_wrong_in_the_settings_is_said(tmp_path: Path, said: dict[str, str], code: str) -> None:
    path = workbook(tmp_path / "f.xlsx", [asked("text", "a", problem=". = 'x'")], **said)
    assert [(sheet, why) for sheet, _, why in faults(path)] == [("settings", code)]


def test_a_score_that_is_no_number_is_refused_with_its_cell(tmp_path: Path) -> None:
    choices = [*CHOICES, {"list_name": "yn", "name": "x", "label": "x", "score": "ten"}]
    assert faults(workbook(tmp_path / "f.xlsx", [FINE], choices)) == [("choices", "D7", "form_bad_score")]


def test_what_pyxform_alone_finds_is_passed_on_with_its_row(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [FINE, asked("text", "b", parameters="nonsense=1=2")])
    assert [(sheet, why) for sheet, _, why in faults(path)] == [("survey", "form_pyxform")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a workbook", b"<html>"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(content)
    assert faults(path) == [("", "", "form_not_a_workbook")]


def test_a_workbook_without_a_survey_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [FINE])
    book = openpyxl.load_workbook(path)
    del book["survey"]
    book.save(path)
    assert faults(path) == [("survey", "", "form_no_sheet")]
