"""The ambient table: one row per site and hour, `time` = END of the hour in China Standard Time."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.domain.quantities import BY_LABEL
from bihuan.domain.timeaxis import starts_from_labels
from bihuan.feeds.gather import gather
from bihuan.feeds.labels import check_labels, label_column
from bihuan.feeds.lines import ROW, Piece
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.feeds.values import numbers

NAME = "ambient"
NEEDED = frozenset({"time", "site", "station"})
CO_LOOKS_LIKE_UG = 50.0


def fits(columns: list[str]) -> bool:
    """Whether these column names are an ambient table's."""
    return "time" in columns and bool({"site", "station"} & set(columns))


def _site_column(columns: list[str], file: str) -> str:
    for name in ("site", "station"):
        if name in columns:
            return name
    raise Unreadable(f"{file} has no column site; it has {', '.join(columns[:8])}")


def _check_header(path: Path, columns: list[str]) -> None:
    _site_column(columns, path.name)
    if "time" not in columns:
        raise Unreadable(f"{path.name} has no column time; it has {', '.join(columns[:8])}")
    if not any(c in BY_LABEL for c in columns):
        wanted = ", ".join(BY_LABEL)
        raise Unreadable(f"{path.name} has none of the columns {wanted}; nothing to take from it")


def _refuse_sites(frame: pl.DataFrame, column: str, file: str) -> tuple[pl.Series, tuple[Refusal, ...]]:
    text = frame[column].cast(pl.String).str.strip_chars().fill_null("")
    bad = frame.filter(text == "")[ROW].to_list()
    remedy = "write the code of the station"
    return text != "", tuple(Refusal(file, row, column, "", "no site", remedy) for row in bad)


def _co_in_micrograms(path: Path, columns: list[str]) -> bool:
    """CO of a whole file around hundreds is surely in µg/m³, not in the table's mg/m³."""
    if "CO" not in columns:
        return False
    first = next(table_pieces(path, NEEDED)).frame["CO"]
    values = first.cast(pl.Float64, strict=False).fill_nan(None).drop_nulls()
    median = values.filter(values > 0).median()
    return isinstance(median, float) and median > CO_LOOKS_LIKE_UG


def _co_refusal(path: Path) -> Refusal:
    return Refusal(
        path.name,
        1,
        "CO",
        "",
        f"the median of the column is above {CO_LOOKS_LIKE_UG:g}: it is surely in µg/m³, the table's CO is in mg/m³",
        "divide the column by 1000, or import with a mapping that has factor 0.001; the other columns went in",
    )


def _piece(path: Path, piece: Piece, quantities: list[str], ignored: tuple[str, ...]) -> Reading:
    frame, refused = piece.frame, list(piece.refused)
    site = _site_column(frame.columns, path.name)
    labels = label_column(frame, "time")
    good_time, bad_times = check_labels(frame, labels, "time", path.name)
    good_site, bad_sites = _refuse_sites(frame, site, path.name)
    refused += [*bad_times, *bad_sites]
    keep = good_time & good_site
    kept = frame.filter(keep)
    columns = {BY_LABEL[q].name: numbers(kept, q, BY_LABEL[q].name, path.name) for q in quantities}
    for column in columns.values():
        refused += column.refused
    rows = pl.DataFrame(
        {
            "site": kept[site].cast(pl.String).str.strip_chars(),
            "start": labels.filter(keep),
            **{name: column.values for name, column in columns.items()},
            ROW: kept[ROW],
        }
    ).with_columns(starts_from_labels("start").alias("start"))
    return Reading(rows, tuple(refused), ignored, rows_in_file=frame.height + len(piece.refused))


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece; rows carry `#row`, NaN = refused value ("not delivered"). Raises Unreadable."""
    columns = columns_of(path, NEEDED)
    _check_header(path, columns)
    quantities = [c for c in columns if c in BY_LABEL]
    ignored = tuple(c for c in columns if c not in BY_LABEL and c not in NEEDED)
    spoilt = _co_in_micrograms(path, columns)
    if spoilt:
        quantities.remove("CO")
        yield Reading(pl.DataFrame(), (_co_refusal(path),), ignored)
    for piece in table_pieces(path, NEEDED):
        yield _piece(path, piece, quantities, ignored)


def read(path: Path) -> Reading:
    """The whole file: one row per site and hour, refused values null. Raises Unreadable.

    Rows that say the same twice are taken once; rows that contradict each other are refused, both.
    """
    return gather(path.name, batches(path))
