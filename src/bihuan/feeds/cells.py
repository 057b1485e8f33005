"""Cells of a table -> texts, words, numbers and times, whole columns at once; what is none is refused by its row and cell."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from bihuan.domain.timeaxis import INSTANT
from bihuan.feeds.labels import YEARS, moments
from bihuan.feeds.lines import ROW, Piece
from bihuan.feeds.long.rows import TIMES, utc
from bihuan.feeds.mapping import cell_texts, refuse_doubled
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.feeds.values import MISSING, NO_VALUES, OUTSIDE, fault, text_numbers
from bihuan.reasons import Reason

ALL_TIMES = ("%Y%m%d%H%M%S", *TIMES)


@dataclass(frozen=True)
class Heads:
    """What the columns of a table are called; a unit in brackets behind a name does not matter. must: those without which it is another table."""

    names: Mapping[str, Sequence[str]]
    must: Sequence[str]

    @property
    def needed(self) -> frozenset[str]:
        """Names by which the header of a sheet is known."""
        return frozenset(name for what in self.must for name in self.names[what])

    def found(self, columns: Sequence[str]) -> dict[str, str]:
        """What is read from which column; of several the first column."""
        bare = {c.replace("（", "(").split("(")[0].strip(): c for c in reversed(columns)}
        hits = {what: next((bare[n] for n in names if n in bare), "") for what, names in self.names.items()}
        return {what: column for what, column in hits.items() if column}

    def fits(self, columns: Sequence[str]) -> bool:
        """Are all that it must have among these columns?"""
        return set(self.must) <= set(self.found(columns))

    def of(self, path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
        """What is read from which column of a file, and which columns are passed over. Raises Unreadable."""
        columns = columns_of(path, self.needed)
        found = self.found(columns)
        if lacking := [self.names[what][0] for what in self.must if what not in found]:
            raise Unreadable(Reason("no_column", file=path.name, column=lacking[0], has=some_names(columns, 8)))  # fmt: skip
        refuse_doubled(path.name, columns, frozenset(found.values()))
        return found, tuple(c for c in columns if c not in found.values())


@dataclass
class Cells:
    """A piece of a file: `frame` gets a column `#name` for each that was read; `refused` says what could not be."""

    file: str
    piece: Piece
    heads: Mapping[str, str]
    refused: list[Refusal] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.frame = self.piece.frame
        self.refused += self.piece.refused

    def refuse(self, what: str, bad: pl.Series, why: Reason, *, row: bool) -> None:
        """Refuse the cells of a column where `bad`; row: their rows are not taken in."""
        if not bad.any():
            return
        column = self.heads[what]
        told = self.frame.select(ROW, raw=cell_texts(self.frame[column]), bad=bad).filter("bad")
        self.refused += [Refusal(self.file, n, column, text, why) for n, text in told.select(ROW, "raw").iter_rows()]  # fmt: skip
        if row:
            self.frame = self.frame.filter(~bad)

    def texts(self, what: str) -> pl.Series:
        """A column as texts, empty for none."""
        if what not in self.heads:
            return pl.repeat("", self.frame.height, dtype=pl.String, eager=True).alias(f"#{what}")
        raw = cell_texts(self.frame[self.heads[what]]).alias(f"#{what}")
        return raw.replace(dict.fromkeys(MISSING, ""))

    def text(self, what: str) -> None:
        """Take a column as texts."""
        self.frame = self.frame.with_columns(self.texts(what))

    def named(self, what: str, why: Reason) -> None:
        """A text without which a row is nothing."""
        self.text(what)
        self.refuse(what, self.frame[f"#{what}"] == "", why, row=True)

    def words(
        self, what: str, meaning: Callable[[str], str | None], why: Reason, *, must: bool = False
    ) -> None:
        """What words mean; empty where none stands, and where one means nothing, which is told; with `must` rows without a meaning are not taken in."""
        texts = self.texts(what)
        meant = {word: meaning(word) or "" for word in texts.unique().to_list() if word}
        found = texts.replace_strict(meant, default="", return_dtype=pl.String)
        self.frame = self.frame.with_columns(found.alias(f"#{what}"))
        if what in self.heads:
            self.refuse(what, (found == "") if must else (texts != "") & (found == ""), why, row=must)

    def number(self, what: str, low: float, high: float) -> None:
        """A number in a range; null for none and for one that is refused."""
        if what not in self.heads:
            self.frame = self.frame.with_columns(pl.lit(None, pl.Float64).alias(f"#{what}"))
            return
        table = text_numbers(self.frame, self.heads[what])
        table = table.with_columns(fault=fault(pl.lit(low), pl.lit(high), pl.lit(OUTSIDE)))
        value = table.select(pl.when(pl.col("fault").is_null()).then("value")).to_series()
        self.frame = self.frame.with_columns(value.cast(pl.Float64).alias(f"#{what}"))
        reasons = {**NO_VALUES, OUTSIDE: Reason("outside_without_unit", low=low, high=high)}
        for kind in table["fault"].drop_nulls().unique().sort().to_list():
            self.refuse(what, (table["fault"] == kind).fill_null(value=False), reasons[kind], row=False)

    def instant(self, what: str, why: Reason) -> None:
        """A moment of China as an instant; rows without one are not taken in."""
        times = moments(self.frame, self.heads[what], ALL_TIMES).alias(f"#{what}")
        good = times.dt.year().is_between(*YEARS).fill_null(value=False)
        self.frame = self.frame.with_columns(times)
        self.refuse(what, ~good, why, row=True)
        self.frame = self.frame.with_columns(utc(f"#{what}").cast(INSTANT).alias(f"#{what}"))

    def typed(self, schema: Mapping[str, pl.DataType]) -> list[pl.Expr]:
        """The columns that were read, as those of a schema."""
        return [pl.col(f"#{name}").cast(dtype).alias(name) for name, dtype in schema.items()]

    def reading(self, schema: Mapping[str, pl.DataType], ignored: tuple[str, ...]) -> Reading:
        """What was read, in the columns of a schema."""
        rows = self.frame.select(self.typed(schema))
        in_file = self.piece.frame.height + len(self.piece.refused)
        return Reading(
            rows, tuple(sorted(self.refused, key=lambda r: r.row)), ignored, self.piece.notes, in_file
        )


def pieces(path: Path, heads: Heads) -> Iterator[tuple[Cells, tuple[str, ...]]]:
    """The file piece by piece, each with the columns that are passed over. Raises Unreadable."""
    found, ignored = heads.of(path)
    for piece in table_pieces(path, heads.needed):
        yield Cells(path.name, piece, found), ignored
