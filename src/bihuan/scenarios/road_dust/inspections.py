"""The form of a look at a segment."""

from pathlib import Path

from bihuan.kit.inspection.declared import Form, of_register
from bihuan.scenarios.road_dust.registers import SEGMENTS, TARGET

FORM = Form(
    "road_check",
    "道路扬尘检查",
    Path(__file__).parent / "forms" / "road_check.xlsx",
    about=TARGET,
    objects=of_register(SEGMENTS),
)
