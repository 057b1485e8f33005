"""`bihuan person`: the first account of a bare installation, and the care of all others."""

from pathlib import Path
from typing import Any

import pytest

from bihuan.errors import NothingDone
from bihuan.installation.marker import make_installation
from bihuan.registry.accounts import add_person
from bihuan.registry.models import AuditEntry, Person
from tests.commands.cli import run
from tests.people import City, build_city

GOOD = "violet-harbour-42"


def test_the_first_account_can_be_made_where_nothing_is_registered(db: None, data_dir: object) -> None:
    made = add_person("zhang", GOOD, name="张三", role="admin", region="140300", region_name="阳泉市")
    assert made.check_password(GOOD)
    assert [str(p) for p in made.posts.all()] == ["阳泉市 系统管理员"]
    assert AuditEntry.objects.get().action == "person.add"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"role": "king"}, "unknown"),
        ({"region": "999999"}, "--region-name"),
        ({"role": "handler"}, "--organisation"),
        ({"organisation": "没有的单位"}, "没有的单位"),
        ({"password": "1234567890"}, "password"),
        ({"username": "admin_140300"}, "already"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_made(
    city: City, data_dir: object, changes: dict[str, str], word: str
) -> None:
    given = {
        "username": "li",
        "password": GOOD,
        "name": "",
        "role": "dispatcher",
        "region": "140300",
        **changes,
    }
    with pytest.raises(NothingDone, match=word):
        add_person(given.pop("username"), given.pop("password"), **given)


Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(transactional_db: None, data_dir: Path) -> Path:
    """An installation whose city has an administrator and a dispatcher."""
    make_installation(data_dir)
    city = build_city()
    city.person("admin", "140300")
    return data_dir


def person(capsys: Capture, folder: Path, *words: str) -> Any:
    """What the command says with --json."""
    ran = run(capsys, "--data", folder, "--json", "person", *words)
    assert ran.code == 0, ran.err
    return ran.json


def refused(capsys: Capture, folder: Path, *words: str) -> str:
    ran = run(capsys, "--data", folder, "person", *words)
    assert ran.code == 2
    return ran.err


def test_an_account_lives_from_add_to_close(capsys: Capture, folder: Path) -> None:
    made = person(
        capsys,
        folder,
        "add",
        "li",
        "--name",
        "李四",
        "--phone",
        "123",
        "--role",
        "ranger",
        "--region",
        "140321",
    )
    assert Person.objects.get(username="li").check_password(made["password"])
    assert [r["username"] for r in person(capsys, folder, "list", "--search", "李四")["people"]] == ["li"]
    person(
        capsys,
        folder,
        "post-add",
        "li",
        "--role",
        "handler",
        "--region",
        "140321",
        "--organisation",
        "平定县人民政府",
        "--until",
        "2099-01-01",
    )
    person(capsys, folder, "post-end", "li", "--role", "ranger", "--region", "140321")
    shown = person(capsys, folder, "show", "li")
    assert [(p["role"], p["state"]) for p in shown["posts"]] == [("ranger", "ended"), ("handler", "now")]
    reset = person(capsys, folder, "reset-password", "li")
    assert Person.objects.get(username="li").check_password(reset["password"])
    assert Person.objects.get(username="li").must_change_password
    person(capsys, folder, "close", "li", "--reason", "left")
    assert not Person.objects.get(username="li").is_active
    assert person(capsys, folder, "reopen", "li")["password"]
    assert Person.objects.get(username="li").is_active
    said = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert said == [
        f"person.{a}" for a in ("add", "post_add", "post_end", "reset_password", "close", "reopen")
    ]


def test_what_is_refused_is_said_in_english_with_exit_2(capsys: Capture, folder: Path) -> None:
    assert "last administrator" in refused(capsys, folder, "close", "admin_140300", "--reason", "x")
    assert "no account nobody" in refused(capsys, folder, "show", "nobody")
    assert "holds 0 posts" in refused(
        capsys, folder, "post-end", "chief_140300", "--role", "admin", "--region", "140300"
    )
    assert "already" in refused(
        capsys, folder, "post-add", "chief_140300", "--role", "chief", "--region", "140300"
    )
    assert "not closed" in refused(capsys, folder, "reopen", "chief_140300")
    assert (
        run(capsys, "--data", folder, "person", "list", "--search", "nobody at all").out
        == "no account fits\n"
    )
