"""Invented emission tests of a city's inspection stations with curves by the second, and frauds that are told beside them.

Knows what an outside analyser would know; numbers are our own. Tables have the columns of the documented import. `Made.truth` names for each deed the tests
that it touched: nobody but a test or a benchmark may read it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float32]
BLOCK = 20_000
GAS = {"asm": 90, "vmas": 195, "double_idle": 130}
DIESEL = {"lugdown": 120, "free": 75}
SHARE = {"asm": 0.35, "vmas": 0.35, "double_idle": 0.05, "lugdown": 0.17, "free": 0.08}
CURVES = ("co", "co2", "hc", "no", "o2", "k", "speed", "power")
TEST_DEEDS = (
    "copied_exact", "copied_noisy", "copied_shifted", "copied_scaled", "frozen", "diluted", "too_short", "zero_smoke", "short_sweep", "overlap",
    "too_close", "two_places", "lottery", "method_changed", "same_obd", "calibration_clone", "wrong_result",
)  # fmt: skip
STATION_DEEDS = ("same_air", "software", "no_daily", "first_pass")
DEEDS = (*TEST_DEEDS, *STATION_DEEDS)
MAKERS = ("LSV", "LFV", "LGB", "LVS", "LZW", "LS5", "LGX", "LBE", "LHG", "LJD", "LDC", "LGW")


@dataclass(frozen=True)
class Wanted:
    """How much to make. share: of the tests that each deed of tests touches at a station that does it. every: one station in so many does a deed of stations."""

    tests: int
    stations: int
    begin: datetime
    seed: int
    share: float = 0.002
    length: int | None = None  # all curves as long as this [s]; None: as the method takes
    deeds: tuple[str, ...] = DEEDS


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


def make(wanted: Wanted) -> Made:
    """A city's tests: every line one after the other, about four minutes apart, ten hours a day."""
    rng = np.random.default_rng(wanted.seed)
    tests = _schedule(wanted, rng)
    made = Made(wanted, tests, pl.DataFrame())
    columns = {
        c: tests[c].to_numpy(writable=True) if tests[c].dtype.is_numeric() else tests[c].to_list()
        for c in tests.columns
    }
    _deeds(made, columns, rng)
    made.tests = pl.DataFrame(columns, schema=tests.schema).with_columns(pl.col(pl.Float64).fill_nan(None))
    made.checked = _checked(made, rng)
    return made


def _schedule(w: Wanted, rng: np.random.Generator) -> pl.DataFrame:
    n = w.tests
    lines = 3 * w.stations
    line = np.arange(n) % lines
    turn = np.arange(n) // lines
    methods = np.array(list(SHARE))
    petrol_line = line % 3 < 2
    pick_gas = rng.choice(np.array(["asm", "vmas", "double_idle"]), n, p=[0.42, 0.5, 0.08])
    pick_diesel = rng.choice(np.array(["lugdown", "free"]), n, p=[0.7, 0.3])
    method = np.where(petrol_line, pick_gas, pick_diesel)
    assert set(method) <= set(methods)
    lasts = np.array(
        [
            {**GAS, **DIESEL}[m] if w.length is None else w.length
            for m in ("asm", "vmas", "double_idle", "lugdown", "free")
        ]
    )
    order = {m: i for i, m in enumerate(("asm", "vmas", "double_idle", "lugdown", "free"))}
    seconds = lasts[np.array([order[m] for m in method])]
    per_day = 70
    gap = rng.integers(190, 290, n)
    slot = (turn % per_day) * 500 + gap
    begin = np.datetime64(w.begin.astimezone(UTC).replace(tzinfo=None), "us") + (
        turn // per_day * 86400 + slot
    ).astype("timedelta64[s]")
    until = begin + seconds.astype("timedelta64[s]")
    site, of_line = line // 3, line % 3 + 1
    fail = rng.random(n) < 0.12
    maker = rng.integers(0, len(MAKERS), n)
    serial = rng.permutation(n)
    vin = [f"{MAKERS[m]}AB1C2{s % 10}D{s:07d}" for m, s in zip(maker, serial, strict=True)]
    diesel = ~petrol_line
    air = {
        "temperature": np.round(5 + 6 * np.sin((slot / 36000 - 0.2) * 3) + rng.normal(0, 0.4, n), 1),
        "humidity": np.round(45 + 10 * np.cos(slot / 9000) + rng.normal(0, 1.5, n), 1),
        "pressure": np.round(93 + 0.3 * np.sin(turn / 300) + rng.normal(0, 0.05, n), 2),
    }
    frame = {
        "site": [f"SIM-JC{s + 1:02d}" if w.stations < 100 else f"SIM-JC{s + 1:03d}" for s in site],
        "start": begin, "test": [f"T{w.seed % 10000:04d}{i:08d}" for i in range(n)], "until": until,
        "line": [str(x) for x in of_line], "inspector": [f"J{s:03d}{x}" for s, x in zip(site, of_line, strict=True)],
        "plate": [f"晋C{s % 100000:05d}" for s in serial], "colour": np.where(diesel, "黄", "蓝").tolist(), "vin": vin,
        "fuel": np.where(diesel, "柴油", "汽油").tolist(), "stage": rng.choice(np.array(list("3456")), n, p=[0.1, 0.35, 0.4, 0.15]).tolist(),
        "method": method.tolist(), "reason": np.where(method == "free", "全时四驱", "").tolist(),
        "result": np.where(fail, "fail", "pass").tolist(), "nth": np.ones(n, np.int64), "rated_kw": np.where(diesel, rng.integers(8, 30, n) * 10.0, np.nan),
        **_values(method, fail, rng), **air,
        "software": ["V3.2.1"] * n, "cal_id": [f"C{m:02d}-{s % 997:03d}" for m, s in zip(maker, serial, strict=True)],
        "cvn": [f"{(s % 997) * 7919 + m:08X}" for m, s in zip(maker, serial, strict=True)],
        "obd_vin": list(vin), "mil": ["off"] * n, "obd": ["yes"] * n,
    }  # fmt: skip
    frame["rated_kw"] = np.asarray(frame["rated_kw"])
    made = pl.DataFrame(frame, strict=False).with_columns(
        pl.col("start", "until").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"), pl.col(pl.Float64).fill_nan(None)
    )  # fmt: skip
    return made.with_columns(
        power=pl.when(pl.col("method") == "lugdown").then((pl.col("rated_kw") * 0.6).round(1))
    )


def _values(
    method: npt.NDArray[Any], fail: npt.NDArray[np.bool_], rng: np.random.Generator
) -> dict[str, npt.NDArray[Any]]:
    """Values of the report: well below limit a, or beyond it where the test failed."""
    n = len(method)

    def of(which: str, bound: float, digits: int) -> npt.NDArray[Any]:
        value = np.where(fail, bound * rng.uniform(1.1, 2.0, n), bound * rng.uniform(0.05, 0.9, n))
        return np.where(method == which, np.round(value, digits), np.nan)

    return {
        "idle_co": of("double_idle", 0.6, 2), "idle_hc": of("double_idle", 80, 0), "high_co": of("double_idle", 0.3, 2),
        "high_hc": of("double_idle", 50, 0), "lambda": np.where(method == "double_idle", 1.0, np.nan),
        "co_5025": of("asm", 0.5, 2), "hc_5025": of("asm", 90, 0), "no_5025": of("asm", 700, 0),
        "co_2540": of("asm", 0.4, 2), "hc_2540": of("asm", 80, 0), "no_2540": of("asm", 650, 0),
        "co_km": of("vmas", 8.0, 1), "hc_km": of("vmas", 1.6, 1), "nox_km": of("vmas", 1.3, 1),
        "hcnox_km": np.full(n, np.nan), "k_100": of("lugdown", 1.2, 2), "k_80": of("lugdown", 1.2, 2),
        "nox_80": of("lugdown", 1500, 0), "power": np.full(n, np.nan), "k_mean": of("free", 1.2, 2), "ringelmann": np.full(n, np.nan),
    }  # fmt: skip


def _deeds(made: Made, c: dict[str, Any], rng: np.random.Generator) -> None:
    """Every deed at one station of its own, where there are enough; of tests: a share of the station's, at least three."""
    w = made.wanted
    site = np.array([int(s[-3:].lstrip("C")) - 1 for s in c["site"]])
    for number, deed in enumerate(w.deeds):
        at = number % w.stations
        mine = np.flatnonzero(site == at)
        made.truth[deed] = []
        if deed in STATION_DEEDS:
            made.truth[deed] = _station_deed(made, c, deed, mine, rng)
            continue
        count = max(3, round(w.share * w.tests))
        taken = set().union(*made.marks.values(), (source for source, _how in made.sources.values()))
        usable = [
            i
            for i in mine.tolist()
            if i not in taken and i > 3 * w.stations * 8 and _fits(c, deed, i, w.stations)
        ]
        picked = sorted(rng.choice(usable, min(count, len(usable) // 3 or 1), replace=False).tolist())
        made.marks[deed] = set(picked)
        _apply(made, c, deed, picked, mine, rng)
        if deed.startswith("copied"):
            picked = [i for i in picked if i in made.sources]
        elif deed == "two_places":
            picked = [i + 1 if c["start"][i + 1] >= c["start"][i] else i for i in picked]
        elif deed == "method_changed":
            picked = [i for i in picked if not c["reason"][i]]
        made.truth[deed] = [c["test"][i] for i in picked]


def _fits(c: dict[str, Any], deed: str, i: int, stations: int) -> bool:
    method, first = c["method"][i], c["line"][i]
    wanted: dict[str, bool] = {
        "diluted": method in GAS, "zero_smoke": method in DIESEL and c["stage"][i] in "345", "short_sweep": method == "lugdown",
        "method_changed": method == "free", "wrong_result": c["result"][i] == "fail", "too_short": method in GAS,
        "frozen": method in GAS, "lottery": c["result"][i] == "pass" and i // (3 * stations) % 70 > 0,
        "two_places": first == "1" and i + 1 < len(c["start"])
        and (min(c["until"][i], c["until"][i + 1]) - max(c["start"][i], c["start"][i + 1])).total_seconds() > 65,
    }  # fmt: skip
    return wanted.get(deed, bool(method != "free"))


def _apply(
    made: Made, c: dict[str, Any], deed: str, picked: list[int], mine: Any, rng: np.random.Generator
) -> None:
    stations, lines = made.wanted.stations, 3 * made.wanted.stations
    used: set[int] = set()
    for n, i in enumerate(picked):
        if deed.startswith("copied"):
            away = 3 if n % 2 and stations > 1 else 0  # from the next station
            like = [
                j
                for j in range(i - lines + away, -1, -lines)
                if j < i and c["method"][j] == c["method"][i] and j not in made.sources
            ]
            if like:
                made.sources[i] = (like[min(len(like) - 1, int(rng.integers(0, 20)))], deed)
        elif deed in ("overlap", "too_close"):
            previous = i - lines
            shift = -60 if deed == "overlap" else 40
            length = c["until"][i] - c["start"][i]
            c["start"][i] = c["until"][previous] + timedelta(seconds=shift)
            c["until"][i] = c["start"][i] + length
        elif deed == "two_places":
            c["inspector"][i + 1] = c["inspector"][i]
        elif deed == "lottery":
            j = i - lines + (1 if c["line"][i] != "3" else -1)
            _same_car(c, i, j)
            c["result"][j], c["result"][i], c["nth"][i] = "fail", "pass", 2
        elif deed == "method_changed":
            before = next(
                (j for j in range(i - lines, -1, -lines) if c["method"][j] == "lugdown" and j not in used),
                None,
            )
            if before is not None:
                used.add(before)
                _same_car(c, before, i)
                c["reason"][i] = ""
        elif deed == "same_obd":
            c["obd_vin"][i] = "LSVAA49J132047371"
        elif deed == "calibration_clone":
            c["cal_id"][i], c["cvn"][i] = "CLONE-01", "DEADBEEF"
        elif deed == "wrong_result":
            c["result"][i] = "pass"
        elif deed == "too_short":
            c["until"][i] = c["start"][i] + timedelta(seconds=28)


def _same_car(c: dict[str, Any], of: int, also: int) -> None:
    """Test `also` is of the car of test `of`."""
    for name in ("vin", "plate", "obd_vin", "cal_id", "cvn"):
        c[name][also] = c[name][of]


def _station_deed(made: Made, c: dict[str, Any], deed: str, mine: Any, rng: np.random.Generator) -> list[str]:
    if deed == "same_air":
        row = [int(i) for i in mine if c["line"][i] == "2"][5:45]
        for name in ("temperature", "humidity", "pressure"):
            c[name][row] = c[name][row[0]]
        made.marks[deed] = set(row)
        return [c["test"][i] for i in row]
    if deed == "software":
        late = [int(i) for i in mine if c["line"][i] == "1"]
        late = late[len(late) // 2 :]
        for i in late:
            c["software"][i] = "V3.2.1b"
        return [c["test"][late[0]]]
    if deed == "first_pass":
        for i in mine:
            if c["result"][i] == "fail" and rng.random() < 0.95:
                c["result"][i] = "pass"
                for name in ("idle_co", "idle_hc", "high_co", "high_hc", "co_5025", "hc_5025", "no_5025", "co_2540", "hc_2540", "no_2540", "co_km", "hc_km",
                             "nox_km", "k_100", "k_80", "nox_80", "k_mean"):  # fmt: skip
                    c[name][i] = np.floor(c[name][i] * 30) / 100
        return [c["site"][mine[0]]]
    return [c["site"][mine[0]]]


def _checked(made: Made, rng: np.random.Generator) -> pl.DataFrame:
    """All four daily checks of each line half an hour before its first test; none at the station that leaves them out on line 1."""
    local = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.date()
    first = made.tests.group_by("site", "line", local.alias("day")).agg(
        start=pl.col("start").min() - timedelta(minutes=30)
    )
    lazy = made.truth.get("no_daily", [])
    first = first.filter(~(pl.col("site").is_in(lazy) & (pl.col("line") == "1")))
    kinds = pl.DataFrame({"kind": ["analyser", "leak", "coast_down", "opacimeter"]})
    return first.join(kinds, how="cross").with_columns(result=pl.lit("pass")).select("site", "start", "line", "kind", "result").sort(
        "site", "line", "start", "kind"
    )  # fmt: skip


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


def written(made: Made, folder: Path) -> list[Path]:
    """The tables of tests, daily checks and curves as files, by the heads of the documented import; times of China."""

    def local(name: str) -> pl.Expr:
        return pl.col(name).dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%dT%H:%M:%S")

    paths = [folder / name for name in ("tests.csv", "daily.csv", "traces.parquet")]
    tests = made.tests.with_columns(begin=local("start"), end=local("until")).drop("start", "until")
    tests.rename({"site": "station"}).write_csv(paths[0])
    daily = made.checked.with_columns(time=local("start")).drop("start")
    daily.rename({"site": "station", "kind": "daily_check"}).write_csv(paths[1])
    longest = pl.max_horizontal(pl.col(c).list.len() for c in CURVES).fill_null(0)
    curves = pl.concat(list(made.traces())).with_columns(second=pl.int_ranges(longest))
    none = pl.lit(None, pl.Float32).repeat_by(pl.col("second").list.len())
    whole = curves.with_columns(pl.when(pl.col(c).is_null()).then(none).otherwise(c).alias(c) for c in CURVES)
    whole.explode("second", *CURVES).write_parquet(paths[2])
    return paths
