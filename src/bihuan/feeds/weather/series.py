"""A table of forecast weather at points: site, issued, time (END of the hour) and columns of the ambient table."""

from pathlib import Path

import polars as pl

from bihuan.domain.quantities import BY_LABEL, WEATHER
from bihuan.domain.timeaxis import INSTANT, labels_from_starts
from bihuan.feeds.ambient_table import SITES
from bihuan.feeds.gather import CONFLICT
from bihuan.feeds.labels import label_column
from bihuan.feeds.lines import ROW, Piece
from bihuan.feeds.mapping import ColumnMapping, Target, read_piece, refuse_doubled
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.feeds.weather.rows import KEY, finished
from bihuan.reasons import Reason

NEEDED = frozenset({"issued", "time", *SITES})
LABELS = tuple(q.label for q in WEATHER)


def fits(columns: list[str]) -> bool:
    """Whether these column names are those of forecast weather at points."""
    return (
        {"issued", "time"} <= set(columns)
        and bool(set(SITES) & set(columns))
        and bool(set(LABELS) & set(columns))
    )


def read(path: Path, *, source: str = "table") -> Reading:
    """The whole table. `source` is who made the forecast, unless a column `source` says so. Raises Unreadable."""
    columns = columns_of(path, NEEDED)
    site = next((name for name in SITES if name in columns), "")
    has = some_names(columns, 10)
    for name, there in (("site", site), ("time", "time" in columns), ("issued", "issued" in columns)):
        if not there:
            raise Unreadable(Reason("no_column", file=path.name, column=name, has=has))
    quantities = {c: Target(BY_LABEL[c].name) for c in columns if c in LABELS}
    if not quantities:
        raise Unreadable(Reason("none_of_columns_but", file=path.name, columns=", ".join(LABELS), has=has))
    mapping = ColumnMapping(site, ("time",), quantities)
    used = mapping.used | {"issued", "source"}
    refuse_doubled(path.name, columns, used)
    parts, refused, notes, count = [], [], list[Reason](), 0
    for piece in table_pieces(path, NEEDED):
        reading = read_piece(path.name, piece, mapping, ())
        issued, late = _issued(path.name, piece)
        who = _source(piece, source)
        parts.append(reading.rows.join(issued, on=ROW, how="inner").join(who, on=ROW, how="left"))
        refused += [*reading.refused, *late]
        notes += reading.notes
        count += reading.rows_in_file
    if not count:
        raise Unreadable(Reason("no_rows_below", file=path.name))
    rows = pl.concat(parts, how="diagonal")
    values = [t.name for t in quantities.values()]
    rows = rows.with_columns(pl.col(values).fill_nan(None))
    rows, clashes = _once(path.name, rows)
    refused += clashes
    ignored = [c for c in columns if c not in used]
    return finished(path.name, rows, refused, ignored=ignored, notes=notes, in_file=count)


def _issued(file: str, piece: Piece) -> tuple[pl.DataFrame, list[Refusal]]:
    """`#row` and `issued` where it is a time; refusals for the rest."""
    labels = label_column(piece.frame, "issued")
    table = piece.frame.select(ROW, raw=pl.col("issued").cast(pl.String)).with_columns(label=labels)
    bad = table.filter(pl.col("label").is_null())
    refused = [
        Refusal(file, row, "issued", raw or "", Reason("no_issue_time"))
        for row, raw in bad.select(ROW, "raw").iter_rows()
    ]
    moment = (pl.col("label") - pl.duration(hours=8)).dt.replace_time_zone("UTC").cast(INSTANT)
    return table.drop_nulls("label").select(ROW, issued=moment), refused


def _once(file: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Refusal]]:
    """Rows without those that contradict each other, and refusals of these; what is said twice stays."""
    values = [c for c in rows.columns if c != ROW]
    different = rows.unique(values, keep="first", maintain_order=True)
    clash = different.filter(pl.struct(KEY).is_duplicated()).select(KEY).unique()
    bad = rows.join(clash, on=KEY, how="semi").sort(ROW)
    refused = [
        Refusal(file, row, "", f"{site} {label:%Y-%m-%dT%H:%M}", CONFLICT)
        for row, site, label in bad.select(ROW, "site", labels_from_starts()).iter_rows()
    ]
    return rows.join(clash, on=KEY, how="anti", maintain_order="left"), refused


def _source(piece: Piece, source: str) -> pl.DataFrame:
    given = pl.col("source").cast(pl.String) if "source" in piece.frame.columns else pl.lit(None, pl.String)
    return piece.frame.select(ROW, source=given.fill_null(source))
