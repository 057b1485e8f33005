"""Models as files: arrays and plain values under their names, trees as LightGBM's text. Nothing in a file is ever run.

A file is MAGIC, the length of a JSON text (8 bytes, little-endian), the text, and a block of bytes that it points into.
The text follows the classes' own type hints and is read by them: a file cannot name a class, it only fills those of `Model`.
"""

import json
import struct
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from bihuan.domain.forecast.boosting import AVAILABLE
from bihuan.domain.forecast.model import Model

if AVAILABLE:
    import lightgbm

MAGIC = b"bihuan model 1\n"
DTYPES = ("float64", "float32", "float16", "int64", "int32", "bool")
PLAIN = (str, int, float, bool)


class NotAModel(ValueError):
    """The content is none of a model's file; says what does not fit."""


class OtherParts(NotAModel):
    """It is a model's, with other parts than this software's classes have."""


class Trees:
    """Stands for LightGBM's Booster where that cannot be loaded."""


BOOSTER = lightgbm.Booster if AVAILABLE else Trees


def to_bytes(model: Model) -> bytes:
    """The model as the content of a file. Raises OtherParts for a part that its class does not declare."""
    writer = _Writer()
    tree = writer.value(model, Model)
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join([MAGIC, struct.pack("<Q", len(text)), text, *writer.block])


def from_bytes(content: bytes) -> Model:
    """Read a model. Raises NotAModel and says what does not fit."""
    head = len(MAGIC) + 8
    if not content.startswith(MAGIC) or len(content) < head:
        raise NotAModel("the file is not one of a model")
    end = head + struct.unpack("<Q", content[len(MAGIC) : head])[0]
    try:
        tree = json.loads(content[head:end])
        model = _Reader(memoryview(content)[end:]).value(tree, Model)
    except NotAModel:
        raise
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise NotAModel(f"a part cannot be read: {error}") from error
    assert isinstance(model, Model)
    return model


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns={"lightgbm": types.SimpleNamespace(Booster=BOOSTER)})


def _bare(kind: Any) -> tuple[Any, bool]:
    """The type without `| None`, and whether None may stand there."""
    if get_origin(kind) in (types.UnionType, Union):
        (inner,) = [k for k in get_args(kind) if k is not type(None)]
        return inner, True
    return kind, False


class _Writer:
    """Turns values into JSON by their declared types; bytes go into `block`, one after the other."""

    def __init__(self) -> None:
        self.block: list[bytes] = []
        self.size = 0

    def value(self, value: Any, kind: Any) -> Any:
        kind, _ = _bare(kind)
        if value is None or kind in PLAIN or get_origin(kind) is Literal:
            return value
        if kind is datetime:
            return value.isoformat()
        if kind is BOOSTER:
            return self._bytes(value.model_to_string().encode())
        if get_origin(kind) is np.ndarray:
            return {
                "dtype": str(value.dtype),
                "shape": list(value.shape),
                "bytes": self._bytes(np.ascontiguousarray(value).tobytes()),
            }
        if isinstance(kind, type) and is_dataclass(kind):
            if set(vars(value)) != {f.name for f in fields(kind)}:
                raise OtherParts(f"{type(value).__name__} has parts that the class does not declare")
            return {name: self.value(getattr(value, name), of) for name, of in _hints(kind).items()}
        inner = get_args(kind)
        if get_origin(kind) is dict:
            return {str(k): self.value(v, inner[1]) for k, v in value.items()}
        return [self.value(v, inner[0]) for v in value]  # list[X] and tuple[X, ...]

    def _bytes(self, content: bytes) -> list[int]:
        place = [self.size, len(content)]
        self.block.append(content)
        self.size += len(content)
        return place


class _Reader:
    """The way back; a value that is not of its declared type is refused."""

    def __init__(self, block: memoryview) -> None:
        self.block = block

    def value(self, said: Any, kind: Any) -> Any:
        kind, optional = _bare(kind)
        if said is None and optional:
            return None
        if kind in PLAIN:
            return kind(_of(said, (int, float) if kind is float else kind))
        if get_origin(kind) is Literal:
            return _of(said, str)
        if kind is datetime:
            return datetime.fromisoformat(_of(said, str))
        if kind is BOOSTER:
            return _booster(bytes(self._bytes(said)).decode())
        if get_origin(kind) is np.ndarray:
            return self._array(_of(said, dict))
        if is_dataclass(kind):
            return self._filled(_of(said, dict), kind)
        inner = get_args(kind)
        if get_origin(kind) is dict:
            return {k: self.value(v, inner[1]) for k, v in _of(said, dict).items()}
        return get_origin(kind)(self.value(v, inner[0]) for v in _of(said, list))

    def _filled(self, said: Mapping[str, Any], kind: Any) -> Any:
        hints = _hints(kind)
        if set(said) != set(hints):
            raise OtherParts(f"{kind.__name__} has other parts: {sorted(set(said) ^ set(hints))}")
        return kind(**{name: self.value(said[name], of) for name, of in hints.items()})

    def _array(self, said: Mapping[str, Any]) -> Any:
        if said["dtype"] not in DTYPES:
            raise NotAModel(f"arrays of {said['dtype']} are not taken")
        return np.frombuffer(self._bytes(said["bytes"]), dtype=said["dtype"]).reshape(said["shape"]).copy()

    def _bytes(self, place: Any) -> memoryview:
        first, length = (_of(n, int) for n in _of(place, list))
        if min(first, length) < 0 or first + length > len(self.block):
            raise NotAModel("the file ends before what it points to")
        return self.block[first : first + length]


def _of(said: Any, kind: Any) -> Any:
    if not isinstance(said, kind) or (isinstance(said, bool) and kind is not bool):
        raise NotAModel(f"{str(said)[:40]!r} stands where {getattr(kind, '__name__', 'a number')} must stand")
    return said


def _booster(text: str) -> Any:
    if not AVAILABLE:
        raise NotAModel("it holds trees, and LightGBM cannot be loaded here")
    try:
        return lightgbm.Booster(model_str=text)
    except lightgbm.basic.LightGBMError as error:
        raise NotAModel(f"its trees cannot be read: {error}") from error
