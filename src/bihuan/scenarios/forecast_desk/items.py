"""What a bulletin and a guidance file speak of: items of a day, primary items, and what they are called."""

from bihuan.domain.quantities import BY_NAME, ITEM_NAMES

DAY_ITEMS = ("pm25", "pm10", "o3_8h", "no2", "so2", "co")
PRIMARIES = ("PM2.5", "PM10", "O3_8h", "NO2", "SO2", "CO")
LABELS = {"aqi": "AQI", "o3_8h": "O3-8h"} | {n: BY_NAME[n].label for n in ITEM_NAMES}
MOST_AQI, MOST_VALUE = 500.0, 2000.0
