"""An XForm read: its questions with their rules, groups, repeats and lists of choices. Source: getodk.github.io/xforms-spec."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from bihuan.kit.inspection.expressions import JR

XF, BIHUAN = "http://www.w3.org/2002/xforms", "https://bihuan.org/xforms"
_NS = {"f": XF, "h": "http://www.w3.org/1999/xhtml"}
SAFE = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
)
BARE_NAME = re.compile(r"[A-Za-z_][\w.-]*$")
"""Of an element without a namespace."""
CONTROLS = ("input", "select", "select1", "upload", "trigger")
LAYOUT = ("group", "repeat")


def local(node: Any) -> str:
    """The name of an element without its namespace."""
    return str(etree.QName(node).localname)


def bare(node: Any) -> Any:
    """A copy of an element whose names have no namespace."""
    made = etree.Element(local(node))
    made.text = node.text
    for name, value in node.attrib.items():
        made.set(name, value)
    for child in node:
        made.append(bare(child))
    return made


@dataclass(frozen=True)
class Bind:
    """What holds of a place of the answer: type, and expressions (empty: none)."""

    path: str
    type: str = "string"
    required: str = ""
    relevant: str = ""
    constraint: str = ""
    constraint_message: str = ""
    calculate: str = ""
    readonly: str = ""
    problem: str = ""
    severity: str = ""
    basis: str = ""
    requirement: str = ""

    @property
    def expressions(self) -> dict[str, str]:
        """The expressions by the column of the workbook."""
        every = {
            "required": self.required, "relevant": self.relevant, "constraint": self.constraint, "calculation": self.calculate,
            "bind::bihuan:problem": self.problem,
        }  # fmt: skip
        return {column: text for column, text in every.items() if text}


@dataclass(frozen=True)
class Question:
    """A question as the form asks it; `kind` is its control, empty for what is only calculated. items: of a select, an expression."""

    path: str
    label: str
    kind: str
    bind: Bind
    hint: str = ""
    appearance: str = ""
    items: str = ""

    @property
    def name(self) -> str:
        """Its name in the workbook."""
        return self.path.rpartition("/")[2]

    @property
    def is_signature(self) -> bool:
        """Is it signed or drawn rather than photographed?"""
        return self.kind == "upload" and any(a in self.appearance for a in ("signature", "draw"))


@dataclass(frozen=True)
class Section:
    """A group or repeat of the form."""

    path: str
    label: str
    repeats: bool


class XForm:
    """A form. Raises ValueError for what is none."""

    def __init__(self, text: str) -> None:
        try:
            self.root = etree.fromstring(text.encode(), SAFE)
        except etree.XMLSyntaxError as error:
            raise ValueError(str(error)) from error
        model = self.root.find(".//f:model", _NS)
        first = self.root.find(".//f:model/f:instance/*", _NS)
        if model is None or first is None:
            raise ValueError("no model")
        self.model, self.empty = model, bare(first)
        self.title = "".join(self.root.findtext(".//h:title", "", _NS))
        self.form_id, self.version = first.get("id", ""), first.get("version", "")

    @cached_property
    def binds(self) -> Mapping[str, Bind]:
        """The rules by path."""
        return {b.path: b for b in map(_bind, self.model.iterfind("f:bind", _NS))}

    @cached_property
    def parts(self) -> list[Question | Section]:
        """Questions and sections in the order of the form, without what is only calculated."""
        body = self.root.find("h:body", _NS)
        return list(self._parts(body)) if body is not None else []

    def _parts(self, above: Any) -> Iterator[Question | Section]:
        for node in above:
            if not isinstance(node.tag, str):
                continue
            name = local(node)
            if name in LAYOUT:
                if name == "repeat":  # its label stands in the group around it
                    yield Section(node.get("nodeset"), self._text(above.find("f:label", _NS)), True)
                elif node.find("f:repeat", _NS) is None:
                    yield Section(node.get("ref", ""), self._text(node.find("f:label", _NS)), False)
                yield from self._parts(node)
            elif name in CONTROLS:
                yield self._question(node, name)

    def _question(self, node: Any, kind: str) -> Question:
        path, items = node.get("ref"), node.find("f:itemset", _NS)
        return Question(
            path, self._text(node.find("f:label", _NS)), kind, self.binds.get(path, Bind(path)),
            self._text(node.find("f:hint", _NS)), node.get("appearance", ""), items.get("nodeset") if items is not None else "",
        )  # fmt: skip

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """All questions by path; those that are only calculated come last."""
        asked = {p.path: p for p in self.parts if isinstance(p, Question)}
        rest = {
            b.path: Question(b.path, b.path.rpartition("/")[2], "", b)
            for b in self.binds.values()
            if b.calculate
        }
        return asked | {path: q for path, q in rest.items() if path not in asked}

    @cached_property
    def repeats(self) -> Mapping[str, Section]:
        """Repeated sections by path."""
        return {p.path: p for p in self.parts if isinstance(p, Section) and p.repeats}

    def repeat_of(self, path: str) -> str:
        """The innermost repeat that a path lies in; empty for none."""
        return max((r for r in self.repeats if path.startswith(f"{r}/")), key=len, default="")

    @cached_property
    def lists(self) -> Mapping[str, Any]:
        """The lists of choices that come with the form, by id, as elements without namespaces."""
        found = self.model.iterfind("f:instance[@id]", _NS)
        return {i.get("id"): bare(i) for i in found}

    @cached_property
    def outside_lists(self) -> list[str]:
        """Lists that come from outside, as `name.csv`."""
        found = self.model.iterfind("f:instance[@src]", _NS)
        return [
            i.get("src").rpartition("/")[2] for i in found if i.get("src", "").startswith("jr://file-csv/")
        ]

    @cached_property
    def _translations(self) -> Mapping[str, str]:
        every = self.model.findall("f:itext/f:translation", _NS)
        chosen = next((t for t in every if t.get("default")), every[0] if every else None)
        if chosen is None:
            return {}
        texts = ((t.get("id"), t.find("f:value", _NS)) for t in chosen)
        return {key: _words(value) for key, value in texts if value is not None}

    def _text(self, node: Any) -> str:
        if node is None:
            return ""
        ref = node.get("ref", "")
        if ref.startswith("jr:itext("):
            return self._translations.get(ref[9:-1].strip("'\""), "")
        return _words(node)

    def label_of(self, item: Any) -> str:
        """What a choice is called."""
        label = item.findtext("label")
        return label if label is not None else self._translations.get(item.findtext("itextId") or "", "")


def _words(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


def _bind(node: Any) -> Bind:
    def own(name: str) -> str:
        return str(node.get(f"{{{BIHUAN}}}{name}", ""))

    return Bind(
        node.get("nodeset"), node.get("type", "string"), node.get("required", ""), node.get("relevant", ""),
        node.get("constraint", ""), node.get(f"{{{JR}}}constraintMsg", ""), node.get("calculate", ""), node.get("readonly", ""),
        own("problem"), own("severity"), own("basis"), own("requirement"),
    )  # fmt: skip
