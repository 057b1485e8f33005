"""The form of a supervision visit to a station; a round over all stations is set on the page of rounds."""

from pathlib import Path

from bihuan.kit.inspection.declared import Form, of_register
from bihuan.scenarios.inspection_stations.registers import STATIONS, TARGET

FORM = Form(
    "station_check",
    "机动车检验机构监督检查",
    Path(__file__).parent / "forms" / "station_check.xlsx",
    about=TARGET,
    objects=of_register(STATIONS),
)
