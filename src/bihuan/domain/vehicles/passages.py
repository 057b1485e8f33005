"""过车记录: who went through which gate when, as HJ 1321-2023 asks for it (进出厂运输车辆台账), one row per passage.

`site` is the gate, `start` the instant of the passage as its gate says it, `number` the sender's number of the record: the three
name a row, so that one sent again is the same row. What is not known is null; texts are as they were read (`plates`, `vin`,
`fuels`, `stages`), the plate also as it was sent.
"""

import polars as pl

from bihuan.domain.timeaxis import INSTANT

IN, OUT = "in", "out"
PASSAGES: dict[str, pl.DataType] = {
    "site": pl.String(),  # code of the gate
    "start": INSTANT,
    "number": pl.String(),
    "unit": pl.String(),  # code of the vehicle user
    "direction": pl.String(),  # in, out
    "plate": pl.String(),  # empty: none was read
    "plate_sent": pl.String(),
    "colour": pl.String(),  # plates.COLOURS
    "noted": pl.String(),  # what was found about the record when it came, codes joined by spaces
    "vehicle_type": pl.String(),  # as GA/T 16.4 has it (H11 ...), or in words
    "vin": pl.String(),
    "engine_no": pl.String(),
    "registered": pl.String(),  # date
    "fuel": pl.String(),  # fuels.FUELS
    "stage": pl.String(),  # stages.STAGES, electric
    "stage_source": pl.String(),  # stages.SOURCES
    "use": pl.String(),
    "owner": pl.String(),
    "curb_kg": pl.Float64(),
    "permitted_kg": pl.Float64(),
    "cargo": pl.String(),
    "gross_kg": pl.Float64(),  # as weighed
    "tare_kg": pl.Float64(),
    "net_kg": pl.Float64(),
    "waybill": pl.String(),
    "list_photo": pl.String(),  # photo of the vehicle's list, or why there is none
    "photos": pl.String(),  # names of the pictures, joined by spaces
    "photo_sum": pl.String(),  # SHA-256 of the plate's picture, where it was sent
    "photo_time": INSTANT,  # when the picture says it was taken
    "checked": pl.String(),  # result of the check over the network
    "allowed": pl.Int64(),  # 1 let through, 0 turned away
    "rule": pl.String(),  # which rule decided
    "decided_by": pl.String(),  # centre, file (the rule file, the centre being away), or the person
    "opened": pl.String(),  # auto, manual (the bar was lifted by hand), remote
    "sent": INSTANT,  # when the gate says that it sent the record
}
"""Columns of a passage; to them the archive adds `received` and `journal`."""
KEY = ("site", "start", "number")
