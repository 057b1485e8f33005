"""The log of the installation: what is written is entered with it, and whatever is changed afterwards is named."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from bihuan import clock
from bihuan.registry import decisions, guards
from bihuan.registry.anchors import Root, root
from bihuan.registry.audit import record
from bihuan.registry.hashing import canonical, plain
from bihuan.registry.log import LogEntry, append, is_intact
from bihuan.registry.log_check import check_log, check_root
from bihuan.registry.models import AuditEntry, Site, ValueDecision
from tests.people import City

NOON = datetime(2019, 1, 12, 4, tzinfo=UTC)


def sql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


@pytest.fixture
def decided(city: City) -> ValueDecision:
    """A reviewer's decision between two audit entries: four entries of the log."""
    place = city.regions["140321"]
    site = Site.objects.create(code="S1", name="桃北中学", rank="national", region=place, lon=113.5, lat=37.8)
    record(None, "person.add", "a", role="verifier")
    made = decisions.decide(
        site, ["pm25"], NOON, NOON + timedelta(hours=2), "exclude", "仪器校准", city.person("verifier")
    )
    record(None, "person.add", "b", role="verifier")
    return made


def test_each_row_is_entered_once_in_the_order_of_writing(decided: ValueDecision) -> None:
    assert list(LogEntry.objects.values_list("seq", "kind", "note")) == [
        (1, "registry.auditentry", ""),
        (2, "registry.valuedecision", ""),
        (3, "registry.auditentry", ""),
        (4, "registry.auditentry", ""),
    ]
    assert check_log() == []
    assert is_intact(decided)
    assert (root().entries, root().head) == (4, LogEntry.objects.latest("seq").hash)


def test_what_is_rolled_back_is_not_entered(decided: ValueDecision) -> None:
    with transaction.atomic():
        record(None, "person.add", "c")
        transaction.set_rollback(True)
    assert LogEntry.objects.count() == 4
    assert check_log() == []


TAMPERINGS = {
    "DELETE FROM registry_auditentry WHERE target = 'b'": "is gone, but was entered (log entry 4)",
    "DELETE FROM registry_auditentry WHERE target = 'a'": "is gone, but was entered (log entry 1)",
    "UPDATE registry_auditentry SET target = 'x' WHERE target = 'a'": "was changed after it was entered (log entry 1)",
    "UPDATE registry_auditentry SET address = '10.0.0.1' WHERE target = 'a'": "was changed after it was entered (log entry 1)",
    "UPDATE registry_valuedecision SET reason = 'x'": "was changed after it was entered (log entry 2)",
    "UPDATE registry_valuedecision SET verdict = 'keep'": "was changed after it was entered (log entry 2)",
    "DELETE FROM registry_valuedecision": "is gone, but was entered (log entry 2)",
    "INSERT INTO registry_auditentry (at, real_at, action, target, detail) VALUES ('2019-01-01', '2019-01-01', 'x', 'y', '{}')": "is not in the log",
    "UPDATE registry_logentry SET digest = 'x' WHERE seq = 2": "log entry 2 was changed",
    "UPDATE registry_logentry SET at = '2019-01-01' WHERE seq = 2": "log entry 2 was changed",
    "UPDATE registry_logentry SET previous = 'x' WHERE seq = 3": "log entry 3 does not follow the entry before it",
    "DELETE FROM registry_logentry WHERE seq = 2": "log entries 2 to 2 are missing",
    "DELETE FROM registry_logentry WHERE seq < 3": "log entries 1 to 2 are missing",
    "DELETE FROM registry_logentry WHERE seq = 4": "is not in the log",
}


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_tampering_is_named(decided: ValueDecision, tamper: str) -> None:
    sql(tamper)
    found = [f.why for f in check_log()]
    assert TAMPERINGS[tamper] in found, found


@pytest.mark.parametrize("column", [f.attname for f in AuditEntry._meta.concrete_fields if f.attname != "id"])
def test_an_edit_of_any_column_of_the_audit_log_is_noticed(decided: ValueDecision, column: str) -> None:
    values = {
        "at": NOON,
        "real_at": NOON,
        "detail": {"x": 1},
        "address": "10.9.9.9",
        "person_id": decided.reviewer_id,
    }
    AuditEntry.objects.filter(target="b").update(**{column: values.get(column, "x")})
    assert [f.entry for f in check_log()] == [4]


def test_a_row_written_once_cannot_be_entered_anew_after_a_change(decided: ValueDecision) -> None:
    """Somebody who changes a decision and appends a fitting entry leaves both."""
    ValueDecision.objects.update(reason="x")
    now = ValueDecision.objects.get()
    from bihuan.registry.log import content_of

    append("registry.valuedecision", str(now.pk), content_of(now))
    assert [f.why for f in check_log()] == ["was entered a second time, but is written once"]


def take_away_the_end() -> None:
    """The last audit entry and its entry of the log, together."""
    sql("DELETE FROM registry_auditentry WHERE target = 'b'")
    sql("DELETE FROM registry_logentry WHERE seq = 4")


def write_anew() -> None:
    """Another reason, and every hash of the log as it then must be."""
    ValueDecision.objects.update(reason="x")
    rows = list(LogEntry.objects.order_by("seq"))
    sql("DELETE FROM registry_logentry")
    from bihuan.registry.log import content_of

    for row in rows:
        of = AuditEntry if row.kind == "registry.auditentry" else ValueDecision
        append(row.kind, row.key, content_of(of.objects.get(pk=row.key)))


@pytest.mark.parametrize(
    ("tamper", "why"),
    [(take_away_the_end, "counts 4 log entries, only 3 are there"), (write_anew, "the log was written anew")],
)
def test_a_log_that_fits_itself_is_measured_by_a_kept_root(
    decided: ValueDecision, tamper: Callable[[], None], why: str
) -> None:
    kept = root()
    record(None, "person.add", "later")
    assert list(check_root(kept)) == []
    sql("DELETE FROM registry_auditentry WHERE target = 'later'")
    sql("DELETE FROM registry_logentry WHERE seq = 5")
    tamper()
    assert check_log() == []
    [fault] = check_root(kept)
    assert why in fault.why


def test_the_root_of_an_empty_log_says_nothing(db: None) -> None:
    assert (root().entries, root().head) == (0, "")
    assert list(check_root(Root(0, ""))) == []


@pytest.mark.parametrize("table", ["registry_logentry", "registry_auditentry", "registry_valuedecision"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET at = '2019-01-01'"])
def test_the_database_refuses_changes(decided: ValueDecision, table: str, verb: str) -> None:
    guards.create(connection)
    with pytest.raises(IntegrityError, match="只能追加"):
        sql(verb.format(table))


def test_entering_needs_the_transaction_of_the_row(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bihuan.registry.log.connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="in the transaction that writes it"):
        append("registry.auditentry", "1", {})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab1", max_size=2) | st.integers(0, 20), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(detail=JSON)
def test_a_value_is_hashed_alike_before_it_is_saved_and_after_it_is_read(detail: object) -> None:
    import json

    field = AuditEntry._meta.get_field("detail")
    before = canonical(plain(field, detail))
    stored = json.loads(json.dumps(detail))  # what the database gives back
    assert canonical(plain(field, stored)) == before


@pytest.mark.django_db
def test_time_of_an_entry_is_real_also_in_a_replay(data_dir: object) -> None:
    clock.set_replay(NOON, 0)
    record(None, "replay.set", "x")
    assert AuditEntry.objects.get().at == NOON
    assert abs(LogEntry.objects.get().at - datetime.now(UTC)) < timedelta(hours=1)
