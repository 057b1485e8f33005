"""Is a template sound? Every fault with its place and the text around it, before anything is printed with it."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from bihuan.apart import Talk
from bihuan.documents.filling import prepared
from bihuan.documents.lines import WHOLE, Line, lines_of
from bihuan.documents.package import look
from bihuan.documents.sandbox import FAULTS, names, refused, sandbox, tried
from bihuan.feeds.reading import Unreadable
from bihuan.reasons import Reason

AROUND = 60
"""Characters of a paragraph that a sentence quotes."""
MOST = 20
"""Faults that are told at once."""
BROKEN = (OpcError, BadZipFile, KeyError, ValueError, AttributeError, etree.XMLSyntaxError)
"""What the library says of a document that is none."""
NO_PLACE = Line("", Reason("template_somewhere"))


def check(
    _talk: Talk, path: Path, values: Mapping[str, Any], known: Sequence[str], needed: Sequence[str]
) -> list[Any]:
    """Apart: what is wrong with a template, as reasons; nothing of a sound one. Raises Unreadable where it is no document.

    values: an invented case, for a trial. known: the fields there are. needed: those that it may not leave out.
    """
    look(path)
    try:
        lines = lines_of(Document(str(path)))
    except BROKEN as error:
        raise Unreadable(Reason("template_no_word")) from error
    found = list(_faults(lines, values, known, needed)) or list(_printed(path, values))
    return [reason.plain for reason in found[:MOST]]


def _faults(
    lines: Sequence[Line], values: Mapping[str, Any], known: Sequence[str], needed: Sequence[str]
) -> Iterator[Reason]:
    env, source = sandbox(), "\n".join(line.plain for line in lines)
    wrong = list(_misspelt(env, lines))
    if wrong:
        yield from wrong
        return
    try:
        tree = env.parse(source)
        template = env.from_string(tree)
    except TemplateSyntaxError as error:
        yield _syntax(_at(lines, error.lineno), error)
        return
    said = [*_forbidden(lines, tree), *_crossing(env, lines, source), *_unknown(lines, tree, known)]
    used = {name for _, name in names(tree)}
    said += [Reason("template_lacks", field=name) for name in needed if name not in used]
    yield from said
    if not said and (fault := tried(template.render, values)):
        line = _at(lines, fault[0])
        yield Reason("template_fails", place=line.place, text=_around(line), error=fault[1])


def _at(lines: Sequence[Line], number: int | None) -> Line:
    return lines[number - 1] if number and number <= len(lines) else NO_PLACE


def _around(line: Line) -> str:
    return line.text.strip()[:AROUND]


def _syntax(line: Line, error: TemplateSyntaxError) -> Reason:
    return Reason("template_syntax", place=line.place, text=_around(line), error=str(error.message))


def _misspelt(env: SandboxedEnvironment, lines: Sequence[Line]) -> Iterator[Reason]:
    """Each paragraph alone, as far as it has no blocks, so that all slips are told at once."""
    for line in lines:
        if "{%" not in line.text:
            try:
                env.parse(line.plain)
            except TemplateSyntaxError as error:
                yield _syntax(line, error)


def _forbidden(lines: Sequence[Line], tree: nodes.Template) -> Iterator[Reason]:
    for number, word in refused(tree):
        line = _at(lines, number)
        yield Reason("template_forbidden", place=line.place, text=_around(line), word=word)


def _unknown(lines: Sequence[Line], tree: nodes.Template, known: Sequence[str]) -> Iterator[Reason]:
    for number, name in names(tree):
        if name in known or name.startswith("_"):
            continue
        line, near = _at(lines, number), get_close_matches(name, known, 1, 0.4)
        if near:
            yield Reason(
                "template_unknown_near", place=line.place, text=_around(line), field=name, near=near[0]
            )
        else:
            yield Reason("template_unknown", place=line.place, text=_around(line), field=name)


def _crossing(env: SandboxedEnvironment, lines: Sequence[Line], source: str) -> Iterator[Reason]:
    """Blocks that begin in one cell of a table and end in another: no row or cell would be whole."""
    open_: list[Line] = []
    tokens = [t for t in env.lex(source) if t[1] != "whitespace"]
    for (number, kind, _), (_, _, word) in pairwise(tokens):
        if kind != "block_begin":
            continue
        line = _at(lines, number)
        if word in ("for", "if"):
            open_.append(line)
        elif word in ("endfor", "endif") and open_:
            begun = open_.pop()
            if _encloses(begun) is not _encloses(line):
                yield Reason("template_crosses", place=begun.place, text=_around(begun), other=line.place)


def _encloses(line: Line) -> Any:
    """What a block of this line may not leave: its cell; of one that stands for rows the table, for cells the row."""
    whole = WHOLE.search(line.text)
    return {"tr": line.table, "tc": line.row}.get(whole[2] if whole else "", line.cell)


def _printed(path: Path, values: Mapping[str, Any]) -> Iterator[Reason]:
    """The trial with the document itself: attributes and properties speak the language too, and the outcome must be sound."""
    template = DocxTemplate(str(path))
    template.render_init()
    try:
        given, env = prepared(template, values), sandbox()
        etree.fromstring(template.build_xml(given, env).encode())
        template.render(given, env, autoescape=True)
    except etree.XMLSyntaxError as error:
        yield Reason("template_breaks", error=str(error))
    except FAULTS as error:
        line = NO_PLACE
        yield Reason("template_fails", place=line.place, text="", error=str(error) or type(error).__name__)
