"""All of the forensics of a city's tests: curves part by part, then the records. The only thing that is kept of a curve is its features and its signature."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

import polars as pl

from bihuan.domain.vehicle_tests import seen_in_curves as curves_say
from bihuan.domain.vehicle_tests import seen_in_records as records_say
from bihuan.domain.vehicle_tests.copies import COPIES, FAMILIES, Signatures, copies, joined, signatures
from bihuan.domain.vehicle_tests.curves import FEATURES, Block, blocks, features
from bihuan.domain.vehicle_tests.rates import first_pass
from bihuan.domain.vehicle_tests.tables import CHANNELS, SUSPECTS

KINDS = curves_say.FAMILY | records_say.FAMILY
"""Kinds of suspects and what they are called."""


@dataclass(frozen=True)
class Looked:
    """What the curves of many tests gave."""

    features: pl.DataFrame
    copies: pl.DataFrame


@dataclass(frozen=True)
class Found:
    """suspects: SUSPECTS, of all kinds. rates: RATES of the stations. seen: the tests with FEATURES."""

    suspects: pl.DataFrame
    rates: pl.DataFrame
    seen: pl.DataFrame


def _both(block: Block) -> tuple[pl.DataFrame, Signatures | None]:
    return features(block), signatures(block)


def looked_at(parts: Iterable[pl.DataFrame], *, threads: int = 2) -> Looked:
    """Features of every curve and pairs that are alike. parts: TRACES piece by piece, each read when its turn comes; each test in one part only."""
    given: list[pl.DataFrame] = [pl.DataFrame(schema=FEATURES)]
    kept: list[Signatures] = []
    with ThreadPoolExecutor(threads) as pool:
        for part in parts:
            for found, signature in pool.map(_both, blocks(part, CHANNELS)):
                given.append(found)
                kept += [signature] if signature is not None else []
    alike = [copies(one) for one in joined(kept)]
    return Looked(pl.concat(given), pl.concat([pl.DataFrame(schema=COPIES), *alike]))


def found_in(tests: pl.DataFrame, looked: Looked, checked: pl.DataFrame, *, level: str = "a") -> Found:
    """Everything that is suspected of these tests, by the default parameters."""
    seen = curves_say.with_features(tests, looked.features)
    of_curves = [
        curves_say.copied(tests, looked.copies), curves_say.frozen(seen), curves_say.diluted(seen), curves_say.too_short(seen),
        curves_say.zero_smoke(seen), curves_say.short_sweep(seen), curves_say.no_trace(seen),
    ]  # fmt: skip
    of_records = [
        records_say.overlap(tests), records_say.too_close(tests), records_say.two_places(tests), records_say.same_air(tests),
        records_say.lottery(tests), records_say.software(tests), records_say.calibration_clone(tests), records_say.same_obd(tests),
        records_say.method_changed(tests), records_say.no_daily(tests, checked), records_say.wrong_result(tests, level=level),
    ]  # fmt: skip
    whole = pl.concat([pl.DataFrame(schema=SUSPECTS), *chain(of_curves, of_records)])
    return Found(whole, first_pass(tests), seen)


__all__ = ["FAMILIES", "KINDS", "Found", "Looked", "found_in", "looked_at"]
