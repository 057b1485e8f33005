"""Simulated sewage outlets: what the analysers hold, what the frauds do, what goes over the wire, and the stacks untouched."""

import hashlib
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from bihuan.feeds.hj212 import decode_stream
from bihuan.simulate.plants.analyser import N
from bihuan.simulate.plants.calendar import local_day
from bihuan.simulate.plants.client import Counts, Logger
from bihuan.simulate.plants.past import received
from bihuan.simulate.plants.register import make_plants
from bihuan.simulate.plants.sewage import output, paperwork
from bihuan.simulate.plants.sewage.analyser import reading, work_of
from bihuan.simulate.plants.sewage.deeds import CLEAN, CLIP, KINDS, SewageDeed
from bihuan.simulate.plants.sewage.physics import water
from bihuan.simulate.plants.sewage.register import Sewer, make_sewers
from bihuan.simulate.plants.sewage.world import SewageWorld, logged, make_sewage
from tests.simulate.plants.test_client import Platform, asked, converse
from tests.simulate.plants.worlds import DAY, MIDNIGHT, PLANTS

SEWERS = make_sewers(PLANTS)
TODAY = local_day(MIDNIGHT)


def of_kind(key: str, *, interval: int | None = None) -> Sewer:
    """The first outlet of a kind without maintenance or fault today."""
    for sewer in SEWERS:
        quiet = work_of(sewer, TODAY).maintenance is None and work_of(sewer, TODAY).fault is None
        if sewer.kind.key == key and quiet and interval in (None, sewer.device.interval):
            return sewer
    raise LookupError(key)


def world_with(sewer: Sewer, kind: str, item: str = "cod") -> SewageWorld:
    """One outlet that does one thing all day."""
    return SewageWorld((sewer,), (SewageDeed(sewer.site, kind, MIDNIGHT, MIDNIGHT + 2 * DAY, item),))


def minutes(world: SewageWorld, sewer: Sewer) -> pl.DataFrame:
    """Records of the day with normal flags."""
    made = output.minutes(world, sewer.site, MIDNIGHT + DAY, MIDNIGHT + 2 * DAY)
    return made.filter(pl.col("cod_flag") == "N")


def test_values_are_held_from_one_sample_to_the_next() -> None:
    for sewer in (of_kind("coking_water"), of_kind("municipal")):
        read = reading(sewer, TODAY, ())
        normal = read.flags["cod"] == N
        changes = np.flatnonzero(np.diff(read.values["cod"][normal]) != 0)
        # A result for each interval of the day, but where a standard was measured.
        assert 24 * 60 / sewer.every - 3 <= len(changes) <= 24 * 60 / sewer.every
        assert len(np.unique(read.values["water_flow"])) > 1000


def test_pumps_stop_and_no_sample_is_taken_meanwhile() -> None:
    sewer = of_kind("mine_water")
    flow = water(sewer, TODAY).values["water_flow"][1440:]
    assert 0.1 < (flow == 0).mean() < 0.6
    read = reading(sewer, TODAY, ())
    assert (read.values["water_flow"][flow == 0] == 0).all()


def test_total_nitrogen_contains_the_ammonia() -> None:
    for sewer in (s for s in SEWERS if "tn" in s.items):
        true = water(sewer, TODAY).values
        assert (true["tn"] > true["nh3n"]).all()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_deed_shows_somewhere(kind: str) -> None:
    sewer = of_kind("coking_water")
    honest, done = SewageWorld((sewer,)), world_with(sewer, kind)
    span = (sewer.site, MIDNIGHT, MIDNIGHT + 3 * DAY)

    def sent(world: SewageWorld) -> list[pl.DataFrame]:
        said = [output.minutes(world, *span), output.hours(world, *span), output.days(world, *span)]
        return [*said, paperwork.parameters(world, *span)]

    assert any(not a.equals(b) for a, b in zip(sent(honest), sent(done), strict=True))


def test_clean_water_and_a_cap_are_what_they_are_called() -> None:
    sewer = of_kind("coking_water")
    clean = minutes(world_with(sewer, "clean_water"), sewer)
    assert clean["cod"].max() < 1.6 * CLEAN["cod"]  # type: ignore[operator]
    capped = minutes(world_with(sewer, "clipped"), sewer)
    assert capped["tn"].max() <= CLIP * sewer.limits["tn"]  # type: ignore[operator]
    true = water(sewer, TODAY + timedelta(days=1)).values["tn"][1440:].mean()
    assert capped["tn"].median() > true


def test_amounts_are_concentration_times_flow_and_the_day_is_weighted() -> None:
    sewer = of_kind("municipal")
    made = logged(SewageWorld((sewer,)), sewer.site, TODAY)
    hours = made.hours.values
    assert hours["cod_kg"] == pytest.approx(hours["cod"] * hours["water_flow"] / 1000, abs=1e-3)
    normal = made.hours.flags["cod"] == N
    by_hand = (hours["cod"] * hours["water_flow"])[normal].sum() / hours["water_flow"][normal].sum()
    assert made.days.values["cod"][0] == pytest.approx(by_hand, abs=0.006)
    assert made.days.values["volume"][0] == pytest.approx(hours["water_flow"].sum(), rel=1e-3)


def test_packets_say_system_32_and_the_codes_of_their_edition() -> None:
    chosen = {e: next(s for s in SEWERS if s.device.edition == e) for e in (2005, 2017, 2025)}
    world = SewageWorld(SEWERS)
    for edition, sewer in chosen.items():
        packets = received(world, [sewer], MIDNIGHT, MIDNIGHT + timedelta(hours=3))
        pieces = [p for _, data in packets for p in decode_stream(data)]
        assert all(p.accepted for p in pieces)
        records = [p for p in pieces if p.header["CN"] == "2051"]
        assert {p.header["ST"] for p in records} == {"32"}
        codes = set().union(*(p.cp["factors"] for p in records))
        assert {"011", "060", "B01"} <= codes if edition == 2005 else {"w01018", "w21003", "w00000"} <= codes
        (flow,) = {p.cp["factors"]["B01" if edition == 2005 else "w00000"].keys() >= {"Avg"} for p in records}
        assert flow


def test_the_same_seed_gives_the_same_and_the_stacks_know_nothing_of_it() -> None:
    span = (MIDNIGHT, MIDNIGHT + 7 * DAY)
    assert make_sewage(7, *span, plants=24).deeds == make_sewage(7, *span, plants=24).deeds
    # Stacks of the seed before there was any sewage: their devices and passwords.
    text = "".join(
        f"{o.site}{o.device.mn}{o.device.password}{o.area}" for p in make_plants() for o in p.outlets
    )
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "a85a641bfdd78db4"
    stacks = {o.device.mn for p in make_plants() for o in p.outlets}
    assert not stacks & {s.device.mn for s in SEWERS}
    assert date(2026, 3, 2) == TODAY


def test_a_logger_of_sewage_sends_waits_for_answers_and_gives_its_history() -> None:
    sewer = next(s for s in SEWERS if s.device.edition == 2017 and s.device.interval == 1)
    cp = {"BeginTime": "20260302000000", "EndTime": "20260302010000"}
    platform = Platform(asked(sewer, ("fetch_hours", cp)))
    counts = Counts()
    converse(
        platform, Logger(SewageWorld(SEWERS), sewer, MIDNIGHT, MIDNIGHT + timedelta(hours=2), counts=counts)
    )
    assert counts.answers == counts.packets >= 120
    sent = [p for p in platform.pieces if p.header["CN"] == "2061"]
    assert {p.cp["top"]["DataTime"] for p in sent} == {"20260302000000", "20260302010000"}
    assert len(sent) >= 3  # as they were due, and once more as asked for
    assert all("w01018" in p.cp["factors"] for p in sent)
