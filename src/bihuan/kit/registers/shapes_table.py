"""A file of a mapping program as a table of a register: each feature a row, its properties the cells, its geometry one more.

Boundaries for the register of regions find their rows by code or name, since such files call their fields as they like.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.places.regions import match
from bihuan.feeds.geometry.features import BadFile, Features
from bihuan.feeds.lines import ROW
from bihuan.kit.geometry_words import file_words, note_words
from bihuan.kit.place_words import fault_words
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.table import BadTable, Table, matched
from bihuan.pipeline.geometry_files import features_of
from bihuan.registry.models import Region

ENDINGS = (".geojson", ".json", ".zip", ".shp", ".gpkg", ".kml", ".kmz")
"""What files of geometry are called; every other file is a table."""
SHAPE = "geometry"
Broken = list[list[Any]]


class SeveralLayers(BadTable):
    """The file has several layers, of which one must be chosen: `layers` are their names."""

    def __init__(self, text: str, layers: list[str]) -> None:
        super().__init__(text)
        self.layers = layers


def is_of_shapes(file: str) -> bool:
    """Is a file with this name one of a mapping program?"""
    return file.lower().endswith(ENDINGS)


def read_shapes(register: Register, path: Path, file: str, layer: str = "") -> Table:
    """The features of a file as rows, numbered as in the file. layer: which of several. Raises Unreadable, BadTable, SeveralLayers."""
    if not register.has(SHAPE):
        raise BadTable(_("%(register)s没有图形，不能用图形文件导入；请用表格") % {"register": register.title})
    try:
        found = features_of(path, file, layer)
    except BadFile as error:
        text = "；".join((file, *file_words(error)))
        if "names" in error.values:
            raise SeveralLayers(text, json.loads(error.values["names"])) from error
        raise BadTable(text) from error
    broken = [[refused.feature, "；".join(fault_words(refused.fault))] for refused in found.refused]
    told = {"broken": broken, "notes": [note_words(note) for note in found.notes]}
    rows = _of_regions(found, broken) if register.model is Region else _of_properties(found)
    table = matched(register, pl.DataFrame(list(rows), infer_schema_length=None), told, file)
    return replace(table, layers=tuple(found.layers))


def _of_properties(found: Features) -> Iterator[dict[str, Any]]:
    for number, feature in zip(found.numbers, found.features, strict=True):
        yield {ROW: number, **_texts(feature["properties"]), SHAPE: _text(feature["geometry"])}


def _of_regions(found: Features, broken: Broken) -> Iterator[dict[str, Any]]:
    """One row for each boundary whose region is registered; the others are told."""
    seen = match(found.features, dict(Region.objects.values_list("pk", "name")))
    unknown = _("“%(name)s”不是已登记的区划；先登记它，或在属性里写明区划代码")
    doubtful = _("“%(name)s”对应几个区划，或文件里有两个边界；在属性里写明区划代码")
    for why, features in ((unknown, seen.unknown), (doubtful, seen.doubtful)):
        broken += [[found.numbers[number - 1], why % {"name": said}] for number, said in features]
    numbers = {id(feature["geometry"]): n for n, feature in zip(found.numbers, found.features, strict=True)}
    for code, geometry in seen.boundaries.items():
        yield {ROW: numbers[id(geometry)], "code": code, SHAPE: _text(geometry)}


def _texts(properties: Mapping[str, Any]) -> dict[str, str]:
    """Cells of the properties; a field that is called as the column of the geometry gives way to the geometry."""
    return {
        key: _cell(value)
        for key, value in properties.items()
        if value is not None and key not in (ROW, SHAPE)
    }


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # programs keep codes as numbers
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(geometry: Mapping[str, Any] | Sequence[Any]) -> str:
    return json.dumps(geometry, separators=(",", ":"))
