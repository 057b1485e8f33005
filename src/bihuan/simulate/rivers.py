"""The rivers of the practice city: real names, and lines that only show about where they flow (模拟), cut where counties meet."""

import json
from collections.abc import Iterator
from itertools import pairwise
from math import cos, hypot, radians

DEGREE = 111_000.0
RIVERS = {
    "桃河": "SIM-TH",
    "温河": "SIM-WH",
    "绵河": "SIM-MH",
    "龙华河": "SIM-LH",
    "香河": "SIM-XH",
}
FLOWS = {"桃河": (0.5, 2.0), "温河": (0.4, 1.2), "绵河": (0.6, 4.0), "龙华河": (0.3, 0.4), "香河": (0.3, 0.3)}
"""Invented speeds [m/s], and the flows [m³/s] at which they hold."""
Line = tuple[tuple[float, float], ...]
# code, name, river, region, the reach below, line from the upper end
REACHES: tuple[tuple[str, str, str, str, str, Line], ...] = (
    ("SIM-MH-1", "绵河平定段", "绵河", "140321", "", ((113.86, 37.962), (113.905, 37.976))),
    ("SIM-TH-5", "桃河平定段", "桃河", "140321", "SIM-MH-1", ((113.706, 37.902), (113.78, 37.93), (113.86, 37.962))),
    ("SIM-TH-4", "桃河郊区下段", "桃河", "140311", "SIM-TH-5", ((113.61, 37.861), (113.64, 37.875), (113.706, 37.902))),
    ("SIM-TH-3", "桃河城区段", "桃河", "140302", "SIM-TH-4", ((113.569, 37.861), (113.60, 37.857), (113.61, 37.861))),
    ("SIM-TH-2", "桃河矿区段", "桃河", "140303", "SIM-TH-3", ((113.506, 37.878), (113.569, 37.861))),
    ("SIM-TH-1", "桃河郊区上段", "桃河", "140311", "SIM-TH-2", ((113.36, 37.885), (113.44, 37.885), (113.506, 37.878))),
    ("SIM-WH-3", "温河平定段", "温河", "140321", "SIM-MH-1", ((113.67, 37.979), (113.74, 37.975), (113.86, 37.962))),
    ("SIM-WH-2", "温河郊区段", "温河", "140311", "SIM-WH-3", ((113.514, 38.025), (113.58, 38.0), (113.67, 37.979))),
    ("SIM-WH-1", "温河盂县段", "温河", "140322", "SIM-WH-2", ((113.42, 38.06), (113.514, 38.025))),
    ("SIM-XH-1", "香河盂县段", "香河", "140322", "SIM-WH-1", ((113.34, 38.08), (113.38, 38.09), (113.42, 38.06))),
    ("SIM-LH-1", "龙华河盂县段", "龙华河", "140322", "", ((113.12, 38.2), (113.2, 38.24), (113.3, 38.28), (113.4, 38.33))),
)  # fmt: skip
"""Lower reaches stand before those that flow into them."""


def rivers() -> Iterator[dict[str, object]]:
    """Rows of the register of rivers."""
    for name, code in RIVERS.items():
        lines = [line for *_about, river, _region, _below, line in REACHES if river == name]
        lon, lat = lines[0][0]
        shape = {"type": "MultiLineString", "coordinates": lines}
        yield {
            "code": code, "name": name, "region": "140300", "lon": lon, "lat": lat, "geometry": json.dumps(shape), "basin": "海河流域",
            "length_km": round(sum(map(length_km, lines)), 1), "simulated": True,
        }  # fmt: skip


def reaches() -> Iterator[dict[str, object]]:
    """Rows of the register of reaches, those that others flow into first."""
    for code, name, river, region, below, line in REACHES:
        (lon, lat), shape, (speed, flow) = line[0], {"type": "LineString", "coordinates": line}, FLOWS[river]
        yield {
            "code": code, "name": name, "region": region, "lon": lon, "lat": lat, "geometry": json.dumps(shape), "river": RIVERS[river],
            "below": below, "length_km": round(length_km(line), 1), "speed": speed, "flow": flow, "simulated": True,
        }  # fmt: skip


def length_km(line: Line) -> float:
    """Length of a line of (lon, lat) [km]."""
    parts = ((hypot((x1 - x0) * cos(radians(y0)), y1 - y0)) for (x0, y0), (x1, y1) in pairwise(line))
    return sum(parts) * DEGREE / 1000


def point(reach: str, share: float) -> tuple[float, float, float]:
    """Longitude, latitude and km from the upper end of the place at a share of a reach's length. Raises KeyError."""
    line = {code: line for code, *_about, line in REACHES}[reach]
    rest = whole = length_km(line) * share
    for a, b in pairwise(line):
        length = length_km((a, b))
        if rest <= length:
            break
        rest -= length
    part = min(rest / length, 1.0)
    return round(a[0] + part * (b[0] - a[0]), 6), round(a[1] + part * (b[1] - a[1]), 6), round(whole, 2)
