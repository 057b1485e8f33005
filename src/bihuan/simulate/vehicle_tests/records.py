"""Tests line after line, and the deeds that their records show."""

from datetime import UTC, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from bihuan.simulate.vehicle_tests.curves import Made
from bihuan.simulate.vehicle_tests.wanted import DIESEL, GAS, MAKERS, SHARE, STATION_DEEDS, Wanted


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
