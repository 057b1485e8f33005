"""People come in from a file by the same rules as on their page; passwords stand in no file but the one asked for."""

from datetime import datetime
from pathlib import Path

import pytest

from bihuan.domain.timeaxis import CST
from bihuan.installation.marker import make_installation
from bihuan.kit.registers import people
from bihuan.kit.registers.exchange import keep
from bihuan.kit.registers.people import Brought, bring_people, people_csv
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.writing import Act
from bihuan.registry.models import AuditEntry, Person, Post
from tests.commands.cli import run
from tests.kit.registers.world import csv_file, problems
from tests.people import City

pytestmark = pytest.mark.django_db
ZHANG = {
    "账号": "zhang.san", "姓名": "张三", "电话": "0353-1", "职务": "承办岗", "区划": "平定县", "单位": "平定县人民政府", "截止日期": "",
}  # fmt: skip


def brought(
    folder: Path, rows: list[dict[str, str]], by: Person | None = None, *, dry_run: bool = False
) -> Brought:
    return bring_people(keep(csv_file(folder, rows)), Act(by, "入职"), dry_run=dry_run)


def test_a_new_account_gets_its_posts_and_a_password_that_must_be_changed(city: City, data_dir: Path) -> None:
    found = brought(data_dir, [ZHANG, ZHANG | {"职务": "verifier", "单位": "", "截止日期": "2099-06-30"}])
    assert found.plan.counts == {Fate.NEW: 2}
    person = Person.objects.get(username="zhang.san")
    assert person.check_password(found.passwords["zhang.san"])
    assert person.must_change_password
    assert (person.full_name, person.phone) == ("张三", "0353-1")
    handler, verifier = person.posts.order_by("pk")
    assert (handler.role, handler.region_id, str(handler.organisation), handler.until) == (
        "handler",
        "140321",
        "平定县人民政府",
        None,
    )
    assert verifier.until == datetime(2099, 6, 30, 23, 59, 59, tzinfo=CST)
    assert found.passwords["zhang.san"] not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert brought(data_dir, [ZHANG]).plan.counts == {Fate.SAME: 1}


def test_a_dry_run_makes_nobody_and_says_the_same(city: City, data_dir: Path) -> None:
    rows = [ZHANG, ZHANG | {"职务": "核查岗"}, ZHANG | {"账号": "li", "单位": ""}]
    people = Person.objects.count()
    tried = brought(data_dir, rows, dry_run=True)
    assert (Person.objects.count(), tried.passwords) == (people, {})
    done = brought(data_dir, rows)
    assert tried.plan.counts == done.plan.counts == {Fate.NEW: 2, Fate.REFUSED: 1}
    assert problems(tried.plan) == problems(done.plan) == [(4, "账号", "li", "承办岗须指定所在单位")]


def test_name_phone_and_end_of_a_post_are_changed_and_what_is_not_given_stays(
    city: City, data_dir: Path
) -> None:
    brought(data_dir, [ZHANG])
    changed = {k: v for k, v in ZHANG.items() if k not in ("电话", "截止日期")} | {"姓名": "张三丰"}
    assert brought(data_dir, [changed]).plan.counts == {Fate.CHANGED: 1}
    assert Person.objects.values_list("full_name", "phone").get(username="zhang.san") == ("张三丰", "0353-1")
    assert brought(data_dir, [changed | {"截止日期": "2099-01-01"}]).plan.counts == {Fate.CHANGED: 1}
    assert Post.objects.get(person__username="zhang.san").until is not None
    assert AuditEntry.objects.filter(action="person.post_until").count() == 1
    assert brought(data_dir, [changed]).plan.counts == {Fate.SAME: 1}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"区划": "盂县", "单位": "盂县人民政府"}, "您不管理盂县"),
        ({"账号": "admin_140321", "职务": "核查岗"}, "自己的账号"),
        ({"账号": "chief_140322"}, "区域以外的职务"),
        ({"职务": "局长"}, "不在可选项之内"),
        ({"截止日期": "2001-01-01"}, "晚于现在"),
        ({"账号": ""}, "没有填写"),
    ],
)
def test_what_an_administrator_may_not_do_on_the_page_the_file_may_not_either(
    city: City, data_dir: Path, change: dict[str, str], why: str
) -> None:
    found = brought(data_dir, [ZHANG | change, ZHANG], city.person("admin", "140321"))
    assert found.plan.counts == {Fate.REFUSED: 1, Fate.NEW: 1}
    assert why in problems(found.plan)[0][3]
    assert list(found.passwords) == ["zhang.san"]


def test_the_last_administrator_of_the_city_stays(city: City, data_dir: Path) -> None:
    last = {
        "账号": "admin_140300",
        "姓名": "admin_140300",
        "职务": "系统管理员",
        "单位": "",
        "区划": "140300",
        "截止日期": "2099-01-01",
    }
    assert "最后一位" in problems(brought(data_dir, [last]).plan)[0][3]


def test_an_export_holds_no_passwords_and_comes_in_unchanged(city: City, data_dir: Path) -> None:
    brought(data_dir, [ZHANG, ZHANG | {"职务": "核查岗", "截止日期": "2099-06-30"}])
    path = data_dir / "people.csv"
    path.write_bytes(people_csv())
    posts = Post.objects.count()
    assert bring_people(keep(path), Act(None, "x")).plan.counts == {Fate.SAME: posts}
    assert "pbkdf2" not in path.read_text()


def test_the_command_puts_the_passwords_into_a_private_file(
    city: City, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_installation(data_dir / "x")
    path, secret = csv_file(data_dir, [ZHANG]), data_dir / "passwords.txt"
    ran = run(
        capsys,
        "--data",
        data_dir / "x",
        "--json",
        "register",
        "import",
        "people",
        path,
        "--passwords",
        secret,
    )
    assert (ran.code, ran.json["new"], "passwords" in ran.json) == (0, 1, False)
    username, password = secret.read_text().split()
    assert Person.objects.get(username=username).check_password(password)
    assert secret.stat().st_mode & 0o777 == 0o600
    again = run(
        capsys,
        "--data",
        data_dir / "x",
        "register",
        "import",
        "people",
        csv_file(data_dir, [ZHANG | {"账号": "li"}]),
    )
    assert "li: temporary password " in again.out


def test_nobody_is_made_whose_password_is_lost_with_the_import(
    city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_rest: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(people, "enter_batch", broken)
    before = Person.objects.count()
    with pytest.raises(OSError, match="full"):
        brought(data_dir, [ZHANG])
    assert (Person.objects.count(), AuditEntry.objects.count()) == (before, 0)


def test_the_import_says_how_far_it_is(city: City, data_dir: Path) -> None:
    said: list[tuple[int, int]] = []
    rows = [ZHANG, ZHANG | {"账号": "li", "单位": ""}, ZHANG | {"账号": "wang"}]
    kept = keep(csv_file(data_dir, rows))
    bring_people(kept, Act(None, "入职"), progress=lambda _text, done, total: said.append((done, total)))
    assert said == [(1, 3), (2, 3), (3, 3)]
