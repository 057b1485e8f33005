"""A file as a table of texts: read apart, its heads matched with the columns of a register."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.utils import translation
from django.utils.translation import gettext as _

from bihuan import apart
from bihuan.apart import Talk
from bihuan.errors import BihuanError
from bihuan.feeds.lines import ROW
from bihuan.feeds.names import linked
from bihuan.feeds.reading import open_plain
from bihuan.feeds.tables import table_pieces
from bihuan.kit.reason_words import said
from bihuan.kit.registers.cells import plain
from bihuan.kit.registers.declared import Register
from bihuan.reasons import Reason

MOST_ROWS = 200_000


class BadTable(BihuanError):
    """The file as a whole is none of this register; says why and what to do (in the reader's language)."""


@dataclass(frozen=True)
class Table:
    """Rows of a file: their numbers there, and the texts of the columns that the register knows.

    heads: how the file calls each of the columns. ignored: heads that it does not know. broken: lines that are no rows, each with its number and why. notes: on the file. layers: of
    a file of geometry, those that were joined.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[int, tuple[str, ...]]]
    heads: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    broken: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = field(default=())
    layers: tuple[str, ...] = ()


def read_table(register: Register, path: Path, file: str) -> Table:
    """The table in a file that is called `file`. Raises Unreadable and BadTable."""
    open_plain(path).close()
    with TemporaryDirectory(prefix="bihuan-register-") as folder:
        link, out = linked(path, file, Path(folder)), Path(folder) / "rows.parquet"
        told = _in_words(apart.run(_read, link, sorted(heads_of(register)), out, file=file))
        frame = pl.read_parquet(out, glob=False)
    return matched(register, frame, told, file)


def _read(talk: Talk, path: Path, needed: list[str], out: Path) -> dict[str, Any]:
    """Apart: all pieces as one table of texts."""
    frames, broken, notes = [], [], list[Reason]()
    for piece in table_pieces(path, frozenset(needed)):
        frames.append(piece.frame.with_columns(pl.exclude(ROW).cast(pl.String)))
        broken += [[r.row, r.why.plain] for r in piece.refused]
        notes += piece.notes
    whole = pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame(schema={ROW: pl.UInt32})
    whole.write_parquet(out)
    return {"broken": broken, "notes": [note.plain for note in dict.fromkeys(notes)]}


def _in_words(told: dict[str, Any]) -> dict[str, Any]:
    """What the reading process tells, in the words of the reader."""
    return {
        "broken": [[row, said(Reason.of(why))] for row, why in told["broken"]],
        "notes": [said(Reason.of(note)) for note in told["notes"]],
    }


def heads_of(register: Register) -> dict[str, str]:
    """Every way to write a head -> the column: its title with and without unit, in both languages, or the field's name."""
    found = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for name in (*register.named, *register.hidden):
                for head in (register.head_of(name), register.title_of(name), name):
                    found[head] = name
    return found


def matched(register: Register, frame: pl.DataFrame, told: dict[str, Any], file: str) -> Table:
    """The columns of a frame of texts that the register knows. told: `broken` rows and `notes`. Raises BadTable."""
    known = {_bare(head): name for head, name in heads_of(register).items()}
    heads = [head for head in frame.columns if head != ROW]
    found = {head: known[_bare(head)] for head in heads if _bare(head) in known}
    names = list(found.values())
    if twice := sorted({register.title_of(n) for n in names if names.count(n) > 1}):
        raise BadTable(
            _("%(file)s 里有两列是“%(column)s”，删去一列再导入") % {"file": file, "column": "、".join(twice)}
        )
    if missing := [register.title_of(n) for n in register.key if n not in names]:
        raise BadTable(
            _("%(file)s 没有“%(column)s”列，认不出每行是哪一个对象；请按模板填写")
            % {"file": file, "column": "、".join(missing)}
        )
    if frame.height > MOST_ROWS:
        raise BadTable(
            _("%(file)s 超过 %(most)s 行，请分几个文件导入") % {"file": file, "most": f"{MOST_ROWS:,}"}
        )
    return Table(
        columns=tuple(names),
        rows=list(_rows(frame, list(found))),
        heads={name: head for head, name in found.items()},
        ignored=tuple(h for h in heads if h not in found and not frame[h].is_null().all()),
        broken=tuple((row, why) for row, why in told["broken"]),
        notes=tuple(told["notes"]),
    )


def _rows(frame: pl.DataFrame, heads: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows that say something in a column that is known."""
    for number, *cells in frame.select(ROW, pl.col(heads).fill_null("")).iter_rows():
        if any(cell.strip() for cell in cells):
            yield number, tuple(cells)


def _bare(head: str) -> str:
    return plain(head).rstrip("*").strip().replace(" ", "").lower()
