"""The kept hours of ended days are those that the minutes give, whatever comes later."""

import os
from datetime import timedelta
from typing import Any

import pytest

from bihuan.registry.hours import archive
from bihuan.scenarios.plant_emissions import hour_cache
from bihuan.scenarios.plant_emissions.hour_cache import hours_of, keep
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Mark, QualityCheck
from bihuan.scenarios.plant_emissions.received import Seen, seen
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, START, lines, receive
from tests.feeds.hj212.packets import pack
from tests.people import City

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
NEXT_DAY = START + DAY + HOUR
BOTH = ["E1-1", "E2-1"]


def files() -> list[str]:
    """Names of the kept days."""
    return sorted(p.name for p in (archive().root / MEDIA[GAS].kept).glob("*.parquet"))


def test_an_ended_day_is_kept_and_is_what_its_minutes_give(plants: City) -> None:
    receive(lines("episode"))
    plain = seen(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY).hours
    assert plain.height > 6
    assert hours_of(MEDIA[GAS], BOTH, START, START + DAY + HOUR, NEXT_DAY).equals(plain)
    (name,) = files()
    assert name.startswith("2019-02-25-")
    # Read from the file: the same for all, for one outlet, for some hours.
    assert hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY).equals(plain)
    part = hours_of(MEDIA[GAS], ["E1-1"], START + 2 * HOUR, START + 4 * HOUR, NEXT_DAY)
    assert part["site"].unique().to_list() == ["E1-1"]
    assert part["start"].to_list() == [START + 2 * HOUR, START + 3 * HOUR]
    assert files() == [name]


def test_a_running_day_is_made_of_its_minutes(plants: City) -> None:
    receive(lines("episode"))
    assert (
        hours_of(MEDIA[GAS], BOTH, START, START + 6 * HOUR, NOW).height
        == seen(MEDIA[GAS], BOTH, START, START + 6 * HOUR, NOW).hours.height
    )
    assert files() == []


def test_late_data_make_the_day_anew_and_an_earlier_look_does_not_know_them(plants: City) -> None:
    packets = lines("episode")
    late = [p for p in packets if b"DataTime=2019022503" in p]
    receive([p for p in packets if p not in late])
    before = hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY)
    (first,) = files()
    receive(late, late=30 * HOUR)
    after = hours_of(MEDIA[GAS], BOTH, START, START + DAY, START + 40 * HOUR)
    (second,) = set(files()) - {first}
    assert START + 3 * HOUR not in before.filter(site="E1-1")["start"].to_list()
    assert START + 3 * HOUR in after.filter(site="E1-1")["start"].to_list()
    assert hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY).equals(before)
    # Somebody may be about to read the first one; it goes later.
    keep(MEDIA.values(), START.date(), START + 40 * HOUR)
    assert set(files()) >= {first, second}
    for path in (archive().root / MEDIA[GAS].kept).glob("*.parquet"):
        os.utime(path, (0, 0))
    keep(MEDIA.values(), START.date(), START + 40 * HOUR)
    assert first not in files()
    assert second in files()


def test_two_who_look_at_once_both_see_the_day(plants: City, monkeypatch: pytest.MonkeyPatch) -> None:
    receive(lines("episode"))
    plain = seen(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY).hours

    def overtaken(*args: Any) -> Seen:
        """Somebody else looks, and is done first."""
        monkeypatch.setattr(hour_cache, "seen", seen)
        assert hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY).equals(plain)
        return seen(*args)

    monkeypatch.setattr(hour_cache, "seen", overtaken)
    assert hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY).equals(plain)
    assert len(files()) == 1


def test_what_comes_today_leaves_yesterdays_file_alone(plants: City) -> None:
    for packet in lines("episode"):
        receive([packet])  # a part each, so that the archive merges them again and again
    hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY)
    before = files()
    for packet in lines("episode")[:40]:
        receive([pack(packet[6:-6].decode().replace("20190225", "20190226"))])
    assert archive().devices.current(START + DAY).collect().height > 100
    hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY + 6 * HOUR)
    assert files() == before


def test_a_mark_makes_the_day_anew(plants: City) -> None:
    receive(lines("episode"))
    assert hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY).row(0, named=True)["valid_nox"]
    Mark.objects.create(
        outlet_id="E1-1", kind="device", code="维护", start=START, until=START + HOUR, reason="更换滤芯",
        who=plants.person("dispatcher"), at=NOW,
    )  # fmt: skip
    row = hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY).row(0, named=True)
    assert (row["site"], row["start"], row["valid_nox"], row["mark"]) == ("E1-1", START, False, "维护")


def test_a_failed_quality_check_makes_the_day_anew_and_one_that_goes_on_does_not_again(plants: City) -> None:
    receive(lines("episode"))
    assert hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY).row(0, named=True)["valid_nox"]
    QualityCheck.objects.create(
        outlet_id="E1-1", item="nox", what="span", at=START + HOUR / 2, passed=False, result="漂移 6.1 %",
        who=plants.person("dispatcher"), entered_at=NOW,
    )  # fmt: skip
    row = hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY).row(0, named=True)
    assert (row["site"], row["start"], row["valid_nox"], row["nox_flag"]) == ("E1-1", START, False, "Q")
    made = files()
    assert len(made) == 2
    hours_of(MEDIA[GAS], BOTH, START, START + DAY, NEXT_DAY + 5 * HOUR)
    assert files() == made


def test_what_a_plant_marks_shows_at_once_though_the_minutes_are_those_of_a_look_before(plants: City) -> None:
    """Two looks at one minute are of the same minutes, and of the same hours until a mark, or a setting, says otherwise."""
    receive(lines("episode"))
    span = (START, NOW.replace(minute=0))
    first, again = (seen(MEDIA[GAS], BOTH, *span, NOW) for _ in range(2))
    assert again.minutes is first.minutes
    assert again.hours is first.hours
    Mark.objects.create(
        outlet_id="E1-1", kind="device", code="维护", start=START, until=START + HOUR, reason="更换滤芯",
        who=plants.person("dispatcher"), at=NOW,
    )  # fmt: skip
    marked = seen(MEDIA[GAS], BOTH, *span, NOW)
    assert marked.minutes is first.minutes
    assert marked.marks.height == first.marks.height + 1
    assert not marked.hours.equals(first.hours)
    assert seen(MEDIA[GAS], BOTH, *span, NOW - timedelta(seconds=1)).hours.equals(first.hours)
