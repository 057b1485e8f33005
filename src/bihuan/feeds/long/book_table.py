"""One table of a workbook or a text with results of water on its way: rows as they were sent, and what of them is refused.

Heads of several rows with merged cells, units beside or below the names, several tables in a sheet and several sheets are read as they
are. A result below the detection limit is half of it, with the flag `<` (domain.flags). A refused cell is named by row and column (`F 氨氮`).
"""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import polars as pl

from bihuan.feeds.lines import ROW
from bihuan.feeds.long.below import ABSENT
from bihuan.feeds.long.columns import SEVERAL, Measured, long_values
from bihuan.feeds.long.monthly_heads import Kind, Table, tables
from bihuan.feeds.long.monthly_times import sampled, title_of
from bihuan.feeds.long.rows import SCHEMA, timed
from bihuan.feeds.mapping import cell_texts
from bihuan.feeds.reading import Reading, Refusal
from bihuan.feeds.sheets import Sheet, sheets
from bihuan.feeds.sites import FAULTS, faults
from bihuan.reasons import Reason

SUMMARIES = "^(检出限|最低检出限|方法检出限|标准限值|标准值|标准|限值|[ⅠⅡⅢⅣⅤ]+类标准.*|最大值|最小值|平均值|均值|平均|合计|总计|累计|备注.*|注[:：].*|填表人.*|制表.*|审核.*)$"
TITLES = 4
SPLIT = "\n"
TIMES = ("date", "months", "year", "month", "day")


def readings(path: Path, kind: Kind, made: "type[BookTable] | None" = None) -> Iterator[Reading]:
    """A workbook or a text table by table. Raises Unreadable for what is neither."""
    ignored = list[str]()
    book = list(sheets(path))
    for sheet in book:
        prefix = f"{sheet.name}!" if len(book) > 1 else ""
        for table in tables(sheet.cells, kind):
            ignored += [name for name in table.others if name not in ignored]
            yield (made or BookTable)(path, sheet, table, prefix, kind.place).reading(tuple(ignored))


class BookTable:
    """One table on its way; what is refused leaves `frame`. place: the part that says where."""

    def __init__(self, path: Path, sheet: Sheet, table: Table, prefix: str, place: str) -> None:
        self.file, self.table, self.sheet, self.place = path.name, table, sheet, place
        self.shown = partial("{}{} {}".format, prefix)
        self.title = title_of(*self._titles(), sheet.name, path.name)
        columns = [*table.parts.values(), *(item.column for item in table.items)]
        cells = sheet.cells.with_columns(sheet.numbers.alias(ROW))
        body = cells[table.first : table.end].select(ROW, *columns)
        texts = pl.concat_list(pl.col(columns).str.strip_chars().replace("", None)).list.drop_nulls()
        self.frame = body.filter(
            texts.list.n_unique() > 1
        )  # a title or a remark says one thing in all its cells
        self.refused: list[Refusal] = []

    def _titles(self) -> list[str]:
        """The titles above the table, the nearest first, then those at the top of the sheet."""
        head, cells = self.table.head, self.sheet.cells
        near, top = cells[max(0, head - TITLES) : head], cells[: min(TITLES, head)]
        said = [set(filter(None, row)) for row in (*reversed(near.rows()), *top.rows())]
        return [texts.pop() for texts in said if len(texts) == 1]

    def site(self) -> pl.Series:
        """Where each row was measured; empty where it does not say it."""
        return self.text(self.place)

    def reading(self, ignored: tuple[str, ...]) -> Reading:
        """The rows, and all that was refused."""
        for column, head, why in self.table.refused:
            row = self.sheet.numbers[self.table.head]
            self.refused.append(Refusal(self.file, row, self.shown(column, head), "", why))
        left_out = self._without_summaries()
        in_file = self.frame.height
        self._sites()
        self._times()
        rows = self._values()
        notes = (SEVERAL, *([Reason("summary_rows", count=left_out)] if left_out else []))
        refused = tuple(sorted(self.refused, key=lambda refusal: refusal.row))
        return Reading(rows, refused, ignored, notes, rows_in_file=in_file, place=self._head(self.place))

    def text(self, part: str) -> pl.Series:
        """What the cells of a part say; empty texts where there is no such column."""
        column = self.table.parts.get(part)
        if column is None:
            return pl.Series(part, [""] * self.frame.height, dtype=pl.String)
        return cell_texts(self.frame[column]).alias(part)

    def _head(self, part: str) -> str:
        """The column of a part as it is shown."""
        column = self.table.parts.get(part)
        return self.shown(column, self.sheet.cells[column][self.table.head] or "") if column else ""

    def _without_summaries(self) -> int:
        """Leave out limits, means and remarks, said in place of where or when; how many rows that were."""
        summary = self.text(self.place).str.contains(SUMMARIES) | self.text("date").str.contains(SUMMARIES)
        self.frame = self.frame.filter(~summary)
        return int(summary.sum())

    def _sites(self) -> None:
        site = self.site()
        self.frame = self.frame.with_columns(site.alias("site"))
        wrong = faults(site).replace_strict({k: k for k in FAULTS}, default=None)
        self._refuse(self.place, "site", wrong, FAULTS)

    def _refuse(self, part: str, shown: str, wrong: pl.Series, reasons: Mapping[str, Reason]) -> None:
        """Refuse the rows that have a fault; `reasons` says what each is, `shown` is the column with what was written."""
        told = self.frame.select(ROW, shown, wrong.alias("fault")).drop_nulls("fault")
        head = self._head(part)
        self.refused += [
            Refusal(self.file, row, head, text, reasons[fault]) for row, text, fault in told.iter_rows()
        ]
        self.frame = self.frame.filter(wrong.is_null())

    def _times(self) -> None:
        """`start` and `period`; each different time is read once."""
        parts = [part for part in TIMES if part in self.table.parts]
        texts = [self.text(part).str.replace(r"(\d) 00:00:00$", "$1") for part in parts]
        self.frame = self.frame.with_columns(
            [t.alias(f"#{p}") for p, t in zip(parts, texts, strict=True)],
        )
        whole = pl.concat_str([f"#{p}" for p in parts], separator=SPLIT) if parts else pl.lit("")
        self.frame = self.frame.with_columns(whole.alias("#when"))
        found = {
            text: sampled(dict(zip(parts, text.split(SPLIT), strict=False)), self.title)
            for text in self.frame["#when"].unique().to_list()
        }
        wrong = {text: one for text, one in found.items() if isinstance(one, Reason)}
        good = {text: one for text, one in found.items() if not isinstance(one, Reason)}
        head, when = next((p for p in TIMES if p in parts), self.place), pl.col("#when")
        fault = self.frame.select(
            when.replace_strict({t: t for t in wrong}, default=None, return_dtype=pl.String)
        )
        self._refuse(head, "#when", fault.to_series(), wrong)
        moments, periods = ({text: one[at] for text, one in good.items()} for at in (0, 1))
        self.frame = self.frame.with_columns(
            when.replace_strict(periods, default=None, return_dtype=pl.String).alias("period")
        )
        times = self.frame.select(when.replace_strict(moments, default=None, return_dtype=pl.Datetime("us")))
        self.frame, refused = timed(self.file, self.frame, times.to_series(), when, self._head(head))
        self.refused += refused

    def _values(self) -> pl.DataFrame:
        """A row for each item; the site ends with what the item's column says of it."""
        about = self.frame.select("site", "period", "start", ROW)
        parts = [
            about.clear().with_columns(
                quantity=pl.lit(""), value=pl.lit(None, pl.Float64), flag=pl.lit(None, pl.String)
            )
        ]
        for item in self.table.items:
            name, texts = self.shown(item.column, item.head), self.frame[item.column].str.replace_all(",", "")
            frame = about.with_columns(
                texts.alias(name), pl.col("site") + item.suffix, flag=pl.lit(None, pl.String)
            )
            rows, refused = long_values(
                self.file, frame, [Measured(name, item.code, item.factor)], absent=ABSENT
            )
            parts.append(rows)
            self.refused += refused
        return pl.concat([part.select(list(SCHEMA)) for part in parts])
