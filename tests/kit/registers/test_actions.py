"""Who may write what, and what the history keeps of it: who, when, from what to what, why."""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.errors import NotAllowed
from bihuan.kit.registers.actions import apply, change, create, end, restore, writes
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.writing import Act, Refused
from bihuan.registry.changes import Batch, Change, changes_of
from bihuan.registry.log import LogEntry
from bihuan.registry.log_check import check_log
from bihuan.registry.models import AuditEntry, Measure, Organisation, Site
from tests.kit.registers.world import (
    BUILDER,
    GOOD,
    MEASURES,
    SITES,
    UNITS,
    csv_file,
    imported,
    planned,
    problems,
)
from tests.people import City

pytestmark = pytest.mark.django_db
CELLS = {
    "code": "S1",
    "name": "桃北中学",
    "region": "140321",
    "lon": "113.6",
    "lat": "37.8",
    "rank": "national",
}


def site(**cells: str) -> Site:
    made = create(SITES, CELLS | cells, BUILDER)
    assert isinstance(made, Site)
    return made


def history(key: str) -> list[tuple[str, dict, dict, str, str]]:
    rows = changes_of(Site, key).order_by("pk")
    return [(c.action, c.before, c.after, c.batch.reason, c.batch.who) for c in rows]


def test_every_change_says_who_from_what_to_what_and_why(city: City) -> None:
    made, admin = site(), city.person("admin")
    change(SITES, made, {"name": "桃北", "city": "140300"}, Act(admin, "更名，见晋环函〔2026〕1 号"))
    end(SITES, Site.objects.get(), date(2026, 3, 1), Act(admin, "拆除"))
    restore(SITES, Site.objects.get(), Act(admin, "误停"))
    first, renamed, ended, restored = history("S1")
    assert first[0] == "new"
    assert first[2] == CELLS | {
        "lon": 113.6,
        "lat": 37.8,
        "evaluated": False,
        "neighbour": False,
        "simulated": False,
    }
    assert first[3:] == ("建库", "本机操作员 root")
    assert renamed[:4] == (
        "changed", {"name": "桃北中学", "city": None}, {"name": "桃北", "city": "140300"}, "更名，见晋环函〔2026〕1 号",
    )  # fmt: skip
    assert renamed[4] == str(admin)
    assert ended[:3] == ("ended", {"until": None}, {"until": "2026-03-01"})
    assert restored[:3] == ("restored", {"until": "2026-03-01"}, {"until": None})
    assert Site.objects.get().until is None
    assert check_log() == []
    assert AuditEntry.objects.filter(action="register.changed", person=admin).count() == 1


def test_what_is_not_different_is_no_change(city: City) -> None:
    assert change(SITES, site(), {"name": "桃北中学", "lon": "113.60"}, Act(None, "再填")) is None
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_change_without_a_reason_is_refused(city: City, reason: str) -> None:
    with pytest.raises(Refused, match="没有写理由"):
        change(SITES, site(), {"name": "甲"}, Act(None, reason))


def test_a_registrar_writes_what_lies_in_the_own_region_and_nothing_in_or_out_of_it(city: City) -> None:
    made, mine, other = site(), city.person("admin", "140321"), city.person("admin", "140322")
    change(SITES, made, {"name": "甲"}, Act(mine, "x"))
    for person, cells in (
        (other, {"name": "乙"}),
        (other, {"region": "140322"}),
        (mine, {"region": "140322"}),
    ):
        with pytest.raises(NotAllowed):
            change(SITES, Site.objects.get(), cells, Act(person, "x"))
    with pytest.raises(NotAllowed):
        create(SITES, CELLS | {"code": "S2"}, Act(other, "x"))
    assert list(Site.objects.values_list("name", "region_id")) == [("甲", "140321")]


def test_roles_that_do_not_write_the_register_are_refused_and_the_whole_city_writes_outside_too(
    city: City,
) -> None:
    for role in ("dispatcher", "auditor", "handler"):
        with pytest.raises(NotAllowed):
            create(SITES, CELLS, Act(city.person(role), "x"))
        assert not writes(SITES, city.person(role))
    create(SITES, CELLS, Act(city.person("chief", "140300"), "x"))
    # A neighbour's station belongs to no region of the city's posts.
    create(SITES, CELLS | {"code": "S9", "region": "140000"}, Act(city.person("admin", "140300"), "x"))
    with pytest.raises(NotAllowed):
        create(SITES, CELLS | {"code": "S8", "region": "140000"}, Act(city.person("admin", "140321"), "x"))


def test_rows_of_a_file_are_asked_for_their_rights_one_by_one(city: City, data_dir: Path) -> None:
    site()
    rows = [
        GOOD | {"区划": "140322", "名称": "移走"},
        GOOD | {"编码": "S2", "区划": "140322"},
        GOOD | {"编码": "S3", "区划": "140321"},
    ]
    plan = imported(SITES, csv_file(data_dir, rows), city.person("admin", "140322"))
    assert plan.counts == {Fate.REFUSED: 2, Fate.NEW: 1}
    assert problems(plan)[0] == (2, "区划", "140322", "这个对象在您管理的区域之外")
    assert Site.objects.get(pk="S1").region_id == "140321"


def test_a_right_follows_the_path_to_the_region_of_another_object(city: City) -> None:
    from tests.web.world import make_objects

    make_objects(city)
    cells = {
        "emitter": "E1",
        "level": "red",
        "pollutant": "nox",
        "text": "停产",
        "kg_per_day": "5",
        "basis": "清单",
    }
    with pytest.raises(NotAllowed):
        create(MEASURES, cells, Act(city.person("admin", "140322"), "x"))
    made = create(MEASURES, cells, Act(city.person("admin", "140321"), "x"))
    assert Measure.objects.get() == made


def test_a_code_is_given_once_and_a_name_is_taken_once(city: City) -> None:
    made = site()
    with pytest.raises(Refused, match="已经登记过"):
        site(name="别的")
    with pytest.raises(Refused, match="不再改变"):
        change(SITES, made, {"code": "S2"}, Act(None, "x"))
    unit = {"name": "甲厂", "kind": "企业", "region": "140321"}
    create(UNITS, unit, BUILDER)
    other = create(UNITS, unit | {"name": "乙厂"}, BUILDER)
    with pytest.raises(Refused, match="已经登记过"):
        change(UNITS, other, {"name": "甲厂"}, Act(None, "x"))
    change(UNITS, other, {"name": "丙厂"}, Act(None, "更名"))
    assert set(Organisation.objects.filter(kind="enterprise").values_list("name", flat=True)) == {
        "甲厂",
        "丙厂",
    }


def test_a_form_does_not_overwrite_what_somebody_changed_meanwhile(city: City) -> None:
    made = site()
    seen = {"name": "桃北中学", "rank": "国控"}
    change(SITES, made, {"name": "甲"}, Act(None, "x"))
    with pytest.raises(Refused, match="刚被别人改过"):
        change(SITES, Site.objects.get(), {"name": "乙"}, Act(None, "x"), seen=seen)
    change(SITES, Site.objects.get(), {"rank": "省控"}, Act(None, "x"), seen=seen)
    assert Site.objects.values_list("name", "rank").get() == ("甲", "provincial")


def test_rows_that_became_outdated_between_preview_and_apply_are_refused(city: City, data_dir: Path) -> None:
    site()
    rows = [GOOD | {"名称": "甲"}, GOOD | {"编码": "S2"}, GOOD | {"编码": "S3"}]
    plan = planned(SITES, csv_file(data_dir, rows))
    change(SITES, Site.objects.get(), {"name": "乙"}, Act(None, "x"))
    site(code="S2")
    apply(plan, BUILDER)
    assert plan.counts == {Fate.REFUSED: 2, Fate.NEW: 1}
    assert {why for *_where, why in problems(plan)} == {"这个对象刚被别人改过"}
    assert dict(Site.objects.values_list("pk", "name")) == {"S1": "乙", "S2": "桃北中学", "S3": "桃北中学"}


def test_an_import_is_one_transaction_with_one_entry_of_its_batch(city: City, data_dir: Path) -> None:
    path = csv_file(data_dir, [GOOD | {"编码": f"S{n}", "名称": f"站{n}"} for n in range(50)])
    plan = planned(SITES, path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        apply(plan, BUILDER)
    assert len(asked) < 30
    assert LogEntry.objects.filter(kind="registry.batch").count() == 1
    assert Change.objects.count() == 50
    assert check_log() == []


def test_a_register_without_an_end_date_says_so(city: City) -> None:
    unit = create(UNITS, {"name": "甲厂", "kind": "企业", "region": "140321"}, BUILDER)
    with pytest.raises(Refused, match="没有停用日期"):
        end(UNITS, unit, date(2026, 1, 1), Act(None, "关停"))
