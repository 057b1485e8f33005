"""Kept tables: made once of the same, anew of something else, never two of a name, and whole though another process takes one away."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from bihuan.archive.derived import kept


def maker(made: list[int]) -> Callable[[], pl.DataFrame]:
    """Counts how often it was asked."""

    def make() -> pl.DataFrame:
        made.append(len(made))
        return pl.DataFrame({"n": [len(made)]})

    return make


def test_it_is_made_once_of_the_same_and_anew_of_something_else(tmp_path: Path) -> None:
    made: list[int] = []
    first = kept(tmp_path / "sums", "2019-01-05", ["a"], maker(made))
    assert kept(tmp_path / "sums", "2019-01-05", ["a"], maker(made)).equals(first)
    assert made == [0]
    assert kept(tmp_path / "sums", "2019-01-05", ["a", "b"], maker(made))["n"].to_list() == [2]
    assert len(list((tmp_path / "sums").iterdir())) == 1, "what nothing reads any more is gone"


def test_a_name_takes_nothing_of_another_away(tmp_path: Path) -> None:
    made: list[int] = []
    for name in ("2019-01", "2019-01-05", "loads-2019-01"):
        kept(tmp_path, name, ["a"], maker(made))
    kept(tmp_path, "2019-01", ["b"], maker(made))
    assert sorted(p.stem.rpartition("-")[0] for p in tmp_path.iterdir()) == [
        "2019-01",
        "2019-01-05",
        "loads-2019-01",
    ]
