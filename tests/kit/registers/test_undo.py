"""A batch is taken back as a whole; what was changed or used since stays, and says why."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bihuan.cases.findings import open_or_extend
from bihuan.kit.registers.actions import apply, change, end
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.undo import undo
from bihuan.kit.registers.writing import Act, Refused
from bihuan.registry import decisions
from bihuan.registry.changes import Batch, Change
from bihuan.registry.log_check import check_log
from bihuan.registry.models import Region, Site
from tests.kit.registers.world import BUILDER, GOOD, REGIONS, SITES, csv_file, imported, planned, problems
from tests.people import City

pytestmark = pytest.mark.django_db
NOON = datetime(2019, 1, 12, 4, tzinfo=UTC)


def last() -> Batch:
    return Batch.objects.order_by("pk").last()  # type: ignore[return-value]


def all_rows() -> list[tuple[object, ...]]:
    return list(Site.objects.order_by("pk").values_list())


def test_undo_brings_back_what_was_there_and_undo_of_that_what_came(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD | {"启用日期": "2020-01-01"}]))
    before = all_rows()
    imported(
        SITES,
        csv_file(data_dir, [GOOD | {"名称": "甲", "启用日期": ""}, GOOD | {"编码": "S2", "名称": "新站"}]),
    )
    after, batch = all_rows(), last()
    assert undo(SITES, batch, Act(None, "导错了")).counts == {Fate.CHANGED: 2}
    assert all_rows() == before
    assert list(Change.objects.filter(batch=last()).order_by("pk").values_list("key", "action")) == [
        ("S1", "changed"), ("S2", "removed"),
    ]  # fmt: skip
    assert last().undoes == batch
    undo(SITES, last(), Act(None, "没有导错"))
    assert all_rows() == after
    assert check_log() == []


def test_what_was_changed_since_stays_and_the_rest_is_taken_back(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD, GOOD | {"编码": "S2"}]))
    batch = last()
    change(SITES, Site.objects.get(pk="S1"), {"name": "甲"}, Act(None, "x"))
    plan = undo(SITES, batch, Act(None, "导错了"))
    assert [(row.key, row.problems[0].why) for row in plan.of(Fate.REFUSED)] == [
        (("S1",), "这个对象后来又改过")
    ]
    assert dict(Site.objects.values_list("pk", "name")) == {"S1": "甲"}


def test_what_was_changed_to_and_fro_was_changed_too(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD]))
    batch = last()
    for name in ("甲", "桃北中学"):
        change(SITES, Site.objects.get(), {"name": name}, Act(None, "x"))
    assert problems(undo(SITES, batch, Act(None, "x")))[0][3].endswith("又改过")


def test_a_change_behind_the_register_is_seen_too(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD]))
    Site.objects.update(name="乙")
    assert problems(undo(SITES, last(), Act(None, "x")))[0][3] == "这个对象后来又改过"


def test_an_object_that_is_used_is_not_removed(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD | {"编码": f"S{n}", "名称": f"站{n}"} for n in range(3)]))
    decisions.decide(
        Site.objects.get(pk="S0"),
        ["pm25"],
        NOON,
        NOON + timedelta(hours=2),
        "exclude",
        "校准",
        city.person("verifier"),
    )
    open_or_extend(
        check_key="k", target_kind="site", target="S1", target_name="站1", title="测试", region=city.regions["140321"],
        started_at=NOON, until=NOON + timedelta(hours=1), magnitude=1.0, unit="", severity="minor", evidence={"a": 1},
    )  # fmt: skip
    plan = undo(SITES, last(), Act(None, "x"))
    assert [row.key[0] for row in plan.of(Fate.REFUSED)] == ["S0", "S1"]
    assert {why for *_where, why in problems(plan)} == {"已经有别的记录用到它"}
    assert set(Site.objects.values_list("pk", flat=True)) == {"S0", "S1"}


def test_a_finding_about_another_kind_of_thing_with_the_same_code_holds_nothing(
    city: City, data_dir: Path
) -> None:
    imported(SITES, csv_file(data_dir, [GOOD]))
    open_or_extend(
        check_key="k", target_kind="outlet", target="S1", target_name="口", title="测试", region=city.regions["140321"],
        started_at=NOON, until=NOON + timedelta(hours=1), magnitude=1.0, unit="", severity="minor", evidence={"a": 1},
    )  # fmt: skip
    assert undo(SITES, last(), Act(None, "登错")).counts == {Fate.CHANGED: 1}
    assert not Site.objects.exists()


def test_objects_that_refer_only_to_each_other_go_together(city: City, data_dir: Path) -> None:
    rows = [
        {"code": "150100", "name": "甲市", "parent": ""},
        {"code": "150101", "name": "甲区", "parent": "150100"},
    ]
    imported(REGIONS, csv_file(data_dir, rows))
    assert undo(REGIONS, last(), Act(None, "x")).counts == {Fate.CHANGED: 2}
    assert not Region.objects.filter(pk__startswith="15").exists()


def test_ended_objects_are_there_again(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD]))
    end(SITES, Site.objects.get(), date(2026, 1, 1), Act(None, "拆除"))
    undo(SITES, last(), Act(None, "误停"))
    assert Site.objects.get().until is None
    assert Change.objects.first().action == "restored"  # type: ignore[union-attr]


def test_nobody_takes_back_what_lies_outside_the_own_region(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD]))
    plan = undo(SITES, last(), Act(city.person("admin", "140322"), "x"))
    assert problems(plan)[0][3] == "这个对象在您管理的区域之外"
    assert Site.objects.exists()
    with pytest.raises(Refused, match="没有写理由"):
        undo(SITES, last(), Act(None, ""))


def test_a_plan_that_does_nothing_leaves_no_batch(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD]))
    assert apply(planned(SITES, csv_file(data_dir, [GOOD])), BUILDER) is None
    assert Batch.objects.count() == 1


def test_a_batch_is_taken_back_once(city: City, data_dir: Path) -> None:
    imported(SITES, csv_file(data_dir, [GOOD]))
    batch = last()
    undo(SITES, batch, Act(None, "导错了"))
    with pytest.raises(Refused, match="这一批已经撤销过"):
        undo(SITES, batch, Act(None, "又点了一次"))
    assert Batch.objects.filter(undoes=batch).count() == 1
