"""Records as messages: names, units, decimals and codes of `fields.csv` and `lists.csv`; what must be there and is not is named.

What is not known is null in a message, never 0. Times are of China, `2019-01-11 08:00:00`. Numbers are in the unit of the table and rounded to its decimals.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

ZONE = "Asia/Shanghai"
TIME = "%Y-%m-%d %H:%M:%S"
KEYS: Mapping[str, Sequence[str]] = {
    "tests": ("test",),
    "sensed": ("site", "lane", "start"),
    "passages": ("site", "start", "number"),
}
"""What names a record of each kind."""
KINDS = {"tests": "检验记录", "sensed": "遥感和黑烟记录", "passages": "门禁过车记录"}
MISSING, UNLISTED, REFUSED = "missing", "unlisted", "refused"
FAULTS = {MISSING: "必填项为空", UNLISTED: "取值不在代码表中", REFUSED: "上级退回"}
ENCODED = pl.Schema(
    {
        "key": pl.String(),
        "site": pl.String(),
        "start": pl.Datetime("us", "UTC"),
        "day": pl.Date(),  # of China
        "revision": pl.Int64(),  # entry of the journal with this version: a later one has a higher number
        "body": pl.String(),  # JSON
        "wrong": pl.List(pl.String()),  # `field:fault`, with a fault of FAULTS
    }
)
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Field:
    """column: ours. name: in the message. form: text, number, time or list:NAME. must: a record without it is not sent."""

    column: str
    name: str
    form: str
    unit: str
    decimals: int
    must: bool


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _fields() -> dict[str, tuple[Field, ...]]:
    rows = _rows("fields.csv")
    return {
        kind: tuple(
            Field(r["column"], r["name"], r["form"], r["unit"], int(r["decimals"] or 0), r["must"] == "yes")
            for r in rows
            if r["kind"] == kind
        )
        for kind in KINDS
    }


def _lists() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in _rows("lists.csv"):
        found.setdefault(row["list"], {})[row["ours"]] = row["theirs"]
    return found


FIELDS, LISTS = _fields(), _lists()


def _value(field: Field) -> pl.Expr:
    ours = pl.col(field.column)
    if field.form == "time":
        return ours.dt.convert_time_zone(ZONE).dt.strftime(TIME)
    if field.form == "number":
        return ours.cast(pl.Float64).round(field.decimals, mode="half_away_from_zero")
    text = ours.cast(pl.String).replace("", None)
    if field.form == "text":
        return text
    return text.replace_strict(LISTS[field.form.removeprefix("list:")], default=None, return_dtype=pl.String)


def _fault(field: Field) -> pl.Expr:
    """`field:fault` where a record cannot be sent for it, else null."""
    there = pl.col(field.column).cast(pl.String).replace("", None).is_not_null()
    wrong: pl.Expr = pl.when(~there).then(pl.lit(f"{field.column}:{MISSING}") if field.must else None)
    if field.form.startswith("list:"):
        wrong = (
            pl.when(there & _value(field).is_null())
            .then(pl.lit(f"{field.column}:{UNLISTED}"))
            .otherwise(wrong)
        )
    return wrong


def key_of(kind: str) -> pl.Expr:
    """What names a record, as one text; an instant in UTC."""
    parts = [
        pl.col(c).dt.strftime("%Y%m%dT%H%M%S%.3fZ") if c == "start" else pl.col(c).fill_null("")
        for c in KEYS[kind]
    ]
    return pl.concat_str(parts, separator="|")


def encoded(kind: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the archive of one kind (with `journal`) -> ENCODED, in their order. A record without a time has no day and is left out."""
    fields = FIELDS[kind]
    faults = pl.concat_list(_fault(f) for f in fields).list.drop_nulls()
    body = pl.struct(_value(f).alias(f.name) for f in fields).struct.json_encode()
    return rows.filter(pl.col("start").is_not_null()).select(
        key_of(kind).alias("key"), pl.col("site").fill_null(""), "start", pl.col("start").dt.convert_time_zone(ZONE).dt.date().alias("day"),
        pl.col("journal").alias("revision"), body.alias("body"), faults.alias("wrong"),
    ).cast(ENCODED)  # fmt: skip
