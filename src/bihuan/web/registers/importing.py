"""A file on its way into a register from a page: kept, shown as a plan, and applied as it was shown."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from bihuan.domain.places.coordinates import System
from bihuan.errors import BihuanError
from bihuan.kit.registers.actions import apply
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.exchange import Kept, plan_of
from bihuan.kit.registers.plan import Plan
from bihuan.kit.registers.shapes_table import SeveralLayers
from bihuan.kit.registers.undo import undo
from bihuan.kit.registers.writing import Act, kept
from bihuan.registry.changes import TOGETHER, Batch
from bihuan.registry.models import Person
from bihuan.web.import_work import Work, Works

SALT = "register-import"
AT_ONCE = 200_000
"""Bytes of a file that is read while the person waits: some thousand rows; larger ones are read beside the request."""


@dataclass(frozen=True)
class Chosen:
    """A kept file and how it is to be read (layer: which of several; empty: all), as the page carries it from the preview to the import."""

    kept: Kept
    system: System
    layer: str = ""

    def token(self, register: Register, person: Person) -> str:
        """As a hidden field that nobody else can use, nor for another register."""
        said = [register.kind, person.pk, self.kept.file, self.kept.blob, self.system, self.layer]
        return signing.dumps(said, salt=SALT)

    @classmethod
    def of(cls, token: str, register: Register, person: Person) -> "Chosen":
        """The file of a token. Raises BihuanError for what is none of this person and register."""
        try:
            kind, key, file, blob, system, layer = signing.loads(token, salt=SALT)
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise _lost() from error
        kept = Kept(file, blob)
        if (kind, key) != (register.kind, person.pk) or not kept.path.exists():
            raise _lost()
        return cls(kept, System(system), layer)


def _lost() -> BihuanError:
    return BihuanError(_("没有找到这份文件，请重新选择文件并预览。"))


@dataclass(frozen=True)
class Outcome:
    """What a file, or taking a batch back, would do or did. batch: what was written; None for a preview, or for nothing.

    chosen: the file; None where a batch was taken back. moved: the register changed since the preview, so that nothing was
    written and the plan is a new preview. undecided: it has several layers (`plan.layers`), and nobody has said which.
    """

    plan: Plan
    chosen: Chosen | None
    batch: Batch | None = None
    moved: bool = False
    undecided: bool = False

    @property
    def digest(self) -> str:
        """Of what would be written: an import does what was shown, or nothing."""
        rows = [
            [row.number, row.fate, list(map(str, row.key)), kept(row.before), kept(row.after)]
            for row in self.plan.effective
        ]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


WORKS = Works[Outcome]("register")
"""Files that are planned or applied beside the requests."""


def preview(register: Register, chosen: Chosen, person: Person) -> Outcome | Work[Outcome]:
    """What a file would do; of a large one the work that finds it out. Raises Unreadable, BadTable."""
    return _begun(chosen.kept, person, lambda: _shown(register, chosen, person))


def _shown(register: Register, chosen: Chosen, person: Person) -> Outcome:
    try:
        plan = plan_of(register, chosen.kept, person, chosen.system, chosen.layer)
    except SeveralLayers as error:
        return Outcome(
            Plan(register, chosen.kept.file, [], layers=tuple(error.layers)), chosen, undecided=True
        )
    return Outcome(plan, chosen)


def take(
    register: Register, chosen: Chosen, person: Person, digest: str, reason: str
) -> Outcome | Work[Outcome]:
    """Apply a file as it was shown; where the register changed meanwhile, show it anew."""
    act = Act(person, reason, file=chosen.kept.file, blob=chosen.kept.blob)

    def work() -> Outcome:
        shown = _shown(register, chosen, person)
        if shown.digest != digest:
            return Outcome(shown.plan, chosen, moved=True)
        return Outcome(shown.plan, chosen, apply(shown.plan, act))

    return _begun(chosen.kept, person, work)


def take_back(register: Register, batch: Batch, person: Person, reason: str) -> Outcome | Work[Outcome]:
    """Undo a batch. Raises Refused."""

    def work() -> Outcome:
        plan = undo(register, batch, Act(person, reason))
        return Outcome(plan, None, Batch.objects.filter(undoes=batch).first())

    if batch.changes <= TOGETHER:
        return work()
    return WORKS.beside(person.pk, batch.file, lambda _progress: work())


def _begun(file: Kept, person: Person, work: Callable[[], Outcome]) -> Outcome | Work[Outcome]:
    if file.path.stat().st_size <= AT_ONCE:
        return work()
    return WORKS.beside(person.pk, file.file, lambda _progress: work())


def counted(plan: Plan) -> Mapping[str, Any]:
    """How many rows there are of each fate, by name."""
    return {str(fate): count for fate, count in plan.counts.items()}
