"""Where the objects of a file lie: turned into WGS 84 where their system is named, and held against China and their region."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from bihuan.domain.places.coordinates import System, checked, to_wgs84
from bihuan.domain.places.faults import BadPlace, Fault, Why
from bihuan.domain.places.shapes import in_wgs84, sign_place, sound
from bihuan.kit.place_words import fault_words
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.plan import Problem, Row
from bihuan.registry.outlines import TOLERANCE, Outlines


class Positions:
    """The places of the rows of one file."""

    def __init__(self, register: Register, system: System) -> None:
        self._system = system
        self._placed = register.has("lon", "lat")
        self._shaped = register.has("geometry")
        self._outlines = Outlines() if self._placed and register.has("region") else None

    def follows_shape(self, given: Mapping[str, str]) -> bool:
        """Does the row give a geometry from which its place follows?"""
        return self._placed and bool(given.get("geometry", "").strip())

    def place(self, row: Row) -> None:
        """Turn what the row gives into sound WGS 84; a place that is not given follows from the geometry."""
        values = row.values
        try:
            if self._shaped and values.get("geometry"):
                self._take_shape(row)
            if self._system is not System.WGS84 and None not in (values.get("lon"), values.get("lat")):
                lon, lat = to_wgs84(values["lon"], values["lat"], self._system)
                values |= {"lon": round(lon, 7), "lat": round(lat, 7)}
            if self._placed and values.get("geometry") and values.get("lon") is None:
                values["lon"], values["lat"] = sign_place(values["geometry"])
        except BadPlace as error:
            self._refuse(row, error.fault, "geometry", "")

    def _take_shape(self, row: Row) -> None:
        shape, mended = sound(row.values["geometry"])
        row.values["geometry"] = in_wgs84(shape, self._system) if self._system is not System.WGS84 else shape
        if mended:
            row.warnings.append(_("图形已修正（%(why)s）") % {"why": mended})

    def check(self, row: Row) -> None:
        """Refuse a place outside China or outside the row's region; only where it, or the region, is new."""
        target: Any = row.target
        if not self._placed or not {"lon", "lat", "region"}.intersection(row.after):
            return
        value = f"{target.lon:g}, {target.lat:g}"
        try:
            checked(target.lon, target.lat)
        except BadPlace as error:
            self._refuse(row, error.fault, "lon", value)
            return
        outline = self._outlines.of(target.region_id) if self._outlines else None
        point = {"type": "Point", "coordinates": [target.lon, target.lat]}
        outside = outline.metres_outside(point) if outline else 0.0
        if outside > TOLERANCE:
            fault = Fault(Why.OUTSIDE_REGION, {"region": str(target.region), "metres": f"{outside:.0f}"})
            self._refuse(row, fault, "lon", value)

    def _refuse(self, row: Row, fault: Fault, name: str, value: str) -> None:
        why, remedy = fault_words(fault)
        row.problems.append(Problem(name, value, why, remedy))
