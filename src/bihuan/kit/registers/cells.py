"""One cell of a file: what it holds as a value of its field, or why it cannot be taken; and a value as a cell."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from math import isfinite
from typing import Any
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from bihuan.domain.places.angles import degrees
from bihuan.domain.places.faults import BadPlace
from bihuan.domain.timeaxis import CST, day_start, meant, parse_moment
from bihuan.kit.place_words import fault_words
from bihuan.kit.registers.declared import Form, Register, Secret
from bihuan.kit.registers.references import References
from bihuan.printable import printable

YES = {"是", "有", "y", "yes", "true", "1", "√", "✓", "对"}
NO = {"否", "无", "n", "no", "false", "0", "×", "x", "错", ""}
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?)?")
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
SERIAL = re.compile(r"[2-7]\d{4}(?:\.0+)?")
"""Days of Excel from 1954 to 2119, as a cell gives them that lost its format."""
FIRST_DAY = date(1899, 12, 30)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
GUARDED = re.compile(r"'+[=+\-@\t\r]")
"""How a cell begins that a spreadsheet must not run, behind the apostrophe of whoever wrote the file."""
REPEATED = {Form.CHOICE, Form.REFERENCE, Form.YES_NO, Form.DAY, Form.MOMENT}
"""What the cells of a column hold again and again, so that it is read once."""
Reader = Callable[[str], Any]


class Wrong(Exception):
    """A cell that cannot be taken: why, and how to mend it, in the reader's language."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why)
        self.why, self.remedy = why, remedy


def plain(text: str) -> str:
    """Full-width characters as plain ones, no blanks around."""
    return normalize("NFKC", text).strip()


def readers(register: Register, references: Mapping[str, References]) -> dict[str, Reader]:
    """For each column the function that makes a value of a cell. It raises Wrong."""
    return {name: reader(register, name, references.get(name)) for name in register.named}


def reader(register: Register, name: str, references: References | None = None) -> Reader:
    """The same of one column; one that names other objects needs to know which there are."""
    field, column, form = register.field(name), register.named[name], register.form(name)
    parse = _parser(register, name, references)
    empty = _empty(field)
    demanded = register.required(name)
    low, high = column.low, column.high
    numeric, validators = form in (Form.NUMBER, Form.WHOLE), field.validators

    def read(text: str) -> Any:
        text = (text if text.isprintable() else printable(text)).strip()
        text = text[1:].strip() if GUARDED.match(text) else text
        if not text:
            if demanded:
                raise Wrong(_("没有填写"), _("必填，请补上"))
            return empty
        value = parse(text)
        if numeric:
            _within(value, low, high)
        for validate in validators:
            _ask(field, validate, value)
        return value

    return lru_cache(maxsize=4096)(read) if form in REPEATED else read


def secret(told: Secret, text: str) -> str:
    """What is entered of a secret. Raises Wrong, without it."""
    try:
        told.check(text)
    except ValueError as error:
        raise Wrong(str(error), _("核对后重填")) from error
    return text


def _ask(field: "models.Field[Any, Any]", validate: Callable[[Any], None], value: Any) -> None:
    try:
        validate(value)
    except ValidationError as error:
        raise Wrong(" ".join(error.messages), _remedy(field)) from error


def _empty(field: "models.Field[Any, Any]") -> Any:
    if field.null:
        return None
    return field.get_default() if field.has_default() else ""


def _remedy(field: "models.Field[Any, Any]") -> str:
    if field.max_length:
        return _("最多 %(most)s 个字符，请缩短") % {"most": field.max_length}
    return _("请改成允许的值")


def _within(value: Any, low: float | None, high: float | None) -> None:
    if (low is not None and value < low) or (high is not None and value > high):
        raise Wrong(_("超出允许范围"), _range(low, high))


def _range(low: float | None, high: float | None) -> str:
    if high is None:
        return _("不得小于 %(least)s，核对数值和单位") % {"least": f"{low:g}"}
    if low is None:
        return _("不得大于 %(most)s，核对数值和单位") % {"most": f"{high:g}"}
    return _("应在 %(least)s 与 %(most)s 之间，核对数值和单位") % {"least": f"{low:g}", "most": f"{high:g}"}


def _parser(register: Register, name: str, references: References | None) -> Reader:
    field, form = register.field(name), register.form(name)
    if form is Form.CHOICE:
        return _choice(field)
    if form is Form.REFERENCE:
        assert references is not None
        return _reference(references)
    if isinstance(field, models.DecimalField):
        return _decimal(field)
    if name in ("lon", "lat"):
        return lambda text: _angle(text, name)
    if form is Form.TEXT and field.primary_key:
        return _code
    if form is Form.TEXT and name != "name" and (field.unique or name in register.key):
        return plain  # a number; names keep their own brackets
    return PARSERS[form]


def _code(text: str) -> str:
    """A code stands in addresses of pages, in one piece."""
    word = plain(text)
    if "/" in word or not word.strip("."):
        raise Wrong(_("编码里不能有“/”，也不能只有“.”"), _("换成字母、数字或“-”"))
    return word


def _choice(field: "models.Field[Any, Any]") -> Reader:
    told = [(value, str(label)) for value, label in field.flatchoices]
    by_text = {plain(_(label)): value for value, label in told}
    by_text |= {plain(label): value for value, label in told} | {str(value): value for value, _label in told}

    def read(text: str) -> Any:
        found = by_text.get(plain(text))
        if found is None:
            raise Wrong(
                _("不在可选项之内"),
                _("可选：%(all)s") % {"all": "、".join(_(label) for _value, label in told)},
            )
        return found

    return read


def _reference(references: References) -> Reader:
    def read(text: str) -> Any:
        found = references.keys.get(text, references.keys.get(plain(text)))
        if found is None:
            near = references.nearest(plain(text))
            remedy = _("先登记它，或改成已登记的编码或全称")
            if near:
                remedy = _("是不是：%(near)s？否则先登记它") % {"near": "、".join(near)}
            raise Wrong(_("没有登记过"), remedy)
        return found

    return read


def _decimal(field: "models.DecimalField[Any, Any]") -> Reader:
    def read(text: str) -> Decimal:
        try:
            value = Decimal(_bare(text))
        except InvalidOperation as error:
            raise _no_number() from error
        if not value.is_finite() or "_" in plain(text):
            raise _no_number()
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > field.decimal_places:
            raise Wrong(_("小数位数过多"), _("最多 %(most)s 位小数") % {"most": field.decimal_places})
        return value

    return read


def _bare(text: str) -> str:
    bare = plain(text).replace(" ", "")
    return bare.replace(",", "") if THOUSANDS.fullmatch(bare) else bare


def _no_number() -> Wrong:
    return Wrong(_("不是数字"), _("只填数字，单位写在表头里"))


def _number(text: str) -> float:
    try:
        value = float(_bare(text))
    except ValueError as error:
        raise _no_number() from error
    if not isfinite(value) or "_" in plain(text):
        raise _no_number()
    return value


def _whole(text: str) -> int:
    value = _number(text)
    if not value.is_integer():
        raise Wrong(_("不是整数"), _("请填整数"))
    return int(value)


def _angle(text: str, axis: str) -> float:
    try:
        return degrees(text, axis)
    except BadPlace as error:
        raise Wrong(*fault_words(error.fault)) from error


def _yes_no(text: str) -> bool:
    word = plain(text).lower()
    if word not in YES | NO:
        raise Wrong(_("不是“是”或“否”"), _("填“是”或“否”"))
    return word in YES


def _day(text: str) -> date:
    word = plain(text)
    found = DAY.fullmatch(word) or COMPACT.fullmatch(word)
    if SERIAL.fullmatch(word) and not COMPACT.fullmatch(word):
        return FIRST_DAY + timedelta(days=int(float(word)))
    try:
        if found is None:
            raise ValueError(word)
        year, month, day = map(int, found.groups())
        return meant(datetime(year, month, day)).date()  # noqa: DTZ001 - only its day is kept
    except ValueError as error:
        raise Wrong(_("不是日期"), _("写成 2024-01-31")) from error


def _moment(text: str) -> datetime:
    word = plain(text).replace("/", "-")
    try:
        return parse_moment(word)
    except ValueError:
        pass
    try:
        return day_start(_day(text))
    except Wrong as error:
        raise Wrong(_("不是时间"), _("写成 2024-01-31 08:00（北京时间）")) from error


def _shape(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Wrong(_("不是 GeoJSON"), _("填一个 GeoJSON 几何对象，或用图形文件导入")) from error
    if not isinstance(found, dict) or "type" not in found:
        raise Wrong(_("不是 GeoJSON"), _("填一个 GeoJSON 几何对象，或用图形文件导入"))
    return found


PARSERS: dict[Form, Reader] = {
    Form.TEXT: str,
    Form.NUMBER: _number,
    Form.WHOLE: _whole,
    Form.YES_NO: _yes_no,
    Form.DAY: _day,
    Form.MOMENT: _moment,
    Form.SHAPE: _shape,
}


def written(register: Register, name: str, value: Any, references: References | None = None) -> str:
    """A value as the text of a cell that `readers` makes the same value of."""
    if value is None or value == "":
        return ""
    match register.form(name):
        case Form.CHOICE:
            return str(dict(register.field(name).flatchoices).get(value, value))
        case Form.REFERENCE:
            return references.texts.get(value, str(value)) if references else str(value)
        case Form.YES_NO:
            return "是" if value else "否"
        case Form.MOMENT:
            return str(value.astimezone(CST).isoformat(sep=" ")).removesuffix("+08:00")
        case Form.SHAPE:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case Form.NUMBER if isinstance(value, float):
            return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case Form.TEXT:
            return f"'{value}" if GUARDED.match(value) else str(value)
    return str(value)
