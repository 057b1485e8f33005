"""An answer (the XForm instance as a phone or browser sends it), worked through by the server with the rules of its form.

Checked again here: that every element is a question of the form, types, required, choices with their filters, constraints, that
files that are named came along. Relevance is decided here, calculations are done again; what was sent of them does not count.
Not checked: that a photo shows what it should, and who stood where.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from lxml import etree

from bihuan.errors import BihuanError
from bihuan.kit.inspection import expressions
from bihuan.kit.inspection.expressions import (
    Around,
    BadExpression,
    date_of,
    evaluate,
    number_of,
    text_of,
    truth_of,
)
from bihuan.kit.inspection.types_of_answers import not_of_type, place_of
from bihuan.kit.inspection.xform import SAFE, Question, XForm, bare
from bihuan.reasons import Reason

ROUNDS = 12
"""Passes after which calculations that refer to each other must have settled."""
MOST_BYTES, MOST_NODES, LONGEST, SHOWN = 2 * 2**20, 20_000, 10_000, 60
"""Of an answer: bytes without its files, elements, letters of a text, letters of a text that a sentence shows."""
DATES = ("date", "dateTime")
_DAY_FIRST = re.compile(r"\s*(today|date)\s*\(")
_MOMENT_FIRST = re.compile(r"\s*(now|date-time)\s*\(")
TARGET = "target"
"""The hidden question of the top level that holds the code of what is inspected, for filters of choices."""
META = ("instanceID", "instanceName", "deprecatedID")


class BadAnswer(BihuanError):
    """What was sent is no answer of any form."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with an answer: at which place (in which repeat, from 1), and why."""

    path: str
    why: Reason
    number: int = 1


@dataclass(frozen=True)
class Value:
    """What was answered at one place: `number` counts the repeats that it lies in from 1; `shown` is its text for people."""

    question: Question
    text: str
    shown: str
    repeat: str = ""
    number: int = 1
    score: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Problem:
    """An answer that the form calls a problem."""

    value: Value
    photos: tuple[str, ...]
    place: tuple[float, float] | None


@dataclass(frozen=True)
class Head:
    """Who an answer says it is."""

    form_id: str
    version: str
    instance: str


def parse(content: bytes) -> Any:
    """The instance, its names without namespaces. Raises BadAnswer."""
    try:
        content.decode()
        root = etree.fromstring(content, SAFE)
    except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
        raise BadAnswer(Reason("answer_no_xml")) from error
    if (
        len(content) > MOST_BYTES
        or root.getroottree().docinfo.doctype
        or sum(1 for _ in root.iter()) > MOST_NODES
    ):
        raise BadAnswer(Reason("answer_no_answer"))
    return bare(root)


def head_of(root: Any) -> Head:
    """Form, version and instance id. Raises BadAnswer where one is missing."""
    instance = (root.findtext("meta/instanceID") or "").strip()
    found = Head(root.get("id", ""), root.get("version", ""), instance)
    if not found.form_id or not found.instance or len(instance) > 80:
        raise BadAnswer(Reason("answer_no_answer"))
    return found


@dataclass
class Answered:
    """An answer worked through. files: names of the files that came along. target: what it is about, whatever was sent of it. at: when it was filled in, which is its `today()`."""

    form: XForm
    root: Any
    at: datetime
    files: frozenset[str] = frozenset()
    lists: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""

    def __post_init__(self) -> None:
        self._tree = bare(self.root)
        self._sent = {node: (node.text or "").strip() for node in self._tree.iter() if len(node) == 0}
        for node in self._tree.findall(TARGET):
            self._sent[node] = self.target
        self._around = Around({**self.form.lists, **self.lists}, self.at, self._choice_label)
        self._hidden: set[Any] = set()
        self._broken: list[Fault] = []
        for node in self._sent:
            self._put(node, self._sent[node])
        self._settle()

    def _put(self, node: Any, text: str) -> None:
        """Give a place its text as expressions see it."""
        node.text = text
        if text and self._type(node) in DATES:
            try:
                node.text = f"{expressions.days_of(text):.15g}"
            except ValueError:
                node.text = text

    def _path(self, node: Any) -> str:
        names = [node.tag, *(above.tag for above in node.iterancestors())]
        return "/" + "/".join(reversed(names))

    def _type(self, node: Any) -> str:
        bind = self.form.binds.get(self._path(node))
        return bind.type if bind else "string"

    def _at(self, path: str) -> list[Any]:
        found: list[Any] = self._tree.xpath(path)
        return found

    def _settle(self) -> None:
        """Decide what is relevant and calculate, until nothing changes any more."""
        for _ in range(ROUNDS):
            before = (set(self._hidden), [n.text for n in self._sent])
            self._decide()
            self._calculate()
            if before == (self._hidden, [n.text for n in self._sent]):
                return
        self._broken.append(Fault("", Reason("answer_never_settles")))

    def _decide(self) -> None:
        off = set()
        for bind in self.form.binds.values():
            for node in self._at(bind.path) if bind.relevant else ():
                if not truth_of(self._value(bind.relevant, node, bind.path)):
                    off.update(node.iter())
        for node in self._sent:
            if node in off:
                node.text = ""
            elif node in self._hidden:
                self._put(node, self._sent[node])
        self._hidden = off

    def _calculate(self) -> None:
        for bind in self.form.binds.values():
            for node in self._at(bind.path) if bind.calculate else ():
                if node not in self._hidden:
                    node.text = text_of(self._value(bind.calculate, node, bind.path))

    def _value(self, expression: str, node: Any, path: str) -> Any:
        try:
            return evaluate(expression, node, self._around)
        except BadExpression:
            fault = Fault(path, Reason("answer_not_evaluated", value=expression))
            if fault not in self._broken:
                self._broken.append(fault)
            return ""

    def _items(self, question: Question, node: Any) -> dict[str, Any]:
        """The choices open at a place, by value."""
        found = self._value(question.items, node, question.path)
        return {(i.findtext("name") or "").strip(): i for i in found} if isinstance(found, list) else {}

    def _choice_label(self, value: str, path: str) -> str:
        question = self.form.questions.get(path.strip())
        nodes = self._at(question.path) if question else []
        if question is None or not nodes:
            return ""
        item = self._items(question, nodes[0]).get(value)
        return self.form.label_of(item) if item is not None else ""

    @cached_property
    def values(self) -> list[Value]:
        """What was answered, in the order of the form; empty and irrelevant places are left out."""
        return [
            self._shown(question, node)
            for question in self.form.questions.values()
            for node in self._at(question.path)
            if node not in self._hidden and (node.text or "").strip()
        ]

    def _shown(self, question: Question, node: Any) -> Value:
        text = self._text(question, node)
        repeat = self.form.repeat_of(question.path)
        number = self._number(node, repeat)
        if not question.items:
            return Value(question, text, text, repeat, number)
        items = self._items(question, node)
        chosen = [items[one] for one in text.split() if one in items]
        labels = [self.form.label_of(i) or (i.findtext("name") or "") for i in chosen]
        every = [s for s in map(_score, items.values()) if s is not None]
        most = (
            (sum(s for s in every if s > 0) if question.kind == "select" else max(every)) if every else None
        )
        got = sum(_score(i) or 0.0 for i in chosen) if every else None
        return Value(question, text, "、".join(labels) or text, repeat, number, got, most)

    def _text(self, question: Question, node: Any) -> str:
        bind = question.bind
        if not bind.calculate:
            return self._sent.get(node, "")
        if _DAY_FIRST.match(bind.calculate) or bind.type == "date":
            return date_of(number_of(node.text))
        if (_MOMENT_FIRST.match(bind.calculate) or bind.type == "dateTime") and node.text:
            return self.at.isoformat(timespec="seconds")
        return (node.text or "").strip()

    def _number(self, node: Any, repeat: str) -> int:
        if not repeat:
            return 1
        inside = next(a for a in node.iterancestors() if self._path(a) == repeat)
        return self._at(repeat).index(inside) + 1

    @cached_property
    def faults(self) -> list[Fault]:
        """All that is wrong with it."""
        return [*self._broken, *self._strangers(), *self._wrong()]

    def _strangers(self) -> Iterator[Fault]:
        known = {self._path(n) for n in self.form.empty.iter() if isinstance(n.tag, str)}
        strangers = {self._path(n) for n in self._tree.iter()} - known
        yield from (
            Fault(path, Reason("answer_unknown_question"))
            for path in sorted(strangers)
            if path.rpartition("/")[2] not in META
        )

    def _wrong(self) -> Iterator[Fault]:
        for question in self.form.questions.values():
            for node in self._at(question.path):
                if node in self._hidden or question.bind.calculate:
                    continue
                for why in self._wrong_at(question, node):
                    yield Fault(question.path, why, self._number(node, self.form.repeat_of(question.path)))

    def _wrong_at(self, question: Question, node: Any) -> Iterator[Reason]:
        bind, text = question.bind, self._sent.get(node, "")
        if not text:
            if bind.required and truth_of(self._value(bind.required, node, bind.path)):
                yield Reason("answer_required")
            return
        if why := self._bad_type(question, text):
            yield why
        elif question.items and (wrong := set(text.split()) - self._items(question, node).keys()):
            yield Reason("answer_no_choice", value="、".join(sorted(wrong))[:SHOWN])
        elif bind.constraint and not truth_of(self._value(bind.constraint, node, bind.path)):
            yield Reason("answer_constraint", value=bind.constraint_message or bind.constraint)

    def _bad_type(self, question: Question, text: str) -> Reason | None:
        said = text[:SHOWN]
        if len(text) > LONGEST:
            return Reason("answer_too_long")
        if question.kind == "select1" and len(text.split()) > 1:
            return Reason("answer_no_choice", value=said)
        if question.kind == "upload":
            return None if text in self.files else Reason("answer_no_file", value=said)
        return not_of_type(question.bind.type, said, text)

    @property
    def photos(self) -> list[Value]:
        """The photos, without signatures."""
        return [v for v in self.values if v.question.kind == "upload" and not v.question.is_signature]

    @property
    def place(self) -> tuple[float, float] | None:
        """The first place that was measured (latitude, longitude)."""
        return next(
            (p for v in self.values if v.question.bind.type == "geopoint" and (p := place_of(v.text))), None
        )

    @cached_property
    def problems(self) -> list[Problem]:
        """What the form calls a problem, each with the photos beside it, or all photos where none stands beside it."""
        found = []
        for value in self.values:
            bind = value.question.bind
            node = self._nth(value)
            if bind.problem and truth_of(self._value(bind.problem, node, bind.path)):
                found.append(Problem(value, self._beside(value), self._place_beside(value)))
        return found

    def _nth(self, value: Value) -> Any:
        nodes = self._at(value.question.path)
        return (
            next(n for n in nodes if self._number(n, value.repeat) == value.number)
            if value.repeat
            else nodes[0]
        )

    def _beside(self, value: Value) -> tuple[str, ...]:
        section = value.question.path.rpartition("/")[0]
        own = [
            p
            for p in self.photos
            if p.question.path == f"{value.question.path}_photo" and p.number == value.number
        ]
        near = own or [
            p for p in self.photos
            if p.question.path.startswith(f"{section}/") and p.number == value.number and section.count("/") > 1
        ]  # fmt: skip
        return tuple(p.text for p in near or self.photos)

    def _place_beside(self, value: Value) -> tuple[float, float] | None:
        section = value.question.path.rpartition("/")[0]
        near = (
            place_of(v.text) for v in self.values
            if v.question.bind.type == "geopoint" and v.question.path.startswith(f"{section}/") and v.number == value.number
        )  # fmt: skip
        return next((p for p in near if p), None) or self.place

    @property
    def score(self) -> tuple[float, float | None] | None:
        """(points, most that could be had): a calculation named `score` where there is one, else the sum over choices."""
        named = self._named("score")
        if named is not None:
            number = number_of(named)
            return None if math.isnan(number) else (number, None)
        scored = [v for v in self.values if v.score is not None and v.most is not None]
        if not scored:
            return None
        return sum(v.score or 0.0 for v in scored), sum(v.most or 0.0 for v in scored)

    @property
    def summary(self) -> str:
        """The calculation named `summary`."""
        return self._named("summary") or ""

    def _named(self, name: str) -> str | None:
        return next(
            (v.text for v in self.values if v.question.name == name and v.question.bind.calculate), None
        )


def _score(item: Any) -> float | None:
    try:
        return float(item.findtext("score") or "")
    except ValueError:
        return None
