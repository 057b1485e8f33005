"""An import of people is taken back as far as nobody has gone on from it; what stays says why, and nothing else is touched."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.domain.timeaxis import CST
from bihuan.kit.registers import people
from bihuan.kit.registers.exchange import keep
from bihuan.kit.registers.people import bring_people, passwords_text, people_csv
from bihuan.kit.registers.people_undo import undo_people
from bihuan.kit.registers.writing import Act, Refused
from bihuan.registry import accounts
from bihuan.registry.audit import record
from bihuan.registry.changes import Batch, Change
from bihuan.registry.models import Organisation, Person, Post, Region
from tests.kit.registers.world import csv_file
from tests.people import City
from tests.taken import read

LI = {
    "账号": "li.si",
    "姓名": "李四",
    "电话": "",
    "职务": "网格员",
    "区划": "平定县",
    "单位": "",
    "截止日期": "",
}
END = datetime(2099, 6, 30, 23, 59, 59, tzinfo=CST)


@pytest.fixture
def admin(city: City, data_dir: Path) -> Person:
    """The city's administrator; li.si is a ranger without an end."""
    by = city.person("admin", "140300")
    brought(data_dir, by, LI)
    return by


def brought(folder: Path, by: Person, *rows: dict[str, str]) -> Batch:
    batch = bring_people(keep(csv_file(folder, rows)), Act(by, "入职")).batch
    assert batch is not None
    return batch


def back(batch: Batch, by: Person, reason: str = "导错了") -> tuple[int, list[tuple[str, str]]]:
    return undo_people(batch, Act(by, reason))


def li() -> Person:
    return Person.objects.get(username="li.si")


def test_the_end_of_a_post_is_what_it_was(admin: Person, data_dir: Path) -> None:
    batch = brought(data_dir, admin, LI | {"截止日期": "2099-06-30", "电话": "139"})
    assert (li().posts.get().until, li().phone) == (END, "139")
    assert back(batch, admin) == (1, [])
    assert (li().posts.get().until, li().phone) == (None, "")
    undone = Batch.objects.get(undoes=batch)
    assert [(c.key, c.action) for c in undone.rows.all()] == [("li.si", Change.Action.CHANGED)]


def test_of_two_posts_that_end_on_one_day_none_is_taken_for_the_other(admin: Person, data_dir: Path) -> None:
    """The verifier's had that end before; the ranger's got it by the import. Neither is opened by mistake."""
    accounts.add_post(
        admin, li(), "verifier", Region.objects.get(pk="140321"), None, since=None, until=END, request=None
    )
    batch = brought(data_dir, admin, LI | {"截止日期": "2099-06-30"})
    done, left = back(batch, admin)
    assert (done, left) == (0, [("li.si", "有几个职务到同一天截止，分不清是哪一个；请在人员页修改")])
    assert set(li().posts.values_list("role", "until")) == {("verifier", END), ("ranger", END)}
    assert not Batch.objects.filter(undoes=batch).exists()


def test_what_was_changed_since_stays_with_the_reason(admin: Person, data_dir: Path) -> None:
    batch = brought(data_dir, admin, LI | {"姓名": "李思"})
    accounts.edit(admin, li(), name="李斯", phone="", request=None)
    assert back(batch, admin) == (0, [("li.si", "这个账号后来又改过")])
    assert li().full_name == "李斯"


def test_a_post_that_ended_meanwhile_and_an_account_that_is_gone_are_told(
    admin: Person, data_dir: Path
) -> None:
    batch = brought(data_dir, admin, LI | {"截止日期": "2099-06-30"})
    accounts.end_post(admin, li().posts.get(), None)
    assert back(batch, admin) == (0, [("li.si", "这个职务已经结束")])
    given = brought(data_dir, admin, LI | {"职务": "核查岗"})
    Post.objects.filter(person=li()).delete()
    Change.objects.filter(batch=given).update(key="nobody")
    assert back(given, admin) == (0, [("nobody", "这个账号已经不在了")])


def test_a_post_under_which_something_was_done_is_ended_by_hand(admin: Person, data_dir: Path) -> None:
    batch = brought(data_dir, admin, LI | {"职务": "核查岗"})
    record(li(), "finding.confirm", "1")
    assert back(batch, admin) == (0, [("li.si", "这个人此后办过事，职务不能撤销；请在人员页结束它")])
    assert li().posts.get(role="verifier").state == "now"


def test_some_of_a_batch_go_and_the_others_stay(admin: Person, data_dir: Path) -> None:
    batch = brought(data_dir, admin, LI | {"职务": "核查岗"}, LI | {"账号": "wang.wu", "姓名": "王五"})
    record(li(), "finding.confirm", "1")
    done, left = back(batch, admin)
    assert (done, [who for who, _why in left]) == (1, ["li.si"])
    assert not Person.objects.filter(username="wang.wu").exists()


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_taken_back_without_a_reason(admin: Person, data_dir: Path, reason: str) -> None:
    batch = brought(data_dir, admin, LI | {"职务": "核查岗"})
    with pytest.raises(Refused, match="没有写理由"):
        back(batch, admin, reason)
    assert li().posts.count() == 2


def test_a_batch_is_taken_back_once(admin: Person, data_dir: Path) -> None:
    batch = brought(data_dir, admin, LI | {"职务": "核查岗"})
    assert back(batch, admin) == (1, [])
    with pytest.raises(Refused, match="这一批已经撤销过"):
        back(batch, admin)


def test_who_may_not_give_a_post_may_not_take_an_import_of_it_back(
    admin: Person, city: City, data_dir: Path
) -> None:
    batch = brought(data_dir, admin, LI | {"职务": "核查岗"})
    done, left = back(batch, city.person("admin", "140322"))
    assert (done, [who for who, _why in left]) == (0, ["li.si"])
    assert li().posts.get(role="verifier").state == "now"


def test_the_export_holds_open_posts_of_open_accounts_alone(
    admin: Person, city: City, data_dir: Path
) -> None:
    brought(data_dir, admin, LI | {"职务": "承办岗", "单位": "平定县人民政府", "截止日期": "2099-06-30"})
    rows = [row for row in read(people_csv()) if row[0] == "li.si"]
    assert [row[3:6] for row in rows] == [["网格员", "140321", ""], ["承办岗", "140321", "平定县人民政府"]]
    assert rows[1][7] == "2099-06-30 23:59:59"
    accounts.end_post(admin, li().posts.get(role="ranger"), None)
    assert [row[3] for row in read(people_csv()) if row[0] == "li.si"] == ["承办岗"]
    Person.objects.filter(username="li.si").update(is_active=False)
    assert not [row for row in read(people_csv()) if row[0] == "li.si"]
    assert Organisation.objects.filter(name="平定县人民政府").exists()


@pytest.mark.parametrize(
    ("last", "end"),
    [
        (None, None),
        (datetime(2099, 6, 30, tzinfo=CST), END),
        (datetime(2099, 6, 29, 16, tzinfo=UTC), END),  # midnight in China, as the reader of cells gives a day
        (END, END),  # as an export gives it
        (datetime(2099, 6, 30, 12, tzinfo=CST), datetime(2099, 6, 30, 12, tzinfo=CST)),
    ],
)
def test_a_post_ends_with_its_last_day_in_china_or_at_the_moment_that_is_said(
    last: datetime | None, end: datetime | None
) -> None:
    assert people._end_of(last) == end


def test_passwords_are_a_line_for_each_account() -> None:
    assert passwords_text({"a": "x y", "b": "z"}) == "a\tx y\nb\tz\n"
    assert passwords_text({}) == ""
