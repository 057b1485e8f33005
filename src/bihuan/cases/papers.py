"""文书 as Word: the values of a paper put into the template by which it was issued, told in the language of the reader."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from bihuan.apart import run
from bihuan.cases import paper_numbers, paper_templates
from bihuan.cases.errors import IllegalMove
from bihuan.cases.evidence import fault, path_of
from bihuan.cases.models import Attachment, Case, IssuedPaper
from bihuan.cases.paper_content import EMPTY, About, Photos, Text, moment, steps_of, values_of
from bihuan.cases.paper_fields import FIELDS, LINE, PICTURE, REMAINDER, Field
from bihuan.cases.transitions import LABELS, TABLE, Paper
from bihuan.documents import Picture, fill
from bihuan.english import told, unofficial
from bihuan.printable import picture, printable

MOST_PHOTOS = 6
PHOTO_WIDTH = 12.0  # [cm]
ACTIONS = {kind: tuple(dict.fromkeys(t.action for t in TABLE if t.paper == kind)) for kind in Paper}
ACTIONS[Paper.SUGGESTION] = ACTIONS[Paper.DISPATCH]
"""The steps that each paper is about."""


def paper(case: Case, kind: str) -> bytes:
    """The paper of the last step that issued one, as a .docx.

    Raises IllegalMove when the case has no such step, Unreadable where its template comes to no end.
    """
    chosen = Paper(kind)
    about = _about(case, chosen)
    issued = paper_numbers.issued(case, chosen, about.step)
    return printed_with(paper_templates.path_of_version(chosen, issued.template), issued, about)


def tried_on(template: Path, kind: Paper, case: Case | None) -> bytes:
    """What a template would print: of a case that has such a paper, without a number; of None the examples of its fields.

    Raises IllegalMove, Unreadable.
    """
    if case is not None:
        return printed_with(template, IssuedPaper(kind=kind), _about(case, kind))
    with _folder() as folder:
        return filled(template, paper_templates.examples(kind), str(kind.label), folder)


def _about(case: Case, kind: Paper) -> About:
    steps = steps_of(case)
    step = next((s for s in reversed(steps) if kind in paper_numbers.kinds_of(case, s)), None)
    if step is None:
        raise IllegalMove(
            _("%(number)s 还没有%(step)s, 不能出%(paper)s")
            % {"number": case.number, "step": _(LABELS[ACTIONS[kind][0]]), "paper": _(str(kind.label))}
        )
    return About(case, step, steps)


def printed_with(template: Path, issued: IssuedPaper, about: About) -> bytes:
    """An issued paper by any template. Raises Unreadable."""
    kind = Paper(issued.kind)
    with override("zh-hans"):  # the paper is made in Chinese, and told from that
        values = values_of(kind, about, issued)
    with _folder() as folder:
        ready: dict[str, Any] = {}
        for field in FIELDS[kind]:
            ready |= _ready(field, values.get(field.name, ""), folder)
        return filled(template, ready, str(kind.label), folder)


def filled(template: Path, values: Mapping[str, Any], name: str, folder: Path) -> bytes:
    """A template with values that are ready to be printed; made in a folder that goes afterwards. Raises Unreadable."""
    out = folder / "paper.docx"
    run(
        fill, template, values, out, unofficial(), file=told(name), hear=_words, limits=paper_templates.LIMITS
    )
    return out.read_bytes()


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="bihuan-paper-") as name:
        yield Path(name)


def _words(_kind: str, texts: list[str]) -> dict[str, str]:
    """What the template's own words are called in the language of the reader."""
    return {text: told(text) for text in texts}


def available(case: Case) -> list[Paper]:
    """The papers that this case's steps allow."""
    found = {kind for step in case.steps.all() for kind in paper_numbers.kinds_of(case, step)}
    return [kind for kind in Paper if kind in found]


def _ready(field: Field, value: Text | int | Photos, folder: Path) -> dict[str, Any]:
    """A field as a template prints it; of photos, the sentence about those that are too many too."""
    if isinstance(value, list):
        shown = [_photo(p, folder / f"{field.name}-{n}.jpg") for n, p in enumerate(value[:MOST_PHOTOS])]
        more = len(value) - MOST_PHOTOS
        return {
            field.name: shown,
            field.name + REMAINDER: told(f"另有 {more} 张照片未印出, 见平台。") if more > 0 else "",
        }
    if isinstance(value, int):
        return {field.name: value}
    if field.name.endswith(REMAINDER):
        return {}
    lines = (value,) if isinstance(value, str) else value
    text = printable("\n".join(map(told, lines)))
    return {field.name: (text.strip() or EMPTY) if field.line else text}


def _photo(photo: Attachment, path: Path) -> dict[str, Any]:
    """The picture and its line; a photo that cannot be printed leaves a line that says so."""
    wrong = fault(photo)
    shown = None if wrong else picture(path_of(photo.sha256).read_bytes())
    if shown is not None:
        path.write_bytes(shown.getvalue())
    elif not wrong:
        wrong = "照片无法印出"
    taken = f"拍摄于 {moment(photo.taken_at)}" if photo.taken_at else ""
    said = " ".join(told(part) for part in (taken, f"({wrong})" if wrong else "") if part)
    return {
        PICTURE: Picture(path, PHOTO_WIDTH) if shown is not None else "",
        LINE: printable(f"{photo.name} {said}".rstrip()),
    }
