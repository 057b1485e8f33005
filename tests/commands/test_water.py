"""`bihuan water class`: the published classes come out again; odd cells are named and leave the rest judged."""

from pathlib import Path

import polars as pl
import pytest

from tests.commands.cli import run

DATA = Path(__file__).parent.parent / "data"
ITEMS = ("ph", "do", "codmn", "nh3n", "tp", "tn")


@pytest.mark.parametrize(("name", "share"), [("daily", 0.999), ("4h", 0.98)])
def test_the_classes_of_the_national_release_come_out_again(
    name: str, share: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unrounded values give the published class but in a thousandth of the rows; rounded ones miss those at a limit (docs/surface-water.md)."""
    file, out = DATA / f"water_release_{name}.parquet", tmp_path / "out.parquet"
    ran = run(capsys, "--json", "water", "class", file, "--out", out)
    given, found = pl.read_parquet(file), pl.read_parquet(out)
    assert ran.code == 0
    assert ran.json["rows"] == given.height
    assert found["class_published"].to_list() == given["class"].to_list()
    assert {f"class_{i}" for i in ITEMS} <= set(found.columns)
    published = found.filter(pl.col("class_published").is_in(["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"]))
    assert published.select((pl.col("class") == pl.col("class_published")).mean()).item() > share
    assert (
        found.filter(pl.col("class").is_in(["Ⅰ", "Ⅱ", "Ⅲ"]))["main"].null_count()
        == found.filter(pl.col("class").is_in(["Ⅰ", "Ⅱ", "Ⅲ"])).height
    )
    as_rivers = run(capsys, "water", "class", _without_kind(file, tmp_path), "--out", out)
    assert as_rivers.code == 0
    lakes = pl.read_parquet(out).with_columns(kind=given["kind"]).filter(pl.col("kind") == "lake")
    known = lakes.filter(pl.col("class_published").is_in(["Ⅱ", "Ⅲ", "Ⅳ"]))
    assert known.select((pl.col("class") == pl.col("class_published")).mean()).item() < 0.6, (
        "lakes need limits of their own"
    )


def _without_kind(file: Path, folder: Path) -> Path:
    path = folder / "rivers.parquet"
    pl.read_parquet(file).drop("kind").write_parquet(path)
    return path


def test_the_event_of_baiyangshu_from_the_file_as_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Chinese heads with units; time, place and status stay as they were."""
    out = tmp_path / "out.csv"
    assert run(capsys, "water", "class", DATA / "water_baiyangshu_2021-04.csv", "--out", out).code == 0
    found = pl.read_csv(out, infer_schema=False)
    worst = found.filter(pl.col("监测时间") == "04-04 00:00").row(0, named=True)
    assert (worst["class"], worst["main"]) == ("劣Ⅴ", "NH3-N (1.78), TP (1.5), CODMn (0.21)")
    assert worst["断面名称"] == "白羊墅"


def test_odd_cells_are_named_and_the_rest_of_the_row_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text(
        "section,pH,溶解氧(mg/L),氨氮(ug/L),tp,hg,kind\n甲,7.2,8.1,1200,<0.01,0.00005L,river\n乙,7.0,*,--,-0.1,0.0002,lake\n丙,x,,,,,\n",
        encoding="utf-8",
    )
    ran = run(capsys, "--json", "water", "class", file, "--out", out)
    assert ran.code == 1
    assert [(r["row"], r["column"], r["value"]) for r in ran.json["refused"]] == [
        (4, "pH", "x"),
        (3, "tp", "-0.1"),
    ]
    assert all(r["reason"] and r["remedy"] for r in ran.json["refused"])
    found = pl.read_csv(out, infer_schema=False)
    assert found["class"].to_list() == ["Ⅳ", "Ⅳ", None]
    assert found["main"].to_list() == ["NH3-N (0.2)", "Hg (1)", None]
    assert found.select("class_ph", "class_do", "class_nh3n", "class_tp", "class_hg").rows() == [
        ("Ⅰ", "Ⅰ", "Ⅳ", "Ⅰ", "Ⅰ"), ("Ⅰ", None, None, None, "Ⅳ"), (None,) * 5
    ]  # fmt: skip
    assert ran.json["without_class"] == 1


def test_a_table_without_any_item_is_refused_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "in.csv"
    file.write_text("site,time,PM2.5\na,2019-01-01 01:00,3\n", encoding="utf-8")
    ran = run(capsys, "water", "class", file, "--out", tmp_path / "out.csv")
    assert ran.code == 2
    assert "GB 3838" in ran.err
    assert not (tmp_path / "out.csv").exists()


def test_an_unknown_unit_leaves_the_column_out_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "in.csv"
    file.write_text("断面,氨氮(ppm),总磷(mg/L)\n甲,1.2,0.05\n", encoding="utf-8")
    ran = run(capsys, "--json", "water", "class", file, "--out", tmp_path / "out.csv")
    assert (ran.code, ran.json["refused"][0]["column"], ran.json["classes"]) == (1, "氨氮(ppm)", {"Ⅱ": 1})
