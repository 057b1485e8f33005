"""The columns of what roads tell of vehicles. What is not known is null; texts that nobody gave are empty."""

import polars as pl

from bihuan.domain.timeaxis import INSTANT

SENSED: dict[str, pl.DataType] = {
    "site": pl.String(),  # code of the point
    "lane": pl.String(),
    "start": INSTANT,  # instant of the passage
    "plate": pl.String(),  # as plates.read_plate mends it; empty: none was read
    "plate_sent": pl.String(),
    "colour": pl.String(),  # plates.COLOURS
    "noted": pl.String(),  # what was mended or wrong about the plate, codes joined by spaces
    "speed": pl.Float64(),  # km/h
    "acceleration": pl.Float64(),  # m/s²
    "vsp": pl.Float64(),  # specific power, kW/t
    "co": pl.Float64(),  # %
    "co2": pl.Float64(),  # %
    "hc": pl.Float64(),  # ppm
    "no": pl.Float64(),  # ppm
    "opacity": pl.Float64(),  # %
    "ringelmann": pl.Float64(),  # grade
    "fuel": pl.String(),  # fuels.FUELS, as the instrument or the list it knows says
    "weather": pl.String(),  # clear, cloudy, rain, snow, fog, dust
    "temperature": pl.Float64(),  # °C
    "humidity": pl.Float64(),  # %
    "wind": pl.Float64(),  # m/s
    "valid": pl.String(),  # yes, no: as the instrument says
}
"""遥感检测记录, one row for each vehicle that passed (HJ 845-2017)."""
SENSED_KEY = ("site", "lane", "start")
MEASURED = ("co", "co2", "hc", "no", "opacity")
WEATHER = {"clear": "晴", "cloudy": "多云", "rain": "雨", "snow": "雪", "fog": "雾", "dust": "沙尘"}
SECONDS: dict[str, pl.DataType] = {
    "site": pl.String(),  # VIN
    "start": INSTANT,
    "speed": pl.Float64(),  # km/h
    "nox": pl.Float64(),  # ppm behind the catalyst
    "reagent": pl.Float64(),  # level of the tank, %
    "dpf": pl.Float64(),  # pressure difference of the filter, kPa
    "scr": pl.Float64(),  # temperature before the catalyst, °C
    "mil": pl.Float64(),  # 1 lit, 0 not
    "odometer": pl.Float64(),  # km
}
"""远程监控数据 as a terminal sends it, each second or each minute (GB 17691-2018, annex Q)."""
MINUTES: dict[str, pl.DataType] = {**SECONDS, "rows": pl.Int64()}
"""The same by minutes: means, of reagent the least, of the lamp and the odometer the most; rows: how many it is made of."""
MINUTES_KEY = ("site", "start")
