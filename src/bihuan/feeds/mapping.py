"""Which column is what: site, time and quantities of a table with one row per site and time."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import polars as pl

from bihuan.atomic import write_text
from bihuan.domain.periods import PERIODS
from bihuan.domain.quantities import BY_ANY_NAME, BY_NAME, LONG
from bihuan.domain.timeaxis import starts_from_labels
from bihuan.feeds.labels import FORMATS, check_labels, label_column
from bihuan.feeds.lines import DOUBLED, ROW, Piece, pieces
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.sites import FAULTS, faults
from bihuan.feeds.tables import columns_of, excel_piece, kind_of, table_pieces
from bihuan.feeds.values import numbers
from bihuan.reasons import Reason
from bihuan.small_json import read_small_json


@dataclass(frozen=True)
class Target:
    """A file's column becomes quantity `name` after multiplication with `factor`.

    name: an inside name (in the unit of its row of the table of quantities), or an HJ code.
    """

    name: str
    factor: float = 1.0


@dataclass(frozen=True)
class ColumnMapping:
    """How to read a table with one row per site and time.

    site: its column, or empty when the whole file is of `one_site`. time: one column, or several joined by
    a space. time_format: strptime form, empty = the usual ones. label: which end of the period the time names.
    Hours of the quantities of ambient tables, by their inside names, are ambient hours; all else is `long`.
    """

    site: str
    time: tuple[str, ...]
    quantities: dict[str, Target]
    one_site: str = ""
    time_format: str = ""
    label: str = "end"
    sheet: str = ""
    header_row: int = 0
    encoding: str = ""
    name: str = field(default="", compare=False)
    period: str = "hour"

    def __post_init__(self) -> None:
        names = {t.name for t in self.quantities.values()}
        unknown = sorted(n for n in names - set(BY_NAME) if n not in BY_ANY_NAME and n not in LONG)
        if unknown:
            raise Unreadable(Reason("mapping_quantity", quantity=unknown[0], known=", ".join(BY_NAME)))
        if self.period not in PERIODS:
            raise Unreadable(Reason("mapping_period", period=self.period, known=", ".join(PERIODS)))
        codeless = sorted(n for n in names & set(BY_NAME) if not BY_NAME[n].code)
        if self.long and codeless:
            raise Unreadable(Reason("mapping_without_code", quantity=codeless[0]))
        if self.label not in ("start", "end"):
            raise Unreadable(Reason("mapping_label", label=self.label))
        if bool(self.site) == bool(self.one_site):
            raise Unreadable(Reason("mapping_site"))

    @property
    def long(self) -> bool:
        """Whether it gives long observations, not ambient hours."""
        return self.period != "hour" or any(t.name not in BY_NAME for t in self.quantities.values())

    @property
    def formats(self) -> tuple[str, ...]:
        """Time forms to try."""
        return (self.time_format,) if self.time_format else FORMATS

    @property
    def plain(self) -> "ColumnMapping":
        """The same for a plain UTF-8 table with the header in line 1."""
        return replace(self, sheet="", header_row=0, encoding="")

    @property
    def used(self) -> frozenset[str]:
        """All columns that are read."""
        return frozenset({self.site, *self.time, *self.quantities} - {""})


def save_mapping(mapping: ColumnMapping, path: Path) -> None:
    """Keep a mapping as JSON."""
    write_text(path, json.dumps(asdict(mapping), ensure_ascii=False, indent=1))


def load_mapping(path: Path) -> ColumnMapping:
    """A kept mapping. Raises Unreadable."""
    try:
        return mapping_from(read_small_json(path), path.stem)
    except OSError as error:
        raise Unreadable(Reason("no_mapping", mapping=path.stem, path=str(path))) from error
    except (ValueError, TypeError, KeyError) as error:
        raise Unreadable(Reason("damaged_mapping", mapping=path.stem, error=str(error))) from error


def mapping_from(data: dict[str, object], name: str = "") -> ColumnMapping:
    """A mapping from its JSON object. Raises TypeError, KeyError or Unreadable."""
    targets, times = data["quantities"], data["time"]
    if not isinstance(targets, dict) or not isinstance(times, list | tuple):
        raise TypeError("quantities must be an object and time a list")
    plain = {k: v for k, v in data.items() if k not in ("quantities", "time", "name")}
    quantities = {column: Target(**target) for column, target in targets.items()}
    return ColumnMapping(**plain, time=tuple(times), quantities=quantities, name=name)  # type: ignore[arg-type]  # plain JSON values; checked in __post_init__


def source_pieces(path: Path, mapping: ColumnMapping) -> Iterator[Piece]:
    """The rows of the file, as the mapping says where they begin."""
    kind = kind_of(path)
    if kind == "excel":
        row = mapping.header_row or None
        yield excel_piece(path, sheet=mapping.sheet or None, header_row=row, needed=mapping.used)
    elif kind == "text":
        yield from pieces(path, header_row=mapping.header_row or 1, encoding=mapping.encoding or None)
    else:
        yield from table_pieces(path)


def _source_columns(path: Path, mapping: ColumnMapping) -> list[str]:
    if mapping.header_row or mapping.encoding or mapping.sheet:
        return [c for c in next(source_pieces(path, mapping)).frame.columns if c != ROW]
    return columns_of(path, mapping.used)


def site_column(frame: pl.DataFrame, mapping: ColumnMapping) -> pl.Series:
    """The site of each row, as text."""
    if mapping.one_site:
        return pl.Series("site", [mapping.one_site] * frame.height, dtype=pl.String)
    return cell_texts(frame[mapping.site]).alias("site")


def cell_texts(cells: pl.Series) -> pl.Series:
    """Cells as texts without spaces around, empty for none; whole numbers (one of which was empty once) without a point."""
    if cells.dtype.is_float():
        whole = cells.cast(pl.Int64, strict=False)
        texts = whole.cast(pl.String).zip_with((whole == cells).fill_null(value=False), cells.cast(pl.String))
        cells = texts.set(~cells.is_finite(), None)
    return cells.cast(pl.String).str.strip_chars().fill_null("")


def joined_time(frame: pl.DataFrame, mapping: ColumnMapping) -> tuple[pl.DataFrame, str]:
    """The table with the time in one column, and the name of that."""
    if len(mapping.time) == 1:
        return frame, mapping.time[0]
    name = "+".join(mapping.time)
    cells = [pl.col(c).cast(pl.String).str.strip_chars() for c in mapping.time]
    return frame.with_columns(pl.concat_str(cells, separator=" ").alias(name)), name


def read_piece(file: str, piece: Piece, mapping: ColumnMapping, ignored: tuple[str, ...] = ()) -> Reading:
    """One piece in the inside shape; rows carry `#row`, NaN = refused value."""
    frame, time = joined_time(piece.frame, mapping)
    labels = label_column(frame, time, mapping.formats)
    good, bad_times = check_labels(frame, labels, time, file)
    sites = site_column(frame, mapping)
    odd = faults(sites)
    refused = [*piece.refused, *bad_times]
    odd_rows = pl.DataFrame([frame[ROW], sites, odd]).drop_nulls("fault")
    refused += [
        Refusal(file, row, mapping.site, site, FAULTS[fault]) for row, site, fault in odd_rows.iter_rows()
    ]
    keep = good & odd.is_null()
    kept = frame.filter(keep)
    columns = {c: numbers(kept, c, t.name, file, t.factor) for c, t in mapping.quantities.items()}
    for column in columns.values():
        refused += column.refused
    starts = starts_from_labels("start") + pl.duration(hours=1 if mapping.label == "start" else 0)
    values = {mapping.quantities[c].name: column.values for c, column in columns.items()}
    rows = pl.DataFrame({"site": sites.filter(keep), "start": labels.filter(keep), **values, ROW: kept[ROW]})
    in_file = frame.height + len(piece.refused)
    timed = rows.with_columns(starts.alias("start"))
    return Reading(timed, tuple(refused), ignored, piece.notes, rows_in_file=in_file)


def refuse_doubled(file: str, columns: list[str], used: frozenset[str]) -> None:
    """Raises Unreadable when a column that is read comes twice: which of them is right, nobody can know."""
    doubled = {c.split(DOUBLED)[0] for c in columns if DOUBLED in c} & used
    if doubled:
        raise Unreadable(Reason("column_twice", file=file, column=min(doubled)))


def checked_columns(path: Path, mapping: ColumnMapping) -> tuple[str, ...]:
    """The file's columns that the mapping does not read. Raises Unreadable when one that it reads is not there."""
    columns = _source_columns(path, mapping)
    lacking = sorted(mapping.used - set(columns))
    if lacking:
        has = some_names(columns, 12)
        raise Unreadable(Reason("no_column", file=path.name, column=lacking[0], has=has))
    refuse_doubled(path.name, columns, mapping.used)
    return tuple(c for c in columns if c not in mapping.used)


def mapped_batches(path: Path, mapping: ColumnMapping) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable when a column is not there."""
    ignored = checked_columns(path, mapping)
    for piece in source_pieces(path, mapping):
        yield read_piece(path.name, piece, mapping, ignored)
