"""A file of a mapping program, whatever its format: features in WGS-84, each valid, or refused with its number and reason."""

import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from bihuan.domain.places.coordinates import checked
from bihuan.domain.places.faults import BadPlace, Fault, Why
from bihuan.domain.places.shapes import as_shape, sign_place, sound
from bihuan.feeds.geometry import vectors
from bihuan.feeds.geometry.encodings import encoding_of
from bihuan.feeds.geometry.features import BadFile, Features, Note, Refused, Told, WhyFile
from bihuan.feeds.geometry.geojson import read_geojson
from bihuan.feeds.geometry.systems import Way, way_from
from bihuan.feeds.geometry.unpacked import opened, readable, shapefiles_of, unpack

FORMATS = (".geojson", ".json", ".zip", ".shp", ".gpkg", ".kml", ".kmz")


def read(path: Path, layer: str = "") -> Features:
    """All features of a file. layer: which of several, by its name. Raises BadFile."""
    kind = kind_of(path)
    if kind == "geojson":
        return _of_geojson(path)
    if kind == "shapefile":
        return _of_shapefile(path, [])
    if kind == "zip":
        return _of_zip(path, layer)
    if kind == "kml":
        return _of_kml(path, layer)
    names = vectors.layers_of(path)
    return _of_table(vectors.table_of(path, _chosen(names, layer)), [])


def kind_of(path: Path) -> str:
    """What a file is, by its first bytes where they say it, else by the ending of its name. Raises BadFile."""
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        raise BadFile(WhyFile.EMPTY)
    if head.startswith(b"SQLite format 3\0"):
        return "geopackage"
    if head.startswith(b"PK\x03\x04"):
        return "kml" if path.suffix.lower() == ".kmz" or _holds_kml(path) else "zip"
    if head[:4] == b"\x00\x00\x27\x0a":
        return "shapefile"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] in (b"{", b"["):
        return "geojson"
    if text[:1] == b"<" and (b"<kml" in head or path.suffix.lower() == ".kml"):
        return "kml"
    raise BadFile(WhyFile.NOT_KNOWN, format=path.suffix[:12] or "?")


def _holds_kml(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with opened(path) as archive:
        names = [readable(info).lower() for info in archive.infolist()]
    return any(n.endswith(".kml") for n in names) and not any(n.endswith(".shp") for n in names)


def _chosen(names: Sequence[str], wanted: str) -> str:
    if not names:
        raise BadFile(WhyFile.EMPTY)
    if wanted and wanted not in names:
        raise BadFile(WhyFile.NO_SUCH_LAYER, layer=wanted[:60], layers="、".join(names)[:300])
    if not wanted and len(names) > 1:
        raise BadFile(WhyFile.SEVERAL_LAYERS, layers="、".join(names)[:300], names=json.dumps(list(names)))
    return wanted or names[0]


def _of_zip(path: Path, layer: str) -> Features:
    found = shapefiles_of(path)
    if not found:
        raise BadFile(WhyFile.NO_SHAPEFILE)
    parts = found[_chosen(sorted(found), layer)]
    with TemporaryDirectory(prefix="bihuan-shape-") as folder:
        return _of_shapefile(unpack(path, parts, Path(folder)), [])


def _of_shapefile(path: Path, notes: list[Told]) -> Features:
    beside = {p.suffix.lower(): p for p in path.parent.iterdir() if p.stem == path.stem}
    if ".shx" not in beside or ".dbf" not in beside:
        raise BadFile(WhyFile.PART_MISSING, part=".dbf" if ".dbf" not in beside else ".shx")
    encoding, guessed = encoding_of(beside[".dbf"])
    if guessed:
        notes.append(Told(Note.ENCODING, {"encoding": encoding.upper()}))
    return _of_table(vectors.table_of(path, encoding=encoding), notes)


def _of_kml(path: Path, layer: str) -> Features:
    """All folders of a KML, or the one that is asked for; its system is WGS-84 by definition (OGC 12-007r2, 6.2)."""
    names = vectors.layers_of(path)
    if layer:
        return _of_table(vectors.table_of(path, _chosen(names, layer)), [])
    tables = {name: vectors.table_of(path, name) for name in names}
    tables = {name: table for name, table in tables.items() if table.geometries}
    if not tables:
        raise BadFile(WhyFile.EMPTY)
    several = len(tables) > 1
    notes = [Told(Note.LAYERS_JOINED, {"count": str(len(tables))})] if several else []
    found = _of_table(vectors.joined(list(tables.values())), notes)
    return replace(found, layers=list(tables)) if several else found


def _of_geojson(path: Path) -> Features:
    told, system = read_geojson(path)
    properties: list[dict[str, Any]] = []
    geometries: list[BaseGeometry | None] = []
    faults: dict[int, Fault] = {}
    for number, feature in enumerate(told, 1):
        given = feature if isinstance(feature, dict) else {}
        own = given.get("properties")
        properties.append(own if isinstance(own, dict) else {})
        try:
            found = given.get("geometry")
            geometries.append(None if found is None else shapely.force_2d(as_shape(found)))
        except BadPlace as error:
            geometries.append(None)
            faults[number] = error.fault
    return _of_table(vectors.Table(system or "EPSG:4326", properties, geometries), [], faults)


def _of_table(table: vectors.Table, notes: list[Told], faults: dict[int, Fault] | None = None) -> Features:
    """Every feature of a table on the way to WGS-84. Raises BadFile where the system is none that can be used."""
    if not table.geometries:
        raise BadFile(WhyFile.EMPTY)
    pairs = shapely.get_coordinates([g for g in table.geometries if g is not None])
    finite = pairs[np.isfinite(pairs).all(axis=1)]
    way = way_from(table.system, finite) if len(finite) else Way(lambda same: same)
    if table.doubtful:
        notes.append(Told(Note.DOUBTFUL_NUMBERS, {"count": str(table.doubtful)}))
    found = Features([], [], [], [*notes, *way.notes])
    for number, (properties, geometry) in enumerate(zip(table.properties, table.geometries, strict=True), 1):
        try:
            if faults and number in faults:
                raise BadPlace(faults[number].why, **faults[number].values)
            made, mended = _placed(geometry, way)
        except BadPlace as error:
            found.refused.append(Refused(number, error.fault))
            continue
        if mended:
            found.notes.append(Told(Note.MENDED, {"feature": str(number), "detail": mended[:80]}))
        found.features.append({"type": "Feature", "properties": properties, "geometry": made})
        found.numbers.append(number)
    return found


def _placed(geometry: BaseGeometry | None, way: Way) -> tuple[dict[str, Any], str]:
    """(the geometry as valid GeoJSON in WGS-84 and in China, why it was mended). Raises BadPlace."""
    if geometry is None:
        raise BadPlace(Why.NO_GEOMETRY)
    if geometry.is_empty:
        raise BadPlace(Why.EMPTY_GEOMETRY)
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise BadPlace(Why.NOT_FINITE)
    turned = shapely.transform(geometry, way.forward)
    if not np.isfinite(shapely.get_coordinates(turned)).all():
        raise BadPlace(Why.NOT_FINITE)
    made, mended = sound(vectors.geojson(turned))
    checked(*sign_place(made))
    return made, mended
