"""进出厂运输车辆台账 as a file (CSV, Excel, Parquet): official heads in Chinese, one row per passage or per pair of in and out.

A pair may have gate, number and photos of each way. Its weights are of the way out: one load must not count twice.
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.domain.vehicles.noted import PHOTO_MISSING
from bihuan.domain.vehicles.passages import IN, KEY, OUT, PASSAGES
from bihuan.feeds.gates.dialects import every_dialect
from bihuan.feeds.gates.records import Sender, read_record
from bihuan.feeds.lines import ROW, Piece
from bihuan.feeds.reading import Reading, Refusal
from bihuan.feeds.tables import table_pieces
from bihuan.reasons import Reason

NAME = "passages"
LEDGER = every_dialect()["ledger"]
_SAID = tomllib.loads((Path(__file__).parent / "dialects" / "ledger.toml").read_text(encoding="utf-8"))
TEMPLATES: Mapping[str, list[str]] = _SAID["templates"]
NEEDED = frozenset(head for head, field in LEDGER.fields.items() if field == "plate")
PAIR = {"time_in": IN, "time_out": OUT}
OF_WAY = ("gate", "number", "photos")
"""Fields that a pair may have for each way, as gate_in and gate_out."""
_WEIGHED = ("gross_", "tare_", "net_")


class _Every(dict[str, str]):
    """Any gate: which are registered is said where the rows are stored."""

    def __contains__(self, gate: object) -> bool:
        return True


def plain(head: str) -> str:
    """A head as the table of heads has it: without blanks, stars and line breaks, brackets in half width, 吨 as t."""
    text = "".join(unicodedata.normalize("NFKC", head).split()).strip("*")
    return text.replace("(吨)", "(t)").replace("(千克)", "(kg)").replace("(公斤)", "(kg)")


def _fields(columns: list[str]) -> dict[str, str]:
    """Our field -> the file's column; of several for one field the first."""
    found: dict[str, str] = {}
    for column in columns:
        if column != ROW and (field := LEDGER.fields.get(plain(column))):
            found.setdefault(field, column)
    return found


def fits(columns: list[str]) -> bool:
    """Are these the heads of a ledger of passages: gate, plate and time?"""
    fields = _fields(columns)
    gates = {"gate", *(f"gate_{way}" for way in PAIR.values())}
    return "plate" in fields and bool(gates & set(fields)) and bool({"time", *PAIR} & set(fields))


def batches(path: Path, received: datetime | None = None) -> Iterator[Reading]:
    """The file's passages piece by piece, with the column of rows. Raises Unreadable."""
    for piece in table_pieces(path, NEEDED):
        yield _read(piece, path.name, received or datetime.now(UTC))


def _read(piece: Piece, file: str, received: datetime) -> Reading:
    fields = _fields(piece.frame.columns)
    heads = set(map(plain, piece.frame.columns))
    notes = [
        Reason("ledger_of_other_year", template=name) for name, its in TEMPLATES.items() if set(its) <= heads
    ]
    ignored = tuple(c for c in piece.frame.columns if c != ROW and c not in fields.values())
    pictured = any(field.startswith("photos") for field in fields)
    sender, refused, rows = Sender("", LEDGER, _Every()), list(piece.refused), list[dict[str, Any]]()
    given = piece.frame.select(ROW, *(pl.col(column).alias(field) for field, column in fields.items()))
    for line in given.iter_rows(named=True):
        for record in _records(line):
            found = read_record(
                {LEDGER_NAMES[k]: v for k, v in record.items() if k in LEDGER_NAMES}, sender, received
            )
            refused += [
                Refusal(file, line[ROW], _column(fields, f.field, record["direction"]), f.value, f.why)
                for f in found.faults
            ]
            if found.row is not None:
                marks = [m for m in found.noted if m != PHOTO_MISSING or pictured]
                rows.append(
                    {
                        **found.row,
                        "unit": str(line.get("unit") or "").strip(),
                        "noted": " ".join(marks),
                        ROW: line[ROW],
                    }
                )
    frame = pl.DataFrame(rows, schema={**PASSAGES, ROW: pl.Int64()}, orient="row")
    gate = next((fields[f] for f in ("gate", "gate_in", "gate_out") if f in fields), "")
    return Reading(frame, tuple(refused), ignored, (*piece.notes, *notes), piece.frame.height, gate)


def _column(fields: Mapping[str, str], field: str, way: object) -> str:
    """The file's column of a field of a passage that went one way."""
    of_way = [f"{field}_{way}", field, f"{field}_{IN}", f"{field}_{OUT}"]
    return next((fields[name] for name in of_way if name in fields), field)


def _records(line: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The passages of a row: one, or in and out. Without a number of its own plate and direction number it within gate and time."""
    times: list[tuple[str, Any]] = [(name, way) for name, way in PAIR.items() if line.get(name)]
    for name, way in times or [("time", line.get("direction"))]:
        given = {**line, **{field: line.get(f"{field}_{way}") or line.get(field) for field in OF_WAY}}
        number = given["number"] or f"{line.get('plate') or ''}-{way or ''}"
        if way == IN and len(times) > 1:
            given = {k: v for k, v in given.items() if not k.startswith(_WEIGHED)}
        yield {**given, "time": line.get(name), "direction": way, "number": number}


LEDGER_NAMES = {field: head for head, field in reversed(list(LEDGER.fields.items()))}
"""A head for each field: records are read by the dialect."""


def once(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Each key once, the last row of a file counts; and how many were left out."""
    kept = rows.unique(list(KEY), keep="last", maintain_order=True)
    return kept.drop(ROW), rows.height - kept.height
