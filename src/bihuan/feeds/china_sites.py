"""Daily files `china_sites_YYYYMMDD.csv`: a row per hour and type, a column per station.

The hour is the END label: hour 0 of a date closes the day before. Stations come and go from file to file.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from bihuan.domain.quantities import ITEMS
from bihuan.domain.timeaxis import starts_from_labels
from bihuan.feeds.gather import CONFLICT
from bihuan.feeds.labels import PACKED, check_labels, label_column
from bihuan.feeds.lines import DOUBLED, ROW, UNNAMED, Piece
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.sites import FAULTS, faults
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.feeds.values import numbers
from bihuan.reasons import Reason

NAME = "china_sites"
HEAD = ("date", "hour", "type")
TYPES = {q.label: q.name for q in ITEMS}
CELL = ["site", "start", "type"]
TIME_FAULTS = {
    "no_hour": Reason("day_file_no_hour"),
    "no_full_hour": Reason("day_file_no_full_hour"),
    "out_of_years": Reason("day_file_year"),
}


def fits(columns: list[str]) -> bool:
    """Whether these column names are of such a file."""
    return columns[:3] == list(HEAD)


def _times(file: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Refusal]]:
    """Rows with a good hour, with `start`; refusals of the others."""
    clock = pl.concat_str(pl.col("date").str.strip_chars(), pl.col("hour").str.strip_chars(), separator=" ")
    timed = frame.with_columns(clock.alias("date+hour"))
    labels = label_column(timed, "date+hour", (PACKED, "%Y-%m-%d %H"))
    good, refused = check_labels(timed, labels, "date+hour", file, TIME_FAULTS)
    starts = (
        timed.with_columns(start=labels).filter(good).with_columns(starts_from_labels("start").alias("start"))
    )
    return starts.drop("date+hour"), list(refused)


def _sites(file: str, columns: list[str]) -> tuple[list[str], list[Refusal]]:
    """The columns that name a station; refusals of the others."""
    found = faults(pl.Series(columns, dtype=pl.String))
    bad = {
        c: FAULTS[fault] if fault else Reason("unnamed_column")
        for c, fault in zip(columns, found, strict=True)
        if fault or re.fullmatch(rf"{UNNAMED}\d+", c)
    }
    return [c for c in columns if c not in bad], [Refusal(file, 1, c, "", why) for c, why in bad.items()]


def _types(file: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Refusal]]:
    """Rows that say what was measured; refusals of the others."""
    named = rows.with_columns(pl.col("type").fill_null("").str.strip_chars())
    why = Reason("no_type", types=", ".join(TYPES))
    refused = [Refusal(file, row, "type", "", why) for row in named.filter(pl.col("type") == "")[ROW]]
    return named.filter(pl.col("type") != ""), refused


def _cells(rows: pl.DataFrame, sites: list[str]) -> pl.DataFrame:
    long = rows.unpivot(sites, index=[ROW, "start", "type"], variable_name="site", value_name="cell")
    plain = pl.col("site").str.split(DOUBLED).list.first()  # some published files have a station twice
    return long.with_columns(pl.col("type").replace_strict(TYPES), plain)


def _values(file: str, cells: pl.DataFrame) -> tuple[pl.DataFrame, list[Refusal]]:
    """Cells with `value`; refusals name the line and the station's column."""
    parts, refused = [], []
    for (name,), part in cells.partition_by("type", as_dict=True).items():
        places = part.select(ROW, "site").with_row_index("at")
        column = numbers(
            places.select(pl.col("at").alias(ROW)).with_columns(part["cell"]), "cell", str(name), file
        )
        parts.append(part.with_columns(value=column.values))
        for r in column.refused:
            row, site = places.row(r.row)[1:]
            refused.append(replace(r, row=row, column=site))
    return pl.concat(parts) if parts else cells.with_columns(value=pl.lit(0.0)), refused


def _one_per_cell(file: str, cells: pl.DataFrame) -> tuple[pl.DataFrame, list[Refusal]]:
    unique = cells.unique([*CELL, "value"], keep="first", maintain_order=True)
    twice = unique.filter(pl.struct(CELL).is_duplicated())
    if twice.is_empty():
        return unique, []
    refused = [
        Refusal(file, row, site, cell or "", CONFLICT)
        for row, site, cell in twice.select(ROW, "site", "cell").iter_rows()
    ]
    return unique.join(twice, on=CELL, how="anti", maintain_order="left"), refused


def _blank_sites(frame: pl.DataFrame, sites: list[str]) -> list[str]:
    blank = frame.select(pl.col(sites).fill_null("").str.strip_chars().eq("").all())
    return [site for site in sites if blank[site].item()]


def _reading(file: str, piece: Piece) -> Reading:
    frame = piece.frame
    columns = [c for c in frame.columns if c not in (*HEAD, ROW)]
    blank = _blank_sites(frame, columns)
    sites, bad_sites = _sites(file, [c for c in columns if c not in blank])
    timed, bad_times = _times(file, frame)
    typed, bad_types = _types(file, timed)
    cells, bad_values = _values(file, _cells(typed.filter(pl.col("type").is_in(list(TYPES))), sites))
    in_file = cells.select("site", "start").n_unique()
    cells, twice = _one_per_cell(file, cells)
    first_row = pl.col(ROW).min()
    rows = cells.group_by("site", "start").agg(
        *[pl.col("value").filter(pl.col("type") == name).first().alias(name) for name in TYPES.values()],
        first_row,
    )
    notes = (Reason("blank_stations", count=len(blank)),) if blank else ()
    refused = (*piece.refused, *bad_sites, *bad_times, *bad_types, *bad_values, *twice)
    lost = len(piece.refused) + len(bad_times) + len(bad_types)
    others = sorted(set(typed["type"]) - set(TYPES))
    return Reading(
        rows.sort("site", "start"),
        refused,
        tuple(others),
        (*notes, *piece.notes),
        rows_in_file=in_file + lost,
    )


def batches(path: Path) -> Iterator[Reading]:
    """The day, in one batch. A type that the file does not have is not mentioned. Raises Unreadable."""
    columns = columns_of(path)
    if not fits(columns):
        raise Unreadable(Reason("day_file_head", file=path.name, has=some_names(columns, 6)))
    if not columns[3:]:
        raise Unreadable(Reason("day_file_without_stations", file=path.name))
    parts = list(table_pieces(path))
    frame = pl.concat([p.frame for p in parts]).with_columns(pl.exclude(ROW).cast(pl.String))
    types = set(frame["type"].drop_nulls().str.strip_chars())
    present = [name for label, name in TYPES.items() if label in types]
    if types - {""} and not present:
        has = some_names(sorted(types), 6)
        raise Unreadable(Reason("none_of_types", file=path.name, types=", ".join(TYPES), has=has))
    lost = tuple(r for p in parts for r in p.refused)
    reading = _reading(path.name, Piece(frame, lost, tuple(n for p in parts for n in p.notes)))
    yield replace(reading, rows=reading.rows.select("site", "start", *present, ROW))
