"""Versions that follow each other, on made-up tariffs that no database has: who ends whom, and what is refused; by both ways to end."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from bihuan.kit.registers import succession
from bihuan.kit.registers.declared import BadRegister, Column, Register, Succession
from bihuan.kit.registers.plan import Row
from bihuan.kit.registers.succession import follow, line_of
from bihuan.registry.models import Region
from bihuan.registry.scopes import Within


@isolate_apps("bihuan.registry")
def _model() -> type[models.Model]:
    class Tariff(models.Model):
        SCOPE = Within(region="region")
        region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT)
        thing = models.CharField(max_length=8)
        price = models.FloatField()
        begins = models.DateField()
        ends = models.DateField(null=True)

        class Meta:
            app_label = "registry"

        def __copy__(self) -> "Tariff":
            """Django's own looks the model up among those that are installed."""
            return Tariff(**{f.attname: getattr(self, f.attname) for f in self._meta.fields})

    return Tariff


TARIFF = _model()
COLUMNS = tuple(map(Column, ("region", "thing", "price", "begins", "ends")))


def register(*, last: bool) -> Register:
    """last: `ends` is the last day on which a tariff holds, else the first on which it does not."""
    terms = Succession("begins", "ends", last)
    return Register("tariffs", TARIFF, "价目", COLUMNS, ("thing", "begins"), succession=terms)


OPEN, CLOSED = register(last=False), register(last=True)


def day(number: int) -> date:
    """Days of January 2024."""
    return date(2023, 12, 31) + timedelta(days=number)


def tariff(begins: int, ends: int | None = None, thing: str = "煤") -> Any:
    return TARIFF(thing=thing, price=1.0, begins=day(begins), ends=None if ends is None else day(ends))


def new(number: int, begins: int, ends: int | None = None, thing: str = "煤") -> Row:
    target = tariff(begins, ends, thing)
    values = {"thing": thing, "price": 1.0, "begins": target.begins, "ends": target.ends}
    return Row(number, (thing, target.begins), values, target=target, new=True, after=dict(values))


def change(number: int, there: Any, **after: Any) -> Row:
    """What a file says of a registered version."""
    target = TARIFF(thing=there.thing, price=there.price, begins=there.begins, ends=there.ends)
    before = {name: getattr(there, name) for name in after}
    for name, value in after.items():
        setattr(target, name, value)
    return Row(number, (there.thing, there.begins), dict(after), target=target, before=before, after=after)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The registered versions, as a test puts them there."""
    known: list[Any] = []

    def versions(of: Register, lines: Sequence[Any]) -> dict[Any, list[Any]]:
        rows = sorted(known, key=lambda v: v.begins)
        return {line: [v for v in rows if line_of(of, v) == line] for line in lines}

    monkeypatch.setattr(succession, "versions", versions)
    return known


def why(row: Row) -> list[tuple[str, str]]:
    return [(p.name, p.why) for p in row.problems]


@pytest.mark.parametrize(("of", "end"), [(OPEN, 10), (CLOSED, 9)])
def test_a_new_version_ends_the_one_before_it_on_the_day_before(
    there: list[Any], of: Register, end: int
) -> None:
    there.append(tariff(1))
    row = new(2, 10)
    (cut,) = follow(of, [row])
    assert row.cuts is cut
    assert (cut.before, cut.after) == ({"ends": None}, {"ends": day(end)})
    assert (cut.target.begins, cut.target.ends) == (day(1), day(end))  # type: ignore[union-attr]
    assert there[0].ends is None  # nothing is done yet
    assert row.problems == []


@pytest.mark.parametrize(
    ("of", "ends", "cut"), [(OPEN, 10, 0), (OPEN, 9, 0), (OPEN, 11, 1), (CLOSED, 9, 0), (CLOSED, 10, 1)]
)
def test_a_version_that_had_ended_by_then_is_left_alone(
    there: list[Any], of: Register, ends: int, cut: int
) -> None:
    there.append(tariff(1, ends))
    assert len(follow(of, [new(2, 10)])) == cut


def test_of_another_thing_nothing_is_ended(there: list[Any]) -> None:
    there.append(tariff(1))
    assert follow(OPEN, [new(2, 10, thing="油")]) == []


@pytest.mark.parametrize("begins", [9, 10])
def test_a_version_that_begins_no_later_than_the_last_is_refused(there: list[Any], begins: int) -> None:
    there.append(tariff(10))
    row = new(2, begins)
    assert follow(OPEN, [row]) == []
    assert why(row) == [("begins", "已有自 2024-01-10 起的一版")]


@pytest.mark.parametrize("order", [(5, 10, 20), (20, 5, 10), (10, 20, 5)])
def test_a_whole_history_comes_in_any_order_and_each_ends_the_one_before(
    there: list[Any], order: Sequence[int]
) -> None:
    there.append(tariff(1))
    rows = [new(number, begins) for number, begins in enumerate(order, 2)]
    (cut,) = follow(OPEN, rows)
    assert cut.after == {"ends": day(5)}
    ends = {row.target.begins: row.target.ends for row in rows}  # type: ignore[union-attr]
    assert ends == {day(5): day(10), day(10): day(20), day(20): None}
    assert {row.after["begins"]: row.after["ends"] for row in rows} == ends


def test_two_of_a_file_that_say_they_overlap_are_told_by_their_rows(there: list[Any]) -> None:
    first, second = new(2, 5, 15), new(3, 10)
    follow(OPEN, [first, second])
    assert why(first) == []
    assert why(second) == [("begins", "与第 2 行的有效期重叠")]
    touching = [new(2, 5, 10), new(3, 10)]
    follow(OPEN, touching)
    assert [why(row) for row in touching] == [[], []]


@pytest.mark.parametrize(
    ("of", "ends", "refused"),
    [(OPEN, 4, True), (OPEN, 5, True), (OPEN, 6, False), (CLOSED, 4, True), (CLOSED, 5, False)],
)
def test_a_version_holds_for_a_day_at_least(there: list[Any], of: Register, ends: int, refused: bool) -> None:
    row = new(2, 5, ends)
    follow(of, [row])
    assert why(row) == ([("ends", "有效期的结束早于开始")] if refused else [])


def test_what_is_registered_is_not_changed_and_the_column_is_named(there: list[Any]) -> None:
    there.append(tariff(1))
    row = change(2, there[0], price=2.0, ends=day(9))
    follow(OPEN, [row])
    assert why(row) == [("price", "登记过的一版不再修改")]


@pytest.mark.parametrize(
    ("of", "ends", "refused"),
    [(OPEN, 10, False), (OPEN, 11, True), (CLOSED, 9, False), (CLOSED, 10, True), (OPEN, None, True)],
)
def test_an_end_by_hand_does_not_reach_into_the_next(
    there: list[Any], of: Register, ends: int | None, refused: bool
) -> None:
    there += [tariff(1, 5), tariff(10)]
    row = change(2, there[0], ends=None if ends is None else day(ends))
    follow(of, [row])
    assert why(row) == ([("ends", "已有自 2024-01-10 起的一版")] if refused else [])


def test_the_last_version_is_ended_and_opened_again_by_hand(there: list[Any]) -> None:
    there += [tariff(1, 10), tariff(10, 20)]
    for ends in (None, day(30)):
        row = change(2, there[1], ends=ends)
        follow(OPEN, [row])
        assert why(row) == []
    turned = change(2, there[1], ends=day(9))
    follow(OPEN, [turned])
    assert why(turned) == [("ends", "有效期的结束早于开始")]


def test_a_row_that_is_refused_already_or_says_nothing_ends_nobody(there: list[Any]) -> None:
    there.append(tariff(1))
    wrong, same = new(2, 10), Row(3, ("煤", day(1)), {}, target=tariff(1))
    wrong.problems.append(succession.Problem("price", "x", "不是数字", ""))
    assert follow(OPEN, [wrong, same]) == []
    assert wrong.cuts is None


@given(st.sets(st.integers(1, 300), min_size=1, max_size=8), st.booleans())
def test_after_any_history_every_day_has_one_version_from_the_first_on(begins: set[int], last: bool) -> None:
    of = register(last=last)
    rows = [new(number, first) for number, first in enumerate(sorted(begins), 2)]
    follow_alone(of, rows)
    spans = [(r.target.begins, r.target.ends) for r in rows]  # type: ignore[union-attr]
    for (_, end), (begin, _) in pairwise(spans):
        assert end == (begin - timedelta(days=1) if last else begin)
    assert spans[-1][1] is None


def follow_alone(of: Register, rows: Sequence[Row]) -> None:
    """Where nothing is registered yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(succession, "versions", lambda _of, lines: {line: [] for line in lines})
        assert follow(of, rows) == []


def test_a_register_whose_versions_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises(BadRegister, match="versions are told apart by begins"):
        Register("t", TARIFF, "价目", COLUMNS, ("thing",), succession=Succession("begins", "ends"))
    assert (OPEN.line, OPEN.end) == (("thing",), "ends")
    assert (Succession("a", "b").before(day(10)), Succession("a", "b", last=True).before(day(10))) == (
        day(10),
        day(9),
    )
