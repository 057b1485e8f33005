"""What outfalls tell to those who look for where polluted water came from."""

from datetime import timedelta
from pathlib import Path

from bihuan.domain.water_suspects import Discharge
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.outfalls.discharges import given
from bihuan.scenarios.outfalls.models import Outfall
from bihuan.scenarios.outfalls.reading import newest
from bihuan.scenarios.outfalls.tests.world import TODAY, in_days, outfall, reach
from bihuan.scenarios.outfalls.transitions import State
from tests.people import City
from tests.web.world import NOW


def test_outfalls_on_a_reach_with_their_limits_and_none_that_is_none(place: City) -> None:
    on = reach(place)
    outfall(place, "P1", reach=on, km=2.5, cod=50.0, nh3n=5.0)
    outfall(place, "P2", reach=on)
    outfall(place, "no_reach")
    outfall(place, "ended", reach=on, until=TODAY)
    outfall(place, "double", reach=on, stage=State.DUPLICATE)
    one, two = given(NOW)
    assert one == Discharge(
        "P1", "排口P1", one.kind, "R-1", 2.5, {"w01018": 50.0, "w21003": 5.0}, url="/s/outfalls/at/P1/"
    )
    assert one.kind
    assert (two.code, two.km, two.pollutants) == ("P2", None, {})


def test_all_lines_of_business_tell_theirs_and_a_person_sees_those_of_the_county(place: City) -> None:
    outfall(place, "P1", reach=reach(place))
    Outfall.objects.filter(pk="P1").update(region=place.regions["140321"], organisation=None)
    assert [d.code for d in resolved_discharges.given(NOW) if d.code.startswith("outfalls/")] == [
        "outfalls/P1"
    ]
    assert "outfalls/P1" in resolved_discharges.seen(place.person("chief", region="140321"))
    assert "outfalls/P1" not in resolved_discharges.seen(place.person("chief", region="140311"))
    assert resolved_discharges.hours(["outfalls/P1"], NOW, NOW, NOW).is_empty()


def test_what_the_laboratory_cannot_detect_is_a_value_of_the_outfall(place: City, tmp_path: Path) -> None:
    one = outfall(place, "P1", reach=reach(place), nh3n=5.0)
    path = tmp_path / "results.csv"
    path.write_text(
        "site,time,code,period,value,flag\n"
        f"P1,{in_days(-3)} 00:00,w21003,day,0.025,<\nP1,{in_days(-2)} 00:00,w21003,day,9,M\n"
    )
    (report,) = import_files(archive(), [path], received=NOW - timedelta(days=1), delay=None)
    assert report.new == 2, report
    (found,) = newest(one, NOW, timedelta(days=9), 5)
    assert (found.value, found.limit, found.beyond) == (0.025, 5.0, False)
