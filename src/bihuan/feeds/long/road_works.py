"""Work log of roads (道路保洁作业记录): a row for each run on a segment, with time (China), segment, method, area [m²] and perhaps speed [km/h].

The segment is the site, by code or name; area and speed of each method are quantities of the moment at which the work began.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.feeds.labels import moments
from bihuan.feeds.lines import ROW, Piece
from bihuan.feeds.long.columns import measured
from bihuan.feeds.long.rows import SCHEMA, TIMES, timed
from bihuan.feeds.long.tables import plain_heads, with_named, with_values
from bihuan.feeds.mapping import cell_texts, refuse_doubled
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Reading, Refusal, Unreadable
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.reasons import Reason

NAME = "road_works"
AREA, SPEED = "-area", "-speed"
METHODS = {
    "sweep": ("机扫", "清扫", "机械清扫", "扫路", "sweep"),
    "wash": ("冲洗", "洒水", "洒水冲洗", "清洗", "wash"),
    "suction": ("吸扫", "吸尘", "吸尘清扫", "suction"),
    "fog": ("雾炮", "喷雾", "抑尘", "fog"),
}
CODES = {word: f"road-{method}" for method, words in METHODS.items() for word in words}
HEADS = {
    "segment": ("路段", "路段编码", "路段名称", "segment"),
    "time": ("时间", "作业时间", "开始时间", "time"),
    "method": ("方式", "作业方式", "作业类型", "method"),
    "area": ("面积", "作业面积", "area"),
    "speed": ("车速", "作业车速", "速度", "speed"),
}
MUST = ("segment", "time", "method", "area")
NEEDED = frozenset(HEADS["segment"])


def fits(columns: list[str]) -> bool:
    """Whether these column names are of such a log."""
    return set(MUST) <= set(plain_heads(columns, HEADS))


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable."""
    columns = columns_of(path, NEEDED)
    heads = plain_heads(columns, HEADS)
    if lacking := [HEADS[what][0] for what in MUST if what not in heads]:
        raise Unreadable(Reason("no_column", file=path.name, column=lacking[0], has=some_names(columns, 8)))
    used = frozenset(heads.values())
    refuse_doubled(path.name, columns, used)
    ignored = tuple(c for c in columns if c not in used)
    for piece in table_pieces(path, NEEDED):
        yield _reading(path.name, piece, heads, ignored)


def _reading(file: str, piece: Piece, heads: dict[str, str], ignored: tuple[str, ...]) -> Reading:
    named, bad_names = with_named(file, piece.frame, heads["segment"])
    known, bad_methods = _with_method(file, named.with_columns(period=pl.lit("realtime")), heads["method"])
    time = heads["time"]
    good, bad_times = timed(file, known, moments(known, time, TIMES), pl.col(time).cast(pl.String), time)
    parts, bad_values = (
        [pl.DataFrame(schema={n: t for n, t in SCHEMA.items() if n != "flag"})],
        list[Refusal](),
    )
    for code in good["#method"].unique().sort().to_list():
        columns = [measured(heads["area"], code + AREA)]
        columns += [measured(heads["speed"], code + SPEED)] if "speed" in heads else []
        rows, refused = with_values(file, good.filter(pl.col("#method") == code), columns)
        parts.append(rows.select(parts[0].columns))
        bad_values += refused
    told = (*piece.refused, *bad_names, *bad_methods, *bad_times, *bad_values)
    refused_all = tuple(sorted(told, key=lambda refusal: refusal.row))
    in_file = piece.frame.height + len(piece.refused)
    return Reading(pl.concat(parts), refused_all, ignored, piece.notes, in_file, heads["segment"])


def _with_method(file: str, frame: pl.DataFrame, column: str) -> tuple[pl.DataFrame, list[Refusal]]:
    """The rows whose method is known; refusals of the others."""
    texts = cell_texts(frame[column])
    code = texts.replace_strict(CODES, default=None, return_dtype=pl.String)
    table = frame.with_columns(code.alias("#method"), texts.alias("#said"))
    bad = table.filter(pl.col("#method").is_null()).select(ROW, "#said")
    why = Reason("unknown_road_work", known="、".join(words[0] for words in METHODS.values()))
    refused = [Refusal(file, row, column, said, why) for row, said in bad.iter_rows()]
    return table.filter(pl.col("#method").is_not_null()), refused
