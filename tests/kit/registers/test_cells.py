"""One cell of a file as a value of its field: what an office writes, what cannot be taken and why, and back again."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.timeaxis import CST, FIRST_YEAR, LAST_YEAR
from bihuan.kit.registers.cells import Wrong, plain, reader, readers, secret, written
from bihuan.kit.registers.declared import Column, Form, Register, Secret
from bihuan.kit.registers.references import References, naming_field, telling_field
from bihuan.registry.models import Measure, Organisation, Person, Region, Site
from bihuan.registry.scopes import Within
from tests.kit.registers.world import MEASURES, SITES, UNITS
from tests.people import City


@isolate_apps("bihuan.registry")
def _made() -> Register:
    """A register with a field of every form, of a model that no database has."""

    class Thing(models.Model):
        SCOPE = Within(region="region")
        code = models.CharField(max_length=8, primary_key=True)
        name = models.CharField(max_length=12)
        note = models.TextField(blank=True)
        region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT)
        length = models.FloatField(null=True)
        count = models.IntegerField(default=7)
        price = models.DecimalField(max_digits=6, decimal_places=2, null=True)
        open = models.BooleanField(default=False)
        since = models.DateField(null=True)
        seen = models.DateTimeField(null=True)
        colour = models.CharField(max_length=4, choices=[("r", "红"), ("b", "蓝（深）")], blank=True)
        shape = models.JSONField(null=True)

        class Meta:
            app_label = "registry"

    plain_ones = map(Column, ("code", "name", "note", "region", "open", "since", "seen", "colour", "shape"))
    numbers = (
        Column("length", unit="m", low=0, high=100), Column("count", low=1), Column("price", unit="元", low=0),
    )  # fmt: skip
    return Register("things", Thing, "物件", (*plain_ones, *numbers))


THINGS = _made()


def read(name: str, text: str) -> Any:
    return reader(THINGS, name)(text)


def why(name: str, text: str) -> tuple[str, str]:
    """Why a cell cannot be taken, and what to do."""
    with pytest.raises(Wrong) as caught:
        read(name, text)
    return caught.value.why, caught.value.remedy


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0), (" 12.50 ", 12.5), ("１２．５", 12.5), ("+3", 3.0), ("1e1", 10.0), (".5", 0.5), ("0", 0.0), ("-0", 0.0),
        ("1 2", 12.0), ("100", 100.0), ("12\u3000", 12.0), ("'+3", 3.0),
    ],
)  # fmt: skip
def test_a_number_is_read_as_an_office_writes_it(text: str, value: float) -> None:
    assert read("length", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234", 1234), ("1，234", 1234), ("12,345,678", 12345678), ("5.0", 5), ("1e3", 1000)],
)
def test_a_whole_number_may_have_marks_of_thousands(text: str, value: int) -> None:
    found = read("count", text)
    assert (found, type(found)) == (value, int)


@pytest.mark.parametrize("text", ["12m", "约12", "1,23", "1_000", "--1", "0x10", "nan", "inf", "-inf", "12 %", "一", "1.2.3"])  # fmt: skip
@pytest.mark.parametrize("name", ["length", "count", "price"])
def test_what_is_no_number_is_said_to_be_none(name: str, text: str) -> None:
    assert why(name, text) == ("不是数字", "只填数字，单位写在表头里")


@pytest.mark.parametrize("text", ["5.5", "0.1"])
def test_a_count_has_no_fraction(text: str) -> None:
    assert why("count", text) == ("不是整数", "请填整数")


@pytest.mark.parametrize(
    ("name", "text", "remedy"),
    [
        ("length", "-0.1", "应在 0 与 100 之间，核对数值和单位"),
        ("length", "100.1", "应在 0 与 100 之间，核对数值和单位"),
        ("count", "0", "不得小于 1，核对数值和单位"),
        ("price", "-1", "不得小于 0，核对数值和单位"),
    ],
)
def test_a_number_outside_its_range_is_told_the_range(name: str, text: str, remedy: str) -> None:
    assert why(name, text) == ("超出允许范围", remedy)


def test_a_length_that_no_number_can_hold_is_none() -> None:
    assert why("length", "1e400") == ("不是数字", "只填数字，单位写在表头里")


def test_a_count_that_no_database_can_hold_is_refused() -> None:
    assert why("count", "1e300")[0]
    assert why("count", "99999999999999999999")[0]


@pytest.mark.parametrize(("text", "value"), [("1.50", "1.50"), ("1,234.5", "1234.5"), ("9999.99", "9999.99"), ("1e3", "1000")])  # fmt: skip
def test_money_keeps_its_digits(text: str, value: str) -> None:
    assert read("price", text) == Decimal(value)


def test_money_has_so_many_digits_and_no_more() -> None:
    assert why("price", "1.005") == ("小数位数过多", "最多 2 位小数")
    assert why("price", "12345.00")[0]  # six digits in all


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "１_０"])
def test_money_is_a_finite_number(text: str) -> None:
    """Python's decimals know more: they would break every comparison after it."""
    assert why("price", text) == ("不是数字", "只填数字，单位写在表头里")


DAYS = [
    ("2024-01-31", date(2024, 1, 31)), ("2024/1/31", date(2024, 1, 31)), ("2024.1.31", date(2024, 1, 31)),
    ("2024年1月31日", date(2024, 1, 31)), ("２０２４－０１－３１", date(2024, 1, 31)), ("20240131", date(2024, 1, 31)),
    ("2024-01-31 00:00:00", date(2024, 1, 31)), ("2024-01-31T00:00", date(2024, 1, 31)), ("2024-02-29", date(2024, 2, 29)),
    ("45322", date(2024, 1, 31)), ("45322.0", date(2024, 1, 31)), ("43466", date(2019, 1, 1)), ("60000", date(2064, 4, 8)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_a_day_is_read_in_every_way_it_is_written_in_china_and_as_a_serial_of_excel(
    text: str, day: date
) -> None:
    assert read("since", text) == day


@pytest.mark.parametrize("text", ["2023-02-29", "2024-13-01", "31.1.2024", "2024-01-31 08:00", "1月31日", "今天", "1234", "99999999", "0000-01-01", "9999-12-31", "24-01-31"])  # fmt: skip
def test_what_is_no_day_is_refused(text: str) -> None:
    assert why("since", text) == ("不是日期", "写成 2024-01-31")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-31 08:00", datetime(2024, 1, 31, 0, tzinfo=UTC)),
        ("2024/01/31 08:00", datetime(2024, 1, 31, 0, tzinfo=UTC)),
        ("2024-01-31T08:00:30", datetime(2024, 1, 31, 0, 0, 30, tzinfo=UTC)),
        ("2024-01-31T08:00+00:00", datetime(2024, 1, 31, 8, tzinfo=UTC)),
        ("2024-01-01", datetime(2023, 12, 31, 16, tzinfo=UTC)),
        ("2024年1月1日", datetime(2023, 12, 31, 16, tzinfo=UTC)),
        ("45322", datetime(2024, 1, 30, 16, tzinfo=UTC)),
    ],
)
def test_a_moment_is_one_of_china_unless_it_says_otherwise(text: str, moment: datetime) -> None:
    assert read("seen", text) == moment


@pytest.mark.parametrize("text", ["8点", "2024-01-31 25:00", "08:00", "2024-02-30 08:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    assert why("seen", text) == ("不是时间", "写成 2024-01-31 08:00（北京时间）")


@pytest.mark.parametrize(("texts", "value"), [("是 有 Y yes TRUE 1 √ ✓ 对 ｙ", True), ("否 无 n No false 0 × X 错", False)])  # fmt: skip
def test_yes_and_no_in_all_their_signs(texts: str, value: bool) -> None:
    for text in texts.split():
        assert read("open", text) is value, text
    assert why("open", "大概") == ("不是“是”或“否”", "填“是”或“否”")


def test_a_choice_is_named_by_its_label_in_either_language_or_by_its_value() -> None:
    for text in ("红", " 红 ", "r"):
        assert read("colour", text) == "r"
    assert read("colour", "蓝(深)") == read("colour", "蓝（深）") == "b"
    assert why("colour", "绿") == ("不在可选项之内", "可选：红、蓝（深）")
    with translation.override("en"):
        assert reader(SITES, "rank")("National") == reader(SITES, "rank")("国控") == Site.Rank.NATIONAL


@pytest.mark.parametrize("code", ["A/1", ".", "..", "／"])
def test_a_code_can_stand_in_an_address(code: str) -> None:
    assert why("code", code) == ("编码里不能有“/”，也不能只有“.”", "换成字母、数字或“-”")


def test_a_code_is_plain_and_a_name_keeps_its_brackets() -> None:
    assert read("code", "Ｘ００１") == "X001"
    assert read("name", "一厂（东区）") == "一厂（东区）"
    assert why("name", "长" * 13)[1] == "最多 12 个字符，请缩短"
    assert why("code", "123456789")[1] == "最多 8 个字符，请缩短"


def test_what_is_empty_is_nothing_the_default_or_refused() -> None:
    for text in ("", "  ", "\u3000", "\x00"):
        assert read("length", text) is None
        assert read("count", text) == 7
        assert read("note", text) == ""
        assert read("open", text) is False
        assert why("code", text) == ("没有填写", "必填，请补上")
        assert why("name", text) == ("没有填写", "必填，请补上")


@pytest.mark.parametrize(
    ("text", "value"),
    [("'=1+1", "=1+1"), ("''=1+1", "'=1+1"), ("'-3", "-3"), ("'甲", "'甲"), ("a\x00b\x08", "ab")],
)
def test_the_guard_against_formulas_is_taken_off_again(text: str, value: str) -> None:
    assert read("note", text) == value


@pytest.mark.parametrize("text", ["{", "[1,2]", "{}", "点", '"Point"', "[" * 100_000])
def test_what_is_no_geojson_is_refused(text: str) -> None:
    assert why("shape", text)[0] == "不是 GeoJSON"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
INSTANTS = st.datetimes(datetime(FIRST_YEAR + 1, 1, 1), datetime(LAST_YEAR - 1, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": TEXTS, "note": TEXTS, "length": st.floats(0, 100), "count": st.integers(1, 2**31 - 1), "open": st.booleans(),
    "price": st.decimals(0, 9999, places=2), "since": st.dates(date(1954, 1, 1), date(2119, 1, 1)),
    "seen": INSTANTS, "colour": st.sampled_from(["r", "b"]), "shape": st.just({"type": "Point", "coordinates": [113.5, 37.9]}),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_what_is_written_into_a_cell_is_read_as_the_same(name: str) -> None:
    @given(VALUES[name])
    def there_and_back(value: Any) -> None:
        assert read(name, written(THINGS, name, value)) == value

    there_and_back()


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("length", 12.0, "12"), ("length", 0.1, "0.1"), ("length", None, ""), ("note", "", ""), ("open", True, "是"),
        ("open", False, "否"), ("colour", "b", "蓝（深）"), ("colour", "gone", "gone"), ("since", date(2024, 1, 31), "2024-01-31"),
        ("seen", datetime(2023, 12, 31, 16, tzinfo=UTC), "2024-01-01 00:00:00"), ("note", "'=1", "''=1"),
        ("price", Decimal("1.50"), "1.50"), ("shape", {"type": "Point"}, '{"type":"Point"}'),
    ],
)  # fmt: skip
def test_a_value_stands_in_a_cell_as_people_read_it(name: str, value: Any, text: str) -> None:
    assert written(THINGS, name, value) == text


def outcome(read_cell: Callable[[str], Any], text: str) -> Any:
    """The value of a cell, or the refusal."""
    try:
        return read_cell(text)
    except Wrong as error:
        return error


@given(st.text(max_size=20))
def test_no_text_whatever_breaks_a_reader(text: str) -> None:
    """It is a value or a sentence."""
    for name, read_cell in readers(THINGS, {"region": NOBODY}).items():
        found = outcome(read_cell, text)
        if isinstance(found, Wrong):
            assert found.why, name
            assert found.remedy, name
        if isinstance(found, float):
            assert math.isfinite(found)


class _Nobody(References):
    """No object at all."""

    def __init__(self) -> None:
        self.texts, self.keys = {}, {}


NOBODY = _Nobody()


@pytest.mark.parametrize(
    ("text", "value"), [("ＡＢ（１）", "AB(1)"), ("\u3000甲 ", "甲"), ("①", "1"), ("", "")]
)
def test_full_width_signs_become_plain_ones(text: str, value: str) -> None:
    assert plain(text) == value


def test_a_secret_that_cannot_be_is_refused_without_being_repeated() -> None:
    def at_least_three(text: str) -> None:
        if len(text) < 3:
            raise ValueError("太短")

    told = Secret("key", "密钥", "", at_least_three)
    assert secret(told, "abc") == "abc"
    with pytest.raises(Wrong) as caught:
        secret(told, "zq")
    assert (caught.value.why, caught.value.remedy) == ("太短", "核对后重填")
    assert "zq" not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "telling", "naming"),
    [
        (Region, "code", "name"), (Site, "code", "name"), (Organisation, "name", "name"), (Person, "username", "full_name"),
        (Measure, "id", "id"),
    ],
)  # fmt: skip
def test_an_object_is_named_by_its_code_else_by_its_first_unique_text(
    model: type[models.Model], telling: str, naming: str
) -> None:
    assert (telling_field(model), naming_field(model)) == (telling, naming)


def test_a_cell_names_another_object_by_code_or_by_a_name_that_only_one_has(city: City) -> None:
    Region.objects.create(code="140399", name="城区")
    region = reader(SITES, "region", References(Region))
    assert region("140321") == region("平定县") == region(" 平定县 ") == "140321"
    assert region("１４０３２１") == "140321"
    for text, said in (("城区", "没有登记过"), ("平定", "没有登记过"), ("甲国", "没有登记过")):
        with pytest.raises(Wrong) as caught:
            region(text)
        assert caught.value.why == said
    with pytest.raises(Wrong) as caught:
        region("平定")
    assert caught.value.remedy == "是不是：平定县？否则先登记它"
    with pytest.raises(Wrong) as caught:
        region("甲国")
    assert caught.value.remedy == "先登记它，或改成已登记的编码或全称"


def test_a_code_counts_before_a_name_that_is_written_alike(city: City) -> None:
    Region.objects.create(code="140398", name="140321")
    assert References(Region).keys["140321"] == "140321"


def test_only_those_among_whom_it_may_choose_are_known(city: City) -> None:
    few = References(Region, Region.objects.filter(pk="140321"))
    assert few.texts == {"140321": "140321"}
    assert few.nearest("140322") == ["140321"]
    assert written(SITES, "region", "140321", few) == "140321"
    assert written(SITES, "region", "140322", few) == "140322"
    assert written(UNITS, "region", None, few) == ""


def test_every_form_of_a_field_is_told_from_its_kind() -> None:
    assert {n: THINGS.form(n) for n in THINGS.named} == {
        "code": Form.TEXT, "name": Form.TEXT, "note": Form.TEXT, "region": Form.REFERENCE, "open": Form.YES_NO, "since": Form.DAY,
        "seen": Form.MOMENT, "colour": Form.CHOICE, "shape": Form.SHAPE, "length": Form.NUMBER, "count": Form.WHOLE,
        "price": Form.NUMBER,
    }  # fmt: skip
    assert [n for n in THINGS.named if THINGS.required(n)] == ["code", "name"]
    assert (THINGS.head_of("length"), THINGS.placed, THINGS.end) == ("length（m）", False, "")
    assert (SITES.placed, SITES.end, SITES.has("lon", "lat"), SITES.has("lon", "x")) == (
        True,
        "until",
        True,
        False,
    )
    assert MEASURES.line == ("emitter", "level", "pollutant")


@pytest.mark.parametrize(
    "make", [lambda: datetime(2024, 1, 31, 8, tzinfo=CST), lambda: datetime(2024, 1, 31, 0, tzinfo=UTC)]
)
def test_a_moment_stands_as_the_clock_of_china_whatever_zone_it_came_in(make: Callable[[], datetime]) -> None:
    assert written(THINGS, "seen", make()) == "2024-01-31 08:00:00"
    assert read("seen", written(THINGS, "seen", make() + timedelta(microseconds=5))) == make() + timedelta(
        microseconds=5
    )
