"""A register as a file that can be imported again without a change: CSV, Excel, GeoJSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.registers.cells import written
from bihuan.kit.registers.declared import Form, Register
from bihuan.kit.registers.planning import references_of
from bihuan.kit.registers.references import References
from bihuan.kit.tables import Table, as_csv, as_excel
from bihuan.printable import CELL_CHARACTERS

Objects = QuerySet[Any]


def csv_of(register: Register, objects: Objects) -> bytes:
    """All columns, geometry as GeoJSON; UTF-8 with BOM."""
    references = references_of(register)
    rows = (list(map(Written, texts(register, one, references))) for one in _each(objects))
    return as_csv(Table([Written(register.head_of(n)) for n in register.named], rows))


def excel_of(register: Register, objects: Objects) -> bytes:
    """All columns but a geometry that fits in no cell. Raises BihuanError for more rows than a sheet takes."""
    return as_excel(table_of(register, objects), Written(_(register.title)))


def table_of(register: Register, objects: Objects) -> Table:
    """The same as a table, for a sheet among others."""
    references = references_of(register)
    names = [n for n in register.named if not _too_long(register, n, objects)]
    rows = (
        [_cell(register, name, value, references.get(name)) for name, value in _values(register, one, names)]
        for one in _each(objects)
    )
    return Table([Written(register.head_of(n)) for n in names], rows)


def geojson_of(register: Register, objects: Objects) -> bytes:
    """A feature for each object: its geometry, else its point; the other columns by the names of their fields."""
    references = references_of(register)
    features = (_feature(register, one, references) for one in _each(objects))
    text = json.dumps({"type": "FeatureCollection", "features": list(features)}, ensure_ascii=False)
    return text.encode()


def _each(objects: Objects) -> Iterator[Model]:
    return objects.iterator(chunk_size=2000)


def _values(register: Register, one: Model, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(one, register.attribute(name))) for name in names)


def texts(register: Register, one: Model, references: dict[str, References]) -> list[str]:
    """The cells of one object."""
    return [written(register, n, v, references.get(n)) for n, v in _values(register, one, register.named)]


def _too_long(register: Register, name: str, objects: Objects) -> bool:
    if register.form(name) is not Form.SHAPE:
        return False
    shapes = objects.exclude(**{name: None}).values_list(name, flat=True).iterator(chunk_size=200)
    return any(len(written(register, name, shape)) > CELL_CHARACTERS for shape in shapes)


def _cell(register: Register, name: str, value: Any, references: References | None) -> Any:
    """Numbers stay numbers where the reader of Excel files gives them back as they are: to nine decimals."""
    if isinstance(value, float) and float(f"{value:.9f}") == value and abs(value) < 1e15:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and register.form(name) is Form.WHOLE:
        return value
    return Written(written(register, name, value, references))


def _feature(register: Register, one: Model, references: dict[str, References]) -> dict[str, Any]:
    named = dict(zip(register.named, texts(register, one, references), strict=True))
    named.pop("geometry", None)
    shape = getattr(one, "geometry", None)
    if shape is None and register.has("lon", "lat"):
        shape = {"type": "Point", "coordinates": [getattr(one, "lon", None), getattr(one, "lat", None)]}
    return {"type": "Feature", "geometry": shape, "properties": named}
