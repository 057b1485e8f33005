"""进出厂运输车辆台账 (HJ 1321-2023, 条款待核): visits with what is known of the vehicle, and what in a record cannot stand.

Nothing is mended: a stage that only the date of registration suggests is a hint, marked 推断; an unknown weight stays unknown.
"""

from datetime import date

import polars as pl

from bihuan.domain.vehicles import plates
from bihuan.domain.vehicles.fuels import FUELS
from bihuan.domain.vehicles.pairing import visits
from bihuan.domain.vehicles.stages import DATE, hinted
from bihuan.domain.vehicles.vin import read_vin

LIGHT_KG = 3500.0
"""Total mass up to which a vehicle is a light one."""
MARKS = {
    "vin": "车辆识别代号不对",
    "plate": "号牌写法或颜色不对",
    "no_plate": "无号牌",
    "source": "排放阶段没有来源",
    "stage": "排放阶段不清楚",
    "weights": "净重不等于毛重减皮重或为负",
    "photo": "缺照片",
}
"""What is marked in a row."""
ABOUT = (
    "colour", "vehicle_type", "vin", "engine_no", "registered", "fuel", "stage", "stage_source", "use", "owner", "curb_kg", "permitted_kg", "list_photo",
)  # fmt: skip
DECIDED = ("checked", "rule", "decided_by", "opened", "allowed")
OF_LOAD = ("cargo", "gross_kg", "tare_kg", "net_kg", "waybill")


def _by_value(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    return rows.select(columns).unique(maintain_order=True)


def marks(rows: pl.DataFrame, tolerance_kg: float = 50.0) -> pl.DataFrame:
    """PASSAGES with `marked` (keys of MARKS joined by spaces) and `stage_hint` (推断, null where the stage is known or cannot be said).

    tolerance_kg: by which a net weight may differ from gross less tare (own choice). What is slow to read is read once for each value.
    """
    vins = _by_value(rows, ["vin"]).with_columns(
        vin_wrong=pl.col("vin").map_elements(lambda v: bool(read_vin(v)[1]), return_dtype=pl.Boolean)
    )
    named = _by_value(rows, ["plate_sent", "colour"])
    noted = [plates.read_plate(p, c).noted for p, c in named.iter_rows()]
    named = named.with_columns(
        pl.Series("plate_wrong", [bool({plates.FORM, plates.COLOUR} & set(n)) for n in noted], pl.Boolean)
    )
    hints = _by_value(rows, ["registered", "fuel", "permitted_kg"])
    hints = hints.with_columns(pl.Series("hint", [_hint(*row) for row in hints.iter_rows()], pl.String))
    told = rows.join(vins, on="vin", how="left", nulls_equal=True, maintain_order="left").join(
        named, on=["plate_sent", "colour"], how="left", nulls_equal=True, maintain_order="left"
    )
    told = told.join(hints, on=["registered", "fuel", "permitted_kg"], how="left", nulls_equal=True, maintain_order="left")  # fmt: skip
    passes = pl.col("direction").is_not_null()
    gap = (pl.col("gross_kg") - pl.col("tare_kg") - pl.col("net_kg")).abs()
    wrong = {
        "vin": passes & pl.col("vin").is_not_null() & pl.col("vin_wrong"),
        "plate": pl.col("plate_wrong"),
        "no_plate": passes & (pl.col("plate") == ""),
        "source": passes & pl.col("stage").is_not_null() & pl.col("stage_source").is_null(),
        "stage": passes & pl.col("stage").is_null(),
        "weights": (pl.col("net_kg") < 0) | (gap > tolerance_kg),
        "photo": passes & pl.col("photos").is_null() & pl.col("photo_sum").is_null(),
    }
    words = [pl.when(e.fill_null(value=False)).then(pl.lit(k)) for k, e in wrong.items()]
    return told.with_columns(
        marked=pl.concat_str(words, separator=" ", ignore_nulls=True),
        stage_hint=pl.when(pl.col("stage").is_null()).then("hint"),
    ).drop("vin_wrong", "plate_wrong", "hint")


def _words(text: pl.Expr) -> pl.Expr:
    """Each once."""
    return (
        text.str.strip_chars()
        .str.split(" ")
        .list.unique(maintain_order=True)
        .list.join(" ")
        .str.strip_chars()
    )


def _hint(registered: str | None, fuel: str | None, permitted_kg: float | None) -> str | None:
    try:
        day = date.fromisoformat(registered) if registered else None
    except ValueError:
        return None
    known = fuel if fuel in FUELS else None
    return hinted(day, known, heavy=permitted_kg is None or permitted_kg > LIGHT_KG)


def ledger(rows: pl.DataFrame) -> pl.DataFrame:
    """PASSAGES -> the ledger: one row for each visit, and for each way in or out of a vehicle without a plate or that was turned away.

    Columns: unit, plate, in_at, in_site, in_number and the same of out (gate, time and number name a passage), what is known of the vehicle
    (as told last), its load, checked, rule, decided_by, opened, allowed, photos_in, photos_out, marked, noted (when the
    records came), stage_hint, stage_source (DATE where only the hint is known).
    """
    told = marks(rows.filter(pl.col("direction").is_not_null()))
    pairs = visits(told)
    keys = ("site", "start", "number")
    ins = told.select(*keys, pl.exclude(keys).name.prefix("a_"))
    outs = told.select(*keys, pl.exclude(keys).name.prefix("b_"))
    paired = pairs.join(ins, left_on=["in_site", "in_at", "in_number"], right_on=list(keys), how="left").join(
        outs, left_on=["out_site", "out_at", "out_number"], right_on=list(keys), how="left"
    )
    either = [pl.coalesce(f"b_{c}", f"a_{c}").alias(c) for c in (*ABOUT, *OF_LOAD, *DECIDED, "stage_hint")]  # fmt: skip
    one = paired.select(
        "unit", "plate", "in_at", "in_site", "in_number", "out_at", "out_site", "out_number", *either, photos_in=pl.col("a_photos"), photos_out=pl.col("b_photos"),
        marked=_words(pl.concat_str("a_marked", "b_marked", separator=" ", ignore_nulls=True)),
        noted=_words(pl.concat_str("a_noted", "b_noted", separator=" ", ignore_nulls=True)),
    )  # fmt: skip
    rest = told.filter((pl.col("plate") == "") | pl.col("allowed").eq_missing(0)).with_columns(
        *(pl.when(pl.col("direction") == d).then(c).alias(f"{d}_{n}") for d in ("in", "out") for c, n in (("start", "at"), ("site", "site"), ("number", "number"))),
        photos_in=pl.when(pl.col("direction") == "in").then("photos"), photos_out=pl.when(pl.col("direction") == "out").then("photos"),
    )  # fmt: skip
    whole = pl.concat([one, rest.select(one.columns)])
    told_by = pl.when(pl.col("stage").is_null() & pl.col("stage_hint").is_not_null()).then(pl.lit(DATE))
    return whole.with_columns(stage_source=told_by.otherwise("stage_source")).sort(
        "unit", pl.coalesce("in_at", "out_at"), "plate"
    )
