"""The plain long table: one row per value, with columns for site, time, quantity, value and perhaps period, unit and flag.

`time` is the BEGIN of the period in China Standard Time. Without a column `period` a value is of its moment (realtime).
A unit that is said is converted into that of the table of quantities; where none is said, the value is in that unit.
`<0.05` and `0.05L` are below a detection limit: half of it, with the flag `<` (domain.flags). `*` is an empty value.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.domain.periods import PERIODS, period_of
from bihuan.domain.quantities import LONG, TWO_UNITS, Quantity, code_of
from bihuan.domain.units import factor, unit_of
from bihuan.feeds.labels import moments
from bihuan.feeds.lines import ROW, Piece
from bihuan.feeds.long.below import ABSENT, read_cells, with_below
from bihuan.feeds.long.rows import TIMES, timed
from bihuan.feeds.mapping import cell_texts, refuse_doubled
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.sites import FAULTS, faults
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.feeds.values import MISSING, NO_VALUES, OUTSIDE, fault, outside, text_numbers
from bihuan.reasons import Reason

NAME = "long"
HEADS: dict[str, tuple[str, ...]] = {
    "site": ("site", "station", "点位", "站点", "断面", "点位编码"),
    "time": ("time", "start", "时间", "监测时间", "数据时间"),
    "quantity": ("code", "quantity", "因子", "因子编码", "项目", "监测项目"),
    "value": ("value", "值", "数值", "监测值"),
    "period": ("period", "时段", "周期"),
    "unit": ("unit", "单位"),
    "flag": ("flag", "标记", "标识"),
}
"""What a column is called; where several are there, the first of the list is read."""
MUST = ("site", "time", "quantity", "value")
NEEDED = frozenset(name for what in MUST for name in HEADS[what])
"""Names by which the header of a sheet is known."""
NO_PERIOD = Reason("no_column_period")
LONGEST_FLAG = 20


def _heads(columns: list[str]) -> dict[str, str]:
    """What is read from which column."""
    found = {what: next((n for n in names if n in columns), "") for what, names in HEADS.items()}
    return {what: name for what, name in found.items() if name}


def fits(columns: list[str]) -> bool:
    """Whether these column names are a plain long table's."""
    return set(MUST) <= set(_heads(columns))


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable."""
    columns = columns_of(path, NEEDED)
    heads = _heads(columns)
    lacking = [what for what in MUST if what not in heads]
    if lacking:
        has = some_names(columns, 8)
        raise Unreadable(Reason("no_column", file=path.name, column=lacking[0], has=has))
    used = frozenset(heads.values())
    refuse_doubled(path.name, columns, used)
    ignored = tuple(c for c in columns if c not in used)
    notes = () if "period" in heads else (NO_PERIOD,)
    for piece in table_pieces(path, NEEDED):
        yield _Piece(path.name, piece, heads).reading(ignored, notes)


@dataclass
class _Checked:
    """What the words of one column mean, and what is wrong with those that mean nothing."""

    meant: dict[str, str]
    wrong: dict[str, Reason]


class _Piece:
    """One piece of the file on its way; what is refused leaves `frame`."""

    def __init__(self, file: str, piece: Piece, heads: dict[str, str]) -> None:
        self.file, self.heads, self.piece = file, heads, piece
        self.refused: list[Refusal] = list(piece.refused)
        texts = {
            what: cell_texts(piece.frame[heads[what]]) for what in heads if what not in ("time", "value")
        }
        self.frame = piece.frame.with_columns(series.alias(f"#{what}") for what, series in texts.items())

    def reading(self, ignored: tuple[str, ...], notes: tuple[Reason, ...]) -> Reading:
        """The rows, and all that was refused."""
        in_file = self.frame.height + len(self.piece.refused)
        self._sites()
        self._quantities()
        self._periods()
        self._times()
        self._units()
        rows = self._values()
        refused = tuple(sorted(self.refused, key=lambda refusal: refusal.row))
        return Reading(rows, refused, ignored, (*self.piece.notes, *notes), rows_in_file=in_file)

    def _refuse(self, what: str, faults: pl.Series, reasons: Mapping[str, Reason]) -> None:
        """Refuse the rows that have a fault; `reasons` says what each is."""
        shown = f"#{what}" if f"#{what}" in self.frame.columns else self.heads[what]
        told = self.frame.select(ROW, pl.col(shown).cast(pl.String).alias("raw"), faults.alias("fault"))
        self.refused += [
            Refusal(self.file, row, self.heads[what], raw or "", reasons[fault])
            for row, raw, fault in told.drop_nulls("fault").iter_rows()
        ]
        self.frame = self.frame.filter(faults.is_null())

    def _words(self, what: str, checked: _Checked, column: str) -> None:
        """Put what the words of a column mean into `column`; refuse those that mean nothing."""
        words = self.frame[f"#{what}"]
        self.frame = self.frame.with_columns(_looked_up(words, checked.meant).alias(column))
        self._refuse(what, _those_of(words, checked.wrong), checked.wrong)

    def _sites(self) -> None:
        self._refuse("site", faults(self.frame["#site"]), FAULTS)
        self.frame = self.frame.with_columns(site="#site")

    def _quantities(self) -> None:
        words = self.frame["#quantity"].unique().to_list()
        meant = {word: code for word in words if (code := code_of(word))}
        unknown, none = Reason("unknown_quantity"), Reason("no_quantity")
        wrong = {word: unknown if word else none for word in words if word not in meant}
        self._words("quantity", _Checked(meant, wrong), "quantity")

    def _periods(self) -> None:
        if "period" not in self.heads:
            self.frame = self.frame.with_columns(period=pl.lit("realtime"))
            return
        words = self.frame["#period"].unique().to_list()
        meant = {word: period for word in words if (period := period_of(word))}
        unknown = Reason("unknown_period", known=", ".join(PERIODS))
        wrong = {word: unknown for word in words if word not in meant}
        self._words("period", _Checked(meant, wrong), "period")

    def _times(self) -> None:
        column = self.heads["time"]
        raw = pl.col(column).cast(pl.String)
        self.frame, refused = timed(self.file, self.frame, moments(self.frame, column, TIMES), raw, column)
        self.refused += refused

    def _units(self) -> None:
        """`#num` and `#den`: what a value is multiplied with and divided by to be in the unit of its quantity."""
        if "unit" not in self.heads:
            self.frame = self.frame.with_columns(pl.lit("").alias("#unit"))
        pair = pl.concat_str("quantity", "#quantity", "#unit", separator="\n")
        self.frame = self.frame.with_columns(pair.alias("#pair"))
        pairs = {p: _factor(*p.split("\n", 2)) for p in self.frame["#pair"].unique().to_list()}
        good = {p: f for p, f in pairs.items() if isinstance(f, Fraction)}
        wrong = {p: f for p, f in pairs.items() if isinstance(f, Reason)}
        for column, part in (("#num", "numerator"), ("#den", "denominator")):
            known = {p: float(getattr(f, part)) for p, f in good.items()}
            values = pl.col("#pair").replace_strict(known, default=None, return_dtype=pl.Float64)
            self.frame = self.frame.with_columns(values.alias(column))
        where = "unit" if "unit" in self.heads else "quantity"
        self._refuse(where, _those_of(self.frame["#pair"], wrong), wrong)

    def _values(self) -> pl.DataFrame:
        column = self.heads["value"]
        cells, self.frame = _cells(self.frame, column)
        about = self.frame.select("quantity", "#num", "#den")
        found = text_numbers(cells, column).hstack(about)
        found = found.with_columns(value=pl.col("value") * pl.col("#num") / pl.col("#den"))
        codes = found["quantity"].unique().to_list()
        faults = found.select(_fault(codes).alias("fault"))["fault"]
        self.frame = self.frame.with_columns(found["value"].alias("#number"))
        self._refuse(
            "value", faults, {**NO_VALUES, **{OUTSIDE + code: outside(LONG[code]) for code in codes}}
        )
        value = pl.col("#number").alias("value")
        return self.frame.select("site", "quantity", "period", "start", value, *self._flag(), ROW)

    def _flag(self) -> list[pl.Expr]:
        """What the file says of flags, and which values are below a limit; nothing where it says neither."""
        if "flag" not in self.heads and not self.frame["#below"].count():
            return []
        said = pl.lit(None, pl.String)
        if "flag" in self.heads:
            flag = pl.col("#flag").str.slice(0, LONGEST_FLAG)
            said = pl.when(~flag.is_in(MISSING)).then(flag)
        return [with_below(said, pl.col("#below")).alias("flag")]


def _cells(frame: pl.DataFrame, column: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with numbers in place of limits of detection and `*`; the rows as they are, with `#below`."""
    if frame.schema[column] != pl.String:
        return frame, frame.with_columns(pl.lit(None, pl.String).alias("#below"))
    cells = read_cells(frame[column])
    texts = cells.texts.replace(ABSENT, [""] * len(ABSENT))
    return frame.with_columns(texts.alias(column)), frame.with_columns(cells.flags.alias("#below"))


def _looked_up(words: pl.Series, table: dict[str, str]) -> pl.Series:
    return words.replace_strict(table, default=None, return_dtype=pl.String)


def _those_of(words: pl.Series, known: Mapping[str, Reason]) -> pl.Series:
    """Each word that is known; null for the others."""
    return _looked_up(words, {word: word for word in known})


def _fault(codes: list[str]) -> pl.Expr:
    """What keeps a `value` from being one of its row's `quantity`; where it is beyond the range, OUTSIDE and the code."""

    def of(figure: Callable[[Quantity], Any], kind: type[pl.DataType]) -> pl.Expr:
        figures = {code: figure(LONG[code]) for code in codes}
        return pl.col("quantity").replace_strict(figures, default=None, return_dtype=kind)

    low, high = of(lambda q: q.low, pl.Float64), of(lambda q: q.high, pl.Float64)
    return fault(low, high, pl.lit(OUTSIDE) + pl.col("quantity"))


def _factor(code: str, word: str, said: str) -> Fraction | Reason:
    """What to multiply with; or why that cannot be said."""
    wanted = LONG[code].unit
    if said in MISSING:
        asked = code in TWO_UNITS and word.strip().lower() != code
        return Reason("one_of_two_units", unit=wanted) if asked else Fraction(1)
    unit = unit_of(said)
    if unit is None:
        return Reason("unknown_unit", unit=wanted) if wanted else Reason("unknown_unit_of_none")
    found = factor(unit, wanted)
    if found is None:
        return Reason("other_unit", unit=wanted) if wanted else Reason("other_unit_than_none")
    return found
