"""A template filled with values: plain texts, lists and pictures; in another language where its reader has one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage

from bihuan.apart import Talk
from bihuan.documents.lines import PARAGRAPH, TAG, parts_of, pieces, text_of
from bihuan.documents.sandbox import sandbox


@dataclass(frozen=True)
class Picture:
    """A picture that a template can print; `width` [cm]."""

    content: Path
    width: float


class _Shown:
    """A picture as a template holds it: it can be printed, and nothing else of it can be reached."""

    def __init__(self, drawn: Callable[[], str]) -> None:
        self._drawn = drawn

    def __html__(self) -> str:
        return self._drawn()

    __str__ = __html__


def fill(talk: Talk, template: Path, values: Mapping[str, Any], out: Path, note: str = "") -> None:
    """Apart: the document of a template, written to `out`.

    note: a first paragraph that no template can leave out; with one, the template's own words are told in the reader's
    language: `words` is asked with all of them and answers what each is called.
    """
    document = DocxTemplate(str(template))
    document.render_init()
    if note:
        _translate(talk, document.docx)
    document.render(prepared(document, values), sandbox(), autoescape=True)
    if note:
        added = document.docx.add_paragraph(note)
        document.docx.element.body.insert(0, added._p)
    document.save(str(out))


def prepared(document: DocxTemplate, value: Any) -> Any:
    """The values as the template prints them."""
    if isinstance(value, Picture):
        return _Shown(InlineImage(document, str(value.content), width=Cm(value.width)).__html__)
    if isinstance(value, Mapping):
        return {name: prepared(document, held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [prepared(document, held) for held in value]
    return value


def _translate(talk: Talk, document: Any) -> None:
    paragraphs = [p for _, root in parts_of(document) for p in root.iter(PARAGRAPH)]
    texts = {text for p in paragraphs for text in _own(p)}
    words: dict[str, str] = talk.ask("words", sorted(texts)) or {}
    for paragraph in paragraphs:
        _retell(paragraph, words)


def _own(paragraph: Any) -> list[str]:
    """The template's own words in a paragraph: all of it, or where it has tags, what stands between them."""
    whole = text_of(paragraph)
    if not TAG.search(whole):
        return [whole] if whole.strip() else []
    return [part for t in pieces(paragraph) for part in TAG.split(t.text or "") if part.strip()]


def _retell(paragraph: Any, words: Mapping[str, str]) -> None:
    whole, held = text_of(paragraph), pieces(paragraph)
    if held and not TAG.search(whole):
        held[0].text = words.get(whole, whole)
        for piece in held[1:]:
            piece.text = ""
        return
    for piece in held:
        text = piece.text or ""
        for part in TAG.split(text):
            text = text.replace(part, words.get(part, part)) if part.strip() else text
        piece.text = text
