"""Columns of the tables of vehicle tests: which head means what, and cells -> texts, words, numbers and times; what is none is refused by its cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from bihuan.domain.timeaxis import INSTANT
from bihuan.feeds.labels import YEARS, moments
from bihuan.feeds.lines import ROW, Piece
from bihuan.feeds.long.rows import TIMES
from bihuan.feeds.mapping import cell_texts
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Refusal, Unreadable
from bihuan.feeds.tables import columns_of
from bihuan.feeds.values import MISSING, NO_VALUES, OUTSIDE, fault, text_numbers
from bihuan.reasons import Reason

EDITION = ("template", "模板版本")
"""A column that says of which year's template the file is; ours is 2019, after the standards of 2018."""
OURS = "2019"
Words = Callable[[str], str | None]


@dataclass(frozen=True)
class Heads:
    """What the columns of a table are called. must: those that a row cannot do without."""

    names: Mapping[str, Sequence[str]]
    must: Sequence[str]

    @property
    def needed(self) -> frozenset[str]:
        """Names by which the header of a sheet is known."""
        return frozenset(name for what in self.must for name in self.names[what])

    def found(self, columns: Sequence[str]) -> dict[str, str]:
        """What is read from which column. A unit in brackets behind a name does not matter."""
        bare = {column.split("(")[0].split("（")[0].strip(): column for column in reversed(columns)}
        hits = {what: next((bare[n] for n in names if n in bare), "") for what, names in self.names.items()}
        return {what: column for what, column in hits.items() if column}

    def fits(self, columns: Sequence[str], least: int) -> bool:
        """Are at least so many of its columns there, the first that it must have among them?"""
        found = self.found(columns)
        return self.must[0] in found and len(found) >= least

    def whole(self, path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
        """What is read from which column, and which columns are passed over. Raises Unreadable for a table of another template."""
        columns = columns_of(path, self.needed)
        found = self.found(columns)
        lacking = [self.names[what][1] for what in self.must if what not in found]
        unknown = tuple(c for c in columns if c not in found.values() and c not in EDITION)
        if lacking:
            others = some_names(list(unknown), 8) if unknown else "—"
            raise Unreadable(Reason("vehicle_template", file=path.name, lacking="、".join(lacking), others=others))  # fmt: skip
        return found, unknown


@dataclass
class Cells:
    """A piece of a file on its way: `frame` keeps what is good, `refused` what is not."""

    file: str
    piece: Piece
    heads: Mapping[str, str]
    refused: list[Refusal] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.frame = self.piece.frame
        self.refused += self.piece.refused
        self.rows = self.frame.height + len(self.piece.refused)
        self._edition()

    def _edition(self) -> None:
        """Raises Unreadable for a file that says it is of another year's template."""
        for name in EDITION:
            if name in self.frame.columns:
                said = {text for text in cell_texts(self.frame[name]).unique() if text and text != OURS}
                if said:
                    raise Unreadable(Reason("vehicle_template_year", file=self.file, year=sorted(said)[0], ours=OURS))  # fmt: skip

    def refuse(self, what: str, bad: pl.Series, why: Reason, *, whole: bool) -> None:
        """Refuse the cells of a column where `bad`; whole: their rows are not taken in."""
        if not bad.any():
            return
        column = self.heads.get(what, "")
        raw = cell_texts(self.frame[column]) if column else pl.Series([""] * self.frame.height)
        told = self.frame.select(ROW, raw=raw, bad=bad).filter("bad").select(ROW, "raw")
        self.refused += [Refusal(self.file, row, column, text, why) for row, text in told.iter_rows()]
        if whole:
            self.frame = self.frame.filter(~bad)

    def text(self, what: str) -> pl.Series:
        """A column as texts, empty for none."""
        if what not in self.heads:
            return pl.Series(f"#{what}", [""] * self.frame.height, dtype=pl.String)
        texts = cell_texts(self.frame[self.heads[what]])
        return texts.zip_with(~texts.is_in(list(MISSING)), pl.Series([""] * len(texts))).alias(f"#{what}")

    def add(self, column: pl.Series) -> None:
        """Put a column beside the file's own."""
        self.frame = self.frame.with_columns(column)

    def required(self, what: str, why: Reason) -> None:
        """A text that a row must have, as `#what`."""
        self.add(self.text(what))
        self.refuse(what, self.frame[f"#{what}"] == "", why, whole=True)

    def words(self, what: str, meaning: Words, why: Reason, *, must: bool = False) -> None:
        """What words mean, as `#what`; those that mean nothing are refused, and with `must` their rows; an empty cell stays empty."""
        texts = self.text(what)
        meant = {word: meaning(word) for word in texts.unique().to_list() if word}
        found = texts.replace_strict(meant, default=None, return_dtype=pl.String).alias(f"#{what}")
        bad = found.is_null() & ((texts != "") | pl.Series([must]).new_from_index(0, len(texts)))
        self.add(found.fill_null(""))
        self.refuse(what, bad, why, whole=must)

    def number(self, what: str, low: float, high: float) -> None:
        """A number in a range, as `#what`; null for none and for what is refused."""
        name = f"#{what}"
        if what not in self.heads:
            self.add(pl.Series(name, [None] * self.frame.height, dtype=pl.Float64))
            return
        table = text_numbers(self.frame, self.heads[what])
        table = table.with_columns(fault=fault(pl.lit(low), pl.lit(high), pl.lit(OUTSIDE)))
        reasons = {**NO_VALUES, OUTSIDE: Reason("outside_without_unit", low=low, high=high)}
        for kind in table["fault"].drop_nulls().unique().to_list():
            self.refuse(what, (table["fault"] == kind).fill_null(value=False), reasons[kind], whole=False)
        self.add(table.select(pl.when(pl.col("fault").is_null()).then("value").alias(name)).to_series())

    def instant(self, what: str, *, must: bool) -> None:
        """A moment of China time, as `#what` in UTC."""
        name = f"#{what}"
        if what not in self.heads:
            self.add(pl.Series(name, [None] * self.frame.height, dtype=INSTANT))
            return
        times = moments(self.frame, self.heads[what], TIMES)
        good = times.dt.year().is_between(*YEARS).fill_null(value=False)
        told = self.text(what)
        clean = times.zip_with(good, pl.Series([None], dtype=times.dtype).new_from_index(0, len(times)))
        self.add(
            clean.dt.replace_time_zone("Asia/Shanghai").dt.convert_time_zone("UTC").cast(INSTANT).alias(name)
        )
        bad = ~good & ((told != "") | pl.Series([must]).new_from_index(0, len(times)))
        self.refuse(what, bad, Reason("no_moment_of_test"), whole=must)
