"""Files of geometry as mapping programs write them, made by GDAL itself."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from shapely.geometry.base import BaseGeometry

PLACES = [shapely.Point(113.58, 37.86), shapely.Point(113.41, 38.09)]
NAMES = ["平定县冠山镇排口", "盂县"]
ZONE = "EPSG:4547"
"""CGCS2000, 3-degree Gauss-Krueger, central meridian 114 E."""
IN_ZONE = [shapely.Point(463040.264, 4192041.838), shapely.Point(448242.023, 4217652.178)]
"""PLACES in ZONE [m]."""


def written(
    path: Path,
    geometries: list[BaseGeometry] = PLACES,
    names: list[str] = NAMES,
    *,
    crs: str | None = "EPSG:4490",
    encoding: str | None = None,
    layer: str | None = None,
    append: bool = False,
) -> Path:
    """A file of these geometries with the fields 名称 and 流量, in the format of its ending."""
    options: dict[str, Any] = {"encoding": encoding} if encoding else {}
    if append:
        options["append"] = True
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(geometries, dtype=object)),
        [np.array(names, dtype=object), np.array([1.5 * i for i in range(len(names))])], ["名称", "流量"],
        crs=crs, geometry_type=geometries[0].geom_type, layer=layer, **options,
    )  # fmt: skip
    return path


def zipped(
    folder: Path,
    to: Path,
    *,
    inside: str = "",
    keep: tuple[str, ...] = (".shp", ".shx", ".dbf", ".prj", ".cpg"),
) -> Path:
    """All Shapefiles of a folder in an archive."""
    with zipfile.ZipFile(to, "w") as archive:
        for part in sorted(folder.iterdir()):
            if part.suffix in keep:
                archive.write(part, inside + part.name)
    return to


def geojson(path: Path, *geometries: Any, **more: Any) -> Path:
    """A FeatureCollection of these geometries."""
    features = [{"type": "Feature", "properties": {"n": i}, "geometry": g} for i, g in enumerate(geometries)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), "utf-8")
    return path
