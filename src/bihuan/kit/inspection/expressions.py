"""Expressions of forms (XPath 1.0 with the functions of ODK XForms), evaluated by the server over an answer.

Dates inside an answer are days since 1970 (`Answered` puts them there), so that they compare and add as in ODK.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from lxml import etree

from bihuan.domain.timeaxis import CST

JR = "http://openrosa.org/javarosa"
DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL = re.compile(r"([A-Za-z_][\w.:-]*)\s*\(")
_ROUND = re.compile(r"(?<![\w.-])round\s*\(")
_ANSWER = "bihuan"
_NO_FUNCTIONS = {"and", "or", "div", "mod", "text", "node", "comment"}
_BUILT_IN = {
    "boolean", "ceiling", "concat", "contains", "count", "false", "floor", "last", "local-name", "name", "not", "number",
    "position", "round", "starts-with", "string", "string-length", "substring", "substring-after", "substring-before",
    "sum", "translate", "true",
}  # fmt: skip


class BadExpression(ValueError):
    """An expression that cannot be read; says why."""


def text_of(value: Any) -> str:
    """A value of XPath as text; of nodes the first counts."""
    if isinstance(value, list):
        return "".join(value[0].itertext()) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.15g}"
    return str(value)


def number_of(value: Any) -> float:
    """A value of XPath as a number; NaN for what is none."""
    if isinstance(value, bool | int | float):
        return float(value)
    try:
        return float(text_of(value))
    except ValueError:
        return math.nan


def truth_of(value: Any) -> bool:
    """A value of XPath as a condition."""
    if isinstance(value, float):
        return bool(value) and not math.isnan(value)
    return bool(value)


def days_of(text: str) -> float:
    """A date or moment as days since 1970, a date from its midnight in UTC as ODK counts. Raises ValueError."""
    if "T" in text:
        moment = datetime.fromisoformat(text)
        return ((moment if moment.tzinfo else moment.replace(tzinfo=CST)) - _EPOCH) / DAY
    return float(date.fromisoformat(text).toordinal() - _EPOCH.toordinal())


def date_of(days: float) -> str:
    """Days since 1970 as a date; empty for what is none."""
    if not math.isfinite(days):
        return ""
    ordinal = _EPOCH.toordinal() + math.floor(days)
    return date.fromordinal(ordinal).isoformat() if 0 < ordinal <= date.max.toordinal() else ""


def _date(value: Any) -> float:
    if isinstance(value, float):
        return value
    text = text_of(value)
    try:
        return float(text) if re.fullmatch(r"-?[\d.]+", text) else days_of(text)
    except ValueError:
        return math.nan


_FORMS = {
    "%Y": "%Y", "%y": "%y", "%m": "%m", "%n": "%-m", "%d": "%d", "%e": "%-d", "%H": "%H", "%h": "%-H", "%M": "%M", "%S": "%S",
}  # fmt: skip


def _formatted(value: Any, form: Any) -> str:
    days = _date(value)
    if not math.isfinite(days):
        return ""
    moment = _EPOCH + timedelta(days=days)
    moment = moment if days == math.floor(days) else moment.astimezone(CST)
    return re.sub("%[A-Za-z]", lambda m: moment.strftime(_FORMS.get(m[0], m[0])), text_of(form))


def _words(value: Any) -> list[str]:
    return text_of(value).split()


def _numbers(values: tuple[Any, ...]) -> list[float]:
    every = [n for v in values for n in (v if isinstance(v, list) else [v])]
    found = [number_of([n] if etree.iselement(n) else n) for n in every if not etree.iselement(n) or n.text]
    return [n for n in found if not math.isnan(n)]


def _rounded(value: Any, digits: Any = 0.0) -> float:
    number, places = number_of(value), number_of(digits)
    if not math.isfinite(number) or not math.isfinite(places):
        return math.nan
    shift = Decimal(10) ** int(places)
    return float(math.floor(Decimal(f"{number:.15g}") * shift + Decimal("0.5")) / shift)


def _all(value: Any) -> list[Any]:
    return [text_of([n]) for n in value] if isinstance(value, list) else [text_of(value)]


def matches(text: str, pattern: str) -> bool:
    """Is the pattern found in a text? In time linear in both: whoever writes a form cannot make the server hang.

    The engine is that of polars (Rust regex), which knows no look-around and no back-references. Raises BadExpression for these
    and for whatever else is no pattern.
    """
    try:
        return bool(pl.Series([text]).str.contains(pattern).item())
    except pl.exceptions.ComputeError as error:
        told = [
            line.removeprefix("error: ")
            for line in str(error).splitlines()
            if line.startswith(("error:", "Compiled"))
        ]
        raise BadExpression(f"regex: {' '.join(told)}") from error


def _math(function: Callable[..., float]) -> Callable[..., float]:
    def safe(*values: Any) -> float:
        try:
            return float(function(*map(number_of, values)))
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan

    return safe


def _at(words: Any, place: Any) -> str:
    found, n = _words(words), number_of(place)
    return found[int(n)] if 0 <= n < len(found) else ""


_PURE: Mapping[str, Callable[..., Any]] = {
    "if": lambda asked, yes, no: yes if truth_of(asked) else no,
    "coalesce": lambda first, second: text_of(first) or text_of(second),
    "selected": lambda answer, one: text_of(one).strip() in _words(answer),
    "selected-at": _at,
    "count-selected": lambda answer: float(len(_words(answer))),
    "count-non-empty": lambda nodes: float(sum(bool(text_of([n]).strip()) for n in nodes)),
    "regex": lambda text, pattern: matches(text_of(text), text_of(pattern)),
    "bh-round": _rounded,
    "int": _math(math.trunc),
    "abs": _math(abs),
    "pow": _math(pow),
    "sqrt": _math(math.sqrt),
    "exp": _math(math.exp),
    "log": _math(math.log),
    "log10": _math(math.log10),
    "min": lambda *values: min(_numbers(values), default=math.nan),
    "max": lambda *values: max(_numbers(values), default=math.nan),
    "join": lambda glue, *values: text_of(glue).join(t for v in values for t in _all(v)),
    "substr": lambda text, start, end=math.inf: text_of(text)[int(number_of(start)) : None if end == math.inf else int(number_of(end))],
    "boolean-from-string": lambda text: text_of(text) in ("true", "1"),
    "date": _date,
    "date-time": _date,
    "decimal-date-time": _date,
    "format-date": _formatted,
    "format-date-time": _formatted,
}  # fmt: skip
_OF_THE_ANSWER = {"today", "now", "current", "instance", "jr:choice-name"}
KNOWN = _PURE.keys() | _BUILT_IN | _OF_THE_ANSWER
"""Functions that an expression may use."""


def unknown_functions(expression: str) -> list[str]:
    """Functions of an expression that the server does not evaluate."""
    called = _CALL.findall(_LITERAL.sub("''", expression))
    return sorted({name for name in called if name not in KNOWN and name not in _NO_FUNCTIONS})


_TOKEN = re.compile(rf"{_LITERAL.pattern}|[\w.:-]+\s*\(|[(),]")


def patterns_of(expression: str) -> list[str]:
    """The regular expressions that an expression spells out: literals that close a call of `regex`."""
    found, opened, last = [], list[str](), ""
    for token in _TOKEN.findall(expression):
        if token == ")" and opened and opened.pop() == "regex" and last[:1] in ("'", '"'):
            found.append(last[1:-1])
        elif token.endswith("(") and token[0] not in "'\"":
            opened.append(token.rstrip("( \t\n"))
        last = token
    return found


def ready(expression: str) -> str:
    """The expression as it is given to XPath: `round` with places is a function of ours."""
    return _outside_literals(lambda part: _ROUND.sub("bh-round(", part), expression)


def _outside_literals(change: Callable[[str], str], expression: str) -> str:
    parts = re.split(f"({_LITERAL.pattern})", expression)
    return "".join(part if n % 2 else change(part) for n, part in enumerate(parts))


def compiled(expression: str) -> None:
    """Raises BadExpression for what is no expression."""
    try:
        etree.XPath(ready(expression), namespaces={"jr": JR})
    except etree.XPathError as error:
        raise BadExpression(str(error)) from error


@dataclass(frozen=True)
class Around:
    """What an expression sees beside the answer: lists by their id, the moment it was filled in, labels of choices."""

    lists: Mapping[str, Any]
    at: datetime
    label: Callable[[str, str], str]


def evaluate(expression: str, node: Any, around: Around) -> Any:
    """The value of an expression at a node. Raises BadExpression where it cannot be evaluated."""
    local = around.at.astimezone(CST)
    functions: dict[Any, Callable[..., Any]] = {
        (None, name): _without_context(function) for name, function in _PURE.items()
    }
    functions[None, "today"] = lambda _: float(local.date().toordinal() - _EPOCH.toordinal())
    functions[None, "now"] = lambda _: (around.at - _EPOCH) / DAY
    functions[None, "current"] = lambda _: [node]
    functions[None, "instance"] = lambda _, name: (
        [around.lists[text_of(name)]] if text_of(name) in around.lists else []
    )
    functions[JR, "choice-name"] = lambda _, value, path: around.label(text_of(value), text_of(path))
    try:
        ask = etree.XPathElementEvaluator(node, namespaces={"jr": JR}, extensions=functions)
        return ask(_rooted(ready(expression), node), **{_ANSWER: [node.getroottree().getroot()]})
    except (etree.XPathError, TypeError, ValueError, IndexError) as error:
        raise BadExpression(f"{expression}: {error}") from error


def _rooted(expression: str, node: Any) -> str:
    """Absolute paths begin at the answer, also in a filter, which is asked at an item of a list."""
    root = re.escape(node.getroottree().getroot().tag)
    own = re.compile(rf"(?<![\w.\-/*@:)\]])/{root}(?![\w.-])")
    return _outside_literals(lambda part: own.sub(f"${_ANSWER}", part), expression)


def _without_context(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _, *given: function(*given)
