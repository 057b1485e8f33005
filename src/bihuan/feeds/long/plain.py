"""The plain long table: one row per value, with columns for site, time, quantity, value and perhaps period, unit and flag.

`time` is the BEGIN of the period in China Standard Time. Without a column `period` a value is of its moment (realtime).
A unit that is said is converted into that of the table of quantities; where none is said, the value is in that unit.
"""

from collections.abc import Callable, Iterator
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
from bihuan.feeds.long.rows import NO_UNIT, TIMES, timed
from bihuan.feeds.mapping import cell_texts, refuse_doubled
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.sites import REMEDY, faults
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.feeds.values import MISSING, OTHER_REMEDY, REMEDIES, outside, reason, text_numbers

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
NO_PERIOD = "the file has no column period: its values are taken as of their moment (realtime)"
UNKNOWN = "the quantity is not known, or the name is that of several"
NO_QUANTITY = "it is not said what was measured"
QUANTITY_REMEDY = "write the code of HJ 212 or HJ 524, such as w21003"
UNKNOWN_PERIOD = "the period is not known"
PERIOD_REMEDY = f"write one of {', '.join(PERIODS)}"
OTHER_UNIT = "the value cannot be converted from this unit to {}"
WHICH_UNIT = "flue gas and ambient air have different units of it, and the unit is not said"
UNIT_REMEDY = "give the value in {}, with that unit"
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
        raise Unreadable(f"{path.name} has no column {lacking[0]}; it has {some_names(columns, 8)}")
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
    wrong: dict[str, tuple[str, str]]


class _Piece:
    """One piece of the file on its way; what is refused leaves `frame`."""

    def __init__(self, file: str, piece: Piece, heads: dict[str, str]) -> None:
        self.file, self.heads, self.piece = file, heads, piece
        self.refused: list[Refusal] = list(piece.refused)
        texts = {
            what: cell_texts(piece.frame[heads[what]]) for what in heads if what not in ("time", "value")
        }
        self.frame = piece.frame.with_columns(series.alias(f"#{what}") for what, series in texts.items())

    def reading(self, ignored: tuple[str, ...], notes: tuple[str, ...]) -> Reading:
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

    def _refuse(self, what: str, why: pl.Series, remedies: pl.Series) -> None:
        """Refuse the rows that have a reason."""
        shown = f"#{what}" if f"#{what}" in self.frame.columns else self.heads[what]
        told = self.frame.select(ROW, pl.col(shown).cast(pl.String).alias("raw")).with_columns(
            why.alias("why"), remedies.alias("remedy")
        )
        bad = told.filter(why.is_not_null())
        self.refused += [
            Refusal(self.file, row, self.heads[what], raw or "", reason, remedy)
            for row, raw, reason, remedy in bad.iter_rows()
        ]
        self.frame = self.frame.filter(why.is_null())

    def _words(self, what: str, checked: _Checked, column: str) -> None:
        """Put what the words of a column mean into `column`; refuse those that mean nothing."""
        words = self.frame[f"#{what}"]
        said = {word: why for word, (why, _) in checked.wrong.items()}
        remedies = {word: remedy for word, (_, remedy) in checked.wrong.items()}
        self.frame = self.frame.with_columns(_looked_up(words, checked.meant).alias(column))
        self._refuse(what, _looked_up(words, said), _looked_up(words, remedies))

    def _sites(self) -> None:
        why = faults(self.frame["#site"])
        self._refuse("site", why, pl.Series([REMEDY]).new_from_index(0, len(why)))
        self.frame = self.frame.with_columns(site="#site")

    def _quantities(self) -> None:
        words = self.frame["#quantity"].unique().to_list()
        meant = {word: code for word in words if (code := code_of(word))}
        wrong = {
            word: (UNKNOWN if word else NO_QUANTITY, QUANTITY_REMEDY) for word in words if word not in meant
        }
        self._words("quantity", _Checked(meant, wrong), "quantity")

    def _periods(self) -> None:
        if "period" not in self.heads:
            self.frame = self.frame.with_columns(period=pl.lit("realtime"))
            return
        words = self.frame["#period"].unique().to_list()
        meant = {word: period for word in words if (period := period_of(word))}
        wrong = {word: (UNKNOWN_PERIOD, PERIOD_REMEDY) for word in words if word not in meant}
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
        wrong = {p: f for p, f in pairs.items() if isinstance(f, tuple)}
        for column, part in (("#num", "numerator"), ("#den", "denominator")):
            known = {p: float(getattr(f, part)) for p, f in good.items()}
            values = pl.col("#pair").replace_strict(known, default=None, return_dtype=pl.Float64)
            self.frame = self.frame.with_columns(values.alias(column))
        words = self.frame["#pair"]
        where = "unit" if "unit" in self.heads else "quantity"
        why = _looked_up(words, {p: w for p, (w, _) in wrong.items()})
        self._refuse(where, why, _looked_up(words, {p: r for p, (_, r) in wrong.items()}))

    def _values(self) -> pl.DataFrame:
        about = self.frame.select("quantity", "#num", "#den")
        found = text_numbers(self.frame, self.heads["value"]).hstack(about)
        found = found.with_columns(value=pl.col("value") * pl.col("#num") / pl.col("#den"))
        why = found.select(_beyond(found["quantity"].unique().to_list()).alias("why"))["why"]
        self.frame = self.frame.with_columns(found["value"].alias("#number"))
        self._refuse("value", why, why.replace_strict(REMEDIES, default=OTHER_REMEDY, return_dtype=pl.String))
        value = pl.col("#number").alias("value")
        return self.frame.select("site", "quantity", "period", "start", value, *self._flag(), ROW)

    def _flag(self) -> list[pl.Expr]:
        if "flag" not in self.heads:
            return []
        flag = pl.col("#flag").str.slice(0, LONGEST_FLAG)
        return [pl.when(~flag.is_in(MISSING)).then(flag).alias("flag")]


def _looked_up(words: pl.Series, table: dict[str, str]) -> pl.Series:
    return words.replace_strict(table, default=None, return_dtype=pl.String)


def _beyond(codes: list[str]) -> pl.Expr:
    """Why a `value` is no measurement of its row's `quantity`."""

    def of(figure: Callable[[Quantity], Any], kind: type[pl.DataType]) -> pl.Expr:
        figures = {code: figure(LONG[code]) for code in codes}
        return pl.col("quantity").replace_strict(figures, default=None, return_dtype=kind)

    return reason(of(lambda q: q.low, pl.Float64), of(lambda q: q.high, pl.Float64), of(outside, pl.String))


def _factor(code: str, word: str, said: str) -> Fraction | tuple[str, str]:
    """What to multiply with; or why that cannot be said, and the remedy."""
    wanted = LONG[code].unit
    remedy = UNIT_REMEDY.format(wanted or "no unit")
    if said in MISSING:
        return (WHICH_UNIT, remedy) if code in TWO_UNITS and word.strip().lower() != code else Fraction(1)
    unit = unit_of(said)
    if unit is None:
        return NO_UNIT, remedy
    found = factor(unit, wanted)
    return (OTHER_UNIT.format(wanted or "no unit"), remedy) if found is None else found
