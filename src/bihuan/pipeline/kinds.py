"""The kinds of deliveries. A new one costs its class and its entry here."""

from bihuan.feeds.mapping import ColumnMapping
from bihuan.pipeline.ambient_hours import AmbientHours
from bihuan.pipeline.forecast_weather import ForecastWeather
from bihuan.pipeline.kind import Kind
from bihuan.pipeline.long_observations import LongObservations
from bihuan.pipeline.passage_files import PassageFiles
from bihuan.pipeline.roadside import RoadsideFiles
from bihuan.pipeline.vehicle_tests import VehicleTestFiles

KINDS: tuple[Kind, ...] = (
    PassageFiles(), VehicleTestFiles(), RoadsideFiles(), ForecastWeather(), LongObservations(), AmbientHours(),
)  # fmt: skip


def kind_of(form: str, mapping: ColumnMapping | None) -> Kind:
    """The kind of files of a format, or of files that are read by a mapping."""
    return next(kind for kind in KINDS if kind.takes(form, mapping))
