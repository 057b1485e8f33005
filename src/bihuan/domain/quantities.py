"""The one list of ambient quantities (因子): inside name, file name, HJ code, unit, decimals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quantity:
    """What is measured; `decimals` is how hourly values are published."""

    name: str
    label: str
    code: str
    unit: str
    decimals: int


ITEMS: tuple[Quantity, ...] = (
    Quantity("pm25", "PM2.5", "a34004", "µg/m³", 0),
    Quantity("pm10", "PM10", "a34002", "µg/m³", 0),
    Quantity("so2", "SO2", "a21026", "µg/m³", 0),
    Quantity("no2", "NO2", "a21004", "µg/m³", 0),
    Quantity("co", "CO", "a21005", "mg/m³", 1),
    Quantity("o3", "O3", "a05024", "µg/m³", 0),
)
WEATHER: tuple[Quantity, ...] = (
    Quantity("temp", "TEMP", "a01001", "°C", 1),
    Quantity("dewp", "DEWP", "", "°C", 1),
    Quantity("pres", "PRES", "a01006", "hPa", 1),
    Quantity("rain", "RAIN", "", "mm", 1),
    Quantity("wspm", "WSPM", "a01007", "m/s", 1),
    Quantity("wd", "wd", "a01008", "°", 0),
)
ITEM_NAMES = tuple(q.name for q in ITEMS)
WEATHER_NAMES = tuple(q.name for q in WEATHER)
BY_NAME = {q.name: q for q in (*ITEMS, *WEATHER)}
BY_LABEL = {q.label: q for q in (*ITEMS, *WEATHER)}
