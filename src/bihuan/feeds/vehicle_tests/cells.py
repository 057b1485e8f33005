"""Tables of vehicle tests are a template of a year: its heads, and files of another year's are named as that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bihuan.feeds.cells import Cells, Heads
from bihuan.feeds.mapping import cell_texts
from bihuan.feeds.names import some_names
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.tables import columns_of, table_pieces
from bihuan.reasons import Reason

EDITION = ("template", "模板版本")
"""A column that says of which year's template the file is; ours is 2019, after the standards of 2018."""
OURS = "2019"


@dataclass(frozen=True)
class Template(Heads):
    """The heads of a table of the template. least: of a table that is taken for one, perhaps of another year, so many columns are known."""

    least: int = 3

    def fits(self, columns: Sequence[str]) -> bool:
        """Are at least so many of its columns there, the first that it must have among them?"""
        found = self.found(columns)
        return self.must[0] in found and len(found) >= self.least

    def of(self, path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
        """What is read from which column, and which columns are passed over. Raises Unreadable for a table of another template."""
        return self.whole(path.name, columns_of(path, self.needed))

    def whole(self, file: str, columns: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
        """The same of the columns of a table."""
        found = self.found(columns)
        lacking = [self.names[what][1] for what in self.must if what not in found]
        unknown = tuple(c for c in columns if c not in found.values() and c not in EDITION)
        if lacking:
            others = some_names(list(unknown), 8) if unknown else "—"
            raise Unreadable(Reason("vehicle_template", file=file, lacking="、".join(lacking), others=others))
        return found, unknown


def pieces(path: Path, heads: Template) -> Iterator[tuple[Cells, tuple[str, ...]]]:
    """The file piece by piece, each with the columns that are passed over. Raises Unreadable."""
    found, ignored = heads.of(path)
    for piece in table_pieces(path, heads.needed):
        yield of_edition(Cells(path.name, piece, found)), ignored


def of_edition(cells: Cells) -> Cells:
    """The same. Raises Unreadable for a file that says it is of another year's template."""
    for name in EDITION:
        if name in cells.frame.columns:
            said = {text for text in cell_texts(cells.frame[name]).unique() if text and text != OURS}
            if said:
                raise Unreadable(
                    Reason("vehicle_template_year", file=cells.file, year=sorted(said)[0], ours=OURS)
                )
    return cells
