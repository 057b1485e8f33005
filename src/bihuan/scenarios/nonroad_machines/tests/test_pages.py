"""The pages and the register of machines."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.kit.registers.exchange import keep, plan_of
from bihuan.kit.registers.plan import Fate
from bihuan.scenarios.nonroad_machines.registers import MACHINES, ZONES
from bihuan.scenarios.nonroad_machines.tests.world import checked, machine, zone
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role
from tests.web.world import MINE


def page(client: Client, city: City, name: str, *args: str, **asked: str) -> str:
    client.force_login(city.person("chief"))
    return " ".join(
        client.get(reverse(f"nonroad_machines:{name}", args=args), asked).content.decode().split()
    )


def test_the_list_tells_the_stage_or_what_the_date_says_as_a_hint(client: Client, place: City) -> None:
    machine(place)
    machine(place, "M2", label="", stage="", name="铲车")
    machine(place, "M3", label="140321003A", fuel="electric", stage="", name="电叉")
    shown = page(client, place, "index")
    for part in ("国二", "国二及以上（推断）", "电动", "140321001A"):
        assert part in shown
    assert "电叉" not in page(client, place, "index", fuel="diesel")
    head = (
        client.get(reverse("nonroad_machines:index"), {"as": "csv"})
        .content.decode("utf-8-sig")
        .splitlines()[0]
    )
    assert "发动机功率（kW）" in head


def test_a_machine_and_the_checks_show_what_was_seen(client: Client, place: City) -> None:
    zone(place)
    machine(place)
    checked(place, smoke="2.4", engine="D9")
    checked(place, labelled="no")
    shown = page(client, place, "machine", "M1")
    for part in ("2.40", "≤ 0.50", "套牌", "禁用", "烟度超标", "推断"):
        assert part in shown
    assert "没有标牌" not in shown
    assert "没有标牌" in page(client, place, "checks")
    client.force_login(place.person("chief", "140322"))
    assert client.get(reverse("nonroad_machines:machine", args=["M1"])).status_code == 404
    assert "D9" not in client.get(reverse("nonroad_machines:checks")).content.decode()


def test_rows_are_refused_by_their_cells(place: City, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    head = "code,name,region,lon,lat,kind,fuel,stage,label\n"
    rows = (
        "X1,甲,{r},113.6,37.8,excavator,diesel,2,140321009A",
        "X2,乙,{r},113.6,37.8,excavator,diesel,2,14O321009A",
        "X3,丙,{r},113.6,37.8,forklift,electric,3,",
    )
    path.write_bytes((head + "\n".join(rows).format(r=MINE)).encode("gb18030"))
    refused = plan_of(MACHINES, keep(path), None).of(Fate.REFUSED)
    assert [(row.number, [p.name for p in row.problems]) for row in refused] == [
        (3, ["label"]),
        (4, ["stage"]),
    ]
    path.write_text(f"code,name,region,lon,lat,least\nZ1,区,{MINE},113.6,37.8,3\n")
    assert [p.name for row in plan_of(ZONES, keep(path), None).of(Fate.REFUSED) for p in row.problems] == [
        "geometry"
    ]


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, place: City) -> None:
    machine(place)
    checked(place)
    client.force_login(with_every_role(place))
    assert broken(client, "nonroad_machines", {"code": "M1"}) == []
    assert broken_paths(client, "nonroad_machines") == []
