"""Curves by the second: what each car itself gave, and what a deed makes of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from bihuan.simulate.vehicle_tests.wanted import BLOCK, CURVES, DIESEL, GAS, SHARE, Floats, Wanted


@dataclass
class Made:
    """tests, checked: whole; truth: deed -> tests (of a deed of a station: its first test). `traces` makes the curves a block at a time, always the same."""

    wanted: Wanted
    tests: pl.DataFrame
    checked: pl.DataFrame
    truth: dict[str, list[str]] = field(default_factory=dict)
    sources: dict[int, tuple[int, str]] = field(default_factory=dict)
    marks: dict[str, set[int]] = field(default_factory=dict)

    def traces(self) -> Iterator[pl.DataFrame]:
        """The curves of all tests, `BLOCK` at a time."""
        for first in range(0, self.tests.height, BLOCK):
            yield _curves(self, first, min(first + BLOCK, self.tests.height))


def _noise(rng: np.random.Generator, n: int, seconds: int, memory: float) -> Floats:
    """Ups and downs with a memory: white noise and its running sum."""
    white = rng.standard_normal((n, seconds), dtype=np.float32)
    found = white.copy()
    for lag in (1, 2, 3):
        found[:, lag:] += white[:, :-lag] * np.float32(memory**lag)
    return found


def _gas(rng: np.random.Generator, n: int, seconds: int, speed: Floats) -> dict[str, Floats]:
    load = 1 + 0.4 * np.gradient(speed).clip(-1, 3)[None, :] / 3
    probe = (1 - np.exp(-np.arange(seconds) / 4)).astype(np.float32)[None, :]
    level = {name: rng.uniform(*ends, (n, 1)).astype(np.float32) for name, ends in
             {"co": (0.05, 0.45), "co2": (13.0, 14.6), "hc": (15, 75), "no": (60, 600)}.items()}  # fmt: skip
    found = {}
    for name, wave, digits in (("co", 0.14, 2), ("co2", 0.015, 1), ("hc", 0.09, 0), ("no", 0.12, 0)):
        curve = (
            level[name]
            * (load if name != "co2" else 1)
            * (1 + np.float32(wave) * _noise(rng, n, seconds, 0.6))
            * probe
        )
        found[name] = np.maximum(np.round(curve, digits), 0).astype(np.float32)
    found["o2"] = np.round(
        20.9 - probe * 20.2 + 0.05 * rng.standard_normal((n, seconds), dtype=np.float32), 1
    ).astype(np.float32)
    return found


def _smoke(rng: np.random.Generator, n: int, seconds: int, method: str) -> dict[str, Floats]:
    at = np.arange(seconds, dtype=np.float32)[None, :]
    level = rng.uniform(0.12, 1.0, (n, 1)).astype(np.float32)
    if method == "free":
        tops = np.cumsum(rng.uniform(10, 16, (n, 4)), axis=1).astype(np.float32)
        curve = sum(np.exp(-np.abs(at - tops[:, i : i + 1]) / rng.uniform(1.0, 2.5, (n, 1)).astype(np.float32)) * rng.uniform(0.8, 1.2, (n, 1)).astype(np.float32)
                    for i in range(4))  # fmt: skip
        k = level * curve + 0.02 + 0.012 * np.abs(_noise(rng, n, seconds, 0.5))
        return {"k": np.round(k, 2).astype(np.float32)}
    speed = np.round(75 - 30 * at / seconds + 0.3 * _noise(rng, n, seconds, 0.7), 1)
    best = rng.uniform(60, 68, (n, 1)).astype(np.float32)
    power = (
        rng.uniform(60, 170, (n, 1)).astype(np.float32)
        * (1 - ((speed - best) / 30) ** 2)
        * (1 + 0.015 * _noise(rng, n, seconds, 0.6))
    )
    k = level * (0.7 + 0.3 * at / seconds) * (1 + 0.12 * _noise(rng, n, seconds, 0.6))
    no = rng.uniform(200, 1100, (n, 1)) * (1 + 0.08 * _noise(rng, n, seconds, 0.6))
    return {"speed": speed.astype(np.float32), "power": np.round(power, 1).clip(0).astype(np.float32), "k": np.round(k, 2).clip(0).astype(np.float32),
            "no": np.round(no).clip(0).astype(np.float32)}  # fmt: skip


def _speed(method: str, seconds: int) -> Floats:
    at = np.arange(seconds)
    if method == "asm":
        return np.where(at < 10, at * 2.5, 25).astype(np.float32)
    if method == "double_idle":
        return np.zeros(seconds, np.float32)
    return np.interp(
        at % 195,
        [0, 11, 15, 28, 49, 61, 85, 93, 117, 143, 163, 178, 188, 195],
        [0, 0, 15, 0, 0, 32, 32, 0, 0, 50, 35, 35, 0, 0],
    ).astype(np.float32)


def _curves(made: Made, first: int, last: int) -> pl.DataFrame:
    """Curves of the tests first..last, copies of others among them."""
    out = _own_curves(made, first, last)
    wanted = {i: made.sources[i] for i in range(first, last) if i in made.sources}
    if wanted:
        out = _with_copies(made, out, wanted, first)
    return out.drop("#").select("test", *CURVES)


def _own_curves(made: Made, first: int, last: int) -> pl.DataFrame:
    """What each car itself gave."""
    frames = [
        _of_method(made, method, rows, first)
        for method, rows in _by_method(made, np.arange(first, last)).items()
    ]
    return (
        pl.concat(frames, how="diagonal")
        .sort("#")
        .with_columns(test=made.tests["test"].slice(first, last - first))
    )


def _by_method(made: Made, place: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    method = made.tests["method"].slice(int(place[0]), len(place)).to_numpy()
    return {
        m: place[method == m]
        for m in ("asm", "vmas", "double_idle", "lugdown", "free")
        if (method == m).any()
    }


def _of_method(made: Made, method: str, rows: npt.NDArray[Any], first: int) -> pl.DataFrame:
    w = made.wanted
    seconds = w.length or {**GAS, **DIESEL}[method]
    rng = np.random.default_rng([w.seed, first, sorted(SHARE).index(method)])
    if method in GAS:
        speed = _speed(method, seconds)
        tables = _gas(rng, len(rows), seconds, speed)
        wobble = np.round(0.2 * rng.standard_normal((len(rows), seconds), dtype=np.float32), 1)
        tables["speed"] = np.maximum(np.broadcast_to(speed, (len(rows), seconds)) + wobble, 0)
    else:
        tables = _smoke(rng, len(rows), seconds, method)
    _spoil(made, rows, tables)
    lists = {c: pl.Series(c, t.astype(np.float32)).arr.to_list() for c, t in tables.items()}
    frame = pl.DataFrame({"#": rows, **lists}, schema_overrides={c: pl.List(pl.Float32) for c in lists})
    lacking = [pl.lit(None, pl.List(pl.Float32)).alias(c) for c in CURVES if c not in tables]
    frame = frame.with_columns(lacking)
    short = [i for i in rows.tolist() if i in made.marks.get("too_short", ())]
    return frame.with_columns(
        pl.when(pl.col("#").is_in(short)).then(pl.col(c).list.head(28)).otherwise(c).alias(c) for c in CURVES
    )


def _spoil(made: Made, rows: npt.NDArray[Any], tables: dict[str, Floats]) -> None:
    def marked(deed: str) -> npt.NDArray[Any]:
        return np.flatnonzero(np.isin(rows, list(made.marks.get(deed, ()))))

    for name in ("hc", "no", "co"):
        if name in tables and (at := marked("frozen")).size:
            tables[name][at, 12:] = tables[name][at, 12:13] + (
                12 if name == "hc" else 30 if name == "no" else 0.1
            )
    if "hc" in tables and (at := marked("diluted")).size:
        for name in ("co", "co2", "hc", "no"):
            tables[name][at] = np.round(tables[name][at] * 0.25, 2)
    if "k" in tables and (at := marked("zero_smoke")).size:
        tables["k"][at] = 0
    if "speed" in tables and "power" in tables and (at := marked("short_sweep")).size:
        tables["speed"][at] = np.round(
            75 - 6 * np.arange(tables["speed"].shape[1]) / tables["speed"].shape[1], 1
        )


def _with_copies(
    made: Made, out: pl.DataFrame, wanted: dict[int, tuple[int, str]], first: int
) -> pl.DataFrame:
    rng = np.random.default_rng([made.wanted.seed, first, 99])
    parts: dict[int, pl.DataFrame] = {}
    rows: dict[int, dict[str, Any]] = {}
    for i, (source, how) in wanted.items():
        begin = source // BLOCK * BLOCK
        if begin == first:
            row = out.row(source - first, named=True)
        else:
            if begin not in parts:
                parts[begin] = _own_curves(made, begin, min(begin + BLOCK, made.tests.height))
            row = parts[begin].row(source - begin, named=True)
        rows[i] = {c: _changed(row[c], c, how, rng) for c in CURVES} | {"#": i, "test": made.tests["test"][i]}
    kept = out.filter(~pl.col("#").is_in(list(rows)))
    return pl.concat(
        [kept, pl.DataFrame(list(rows.values()), schema=dict(out.schema)).select(out.columns)]
    ).sort("#")


DIGITS = {"co": 2, "co2": 1, "hc": 0, "no": 0, "o2": 1, "k": 2, "speed": 1, "power": 1}


def _changed(values: list[float] | None, name: str, how: str, rng: np.random.Generator) -> list[float] | None:
    """A curve of another test, passed off as one's own."""
    if values is None:
        return None
    curve = np.array(values, np.float64)
    if how == "copied_noisy":
        curve = curve * (1 + 0.01 * rng.standard_normal(len(curve)))
    elif how == "copied_shifted":
        curve = np.concatenate([curve[:5], curve[:-5]])
    elif how == "copied_scaled" and name not in ("speed", "co2", "o2"):
        curve = curve * 0.85
    return [round(float(v), DIGITS[name]) for v in curve]
