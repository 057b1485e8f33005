"""Layers of Shapefile, GeoPackage and KML through GDAL (pyogrio): fields, texts in their encoding, geometry, system."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from bihuan.feeds.geometry.features import MOST, BadFile, WhyFile

FAULTS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.CRSError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
    shapely.errors.ShapelyError,
    UnicodeError,
    ValueError,
    OverflowError,
)
"""What the libraries raise for files that are not what they should be."""
RAW = "ISO-8859-1"
"""Each byte as one letter, so that a text can be read in the encoding that it is really in."""


@dataclass(frozen=True)
class Table:
    """One layer as it lies in the file: its system (None: not stated), properties and geometry (None: none) by feature."""

    system: str | None
    properties: list[dict[str, Any]]
    geometries: list[BaseGeometry | None]
    doubtful: int = 0
    """Numbers of which only the beginning could be read."""


def layers_of(path: Path) -> list[str]:
    """Names of the layers that carry geometry. Raises BadFile."""
    try:
        return [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except FAULTS as error:
        raise damaged(error) from error


def table_of(path: Path, layer: str | None = None, encoding: str | None = None) -> Table:
    """A layer. encoding: of the texts of a Shapefile, others say it themselves. Raises BadFile."""
    how = {"layer": layer, "encoding": RAW if encoding else None}
    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            count = int(pyogrio.read_info(path, **how)["features"])
            if count > MOST:
                raise BadFile(WhyFile.TOO_MANY, count=str(count), most=str(MOST))
            meta, _fids, blobs, columns = pyogrio.raw.read(path, max_features=MOST + 1, force_2d=True, **how)
            geometries = list(shapely.from_wkb(blobs, on_invalid="ignore")) if blobs is not None else []
    except (
        UnboundLocalError
    ) as error:  # pyogrio 0.13, where the library's complaint about a system is no text
        raise BadFile(WhyFile.SYSTEM_NOT_UNDERSTOOD, system=".prj") from error
    except FAULTS as error:
        if isinstance(error, BadFile):
            raise
        raise damaged(error) from error
    fields = [_text(str(name), encoding) for name in meta["fields"]]
    properties = [
        {name: _plain(column[i], encoding) for name, column in zip(fields, columns, strict=True)}
        for i in range(len(geometries))
    ]
    return Table(
        meta["crs"], properties, geometries, sum("parsed incompletely" in str(w.message) for w in heard)
    )


def joined(tables: Sequence[Table]) -> Table:
    """Layers of one file and one system as one, such as the folders of a KML."""
    return Table(
        tables[0].system,
        [properties for table in tables for properties in table.properties],
        [geometry for table in tables for geometry in table.geometries],
        sum(table.doubtful for table in tables),
    )


def geojson(found: BaseGeometry) -> dict[str, Any]:
    """As a mapping of GeoJSON, as it is."""
    return dict(mapping(found))


def damaged(error: Exception) -> BadFile:
    """The library's words without the path of the reader's folder."""
    return BadFile(WhyFile.DAMAGED, detail=" ".join(str(error).split()).replace("/", " ")[-120:])


def _plain(value: Any, encoding: str | None) -> Any:
    """A cell as JSON holds it; None for an empty one."""
    if isinstance(value, str):
        return _text(value, encoding).strip() or None
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, int | bool) else None


def _text(value: str, encoding: str | None) -> str:
    if encoding is None:
        return value
    return value.encode("latin-1", "replace").decode(encoding, "replace").rstrip("\x00")
