"""`bihuan water class`: the class of surface water and its main pollutants, row by row."""

import argparse
from pathlib import Path

import polars as pl

from bihuan.commands.file_work import finish, given
from bihuan.commands.output import Output
from bihuan.domain.standards.surface_water import ROMAN, roman, with_classes, with_main
from bihuan.feeds.reading import Reading
from bihuan.feeds.section_table import NUMBERS_OF, SectionTable
from bihuan.pipeline import given_tables

HELP = "add the class of GB 3838-2002 and the main pollutants to a table of surface water"
EXAMPLE = "bihuan water class sections.parquet --out classes.csv"
PUBLISHED = "class_published"
"""What stood in a column `class` of the file is kept under this name."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    action = actions.add_parser(
        "class",
        help=HELP,
        description="Adds class_<item>, class (Ⅰ to 劣Ⅴ) and main. Which items: those of the file. A column `kind` (river, lake; "
        "empty = river) chooses the limits of TP. A column `class` of the file is kept as class_published.",
        epilog=f"example:\n  {EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    action.add_argument("input", type=Path, metavar="IN", help="table of sections: .parquet, .csv or .xlsx")
    action.add_argument("--out", type=Path, required=True, metavar="OUT", help=".parquet, .csv or .xlsx")


def class_table(table: SectionTable) -> pl.DataFrame:
    """The rows of the file, in their order, with the classes."""
    names = list(table.judged)
    values = table.rows.select(pl.col(f"{NUMBERS_OF}{n}").alias(n) for n in names)
    if table.kind:
        values = values.with_columns(table.rows[table.kind].cast(pl.String).str.strip_chars().alias("kind"))
    found = with_main(with_classes(values, names))
    given = table.rows.drop(f"{NUMBERS_OF}{n}" for n in names)
    added = [*(f"class_{n}" for n in names), "class", "main"]
    given = given.rename(
        {c: PUBLISHED if c == "class" else f"{c}_published" for c in added if c in given.columns}
    )
    romans = found.select(roman(c).alias(c) for c in added[:-1])
    return pl.concat([given, romans, found.select("main")], how="horizontal")


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 1 some values refused, 2 nothing done."""
    table = given(given_tables.sections, args, out)
    judged = class_table(table)
    counts = dict(judged.group_by("class").len().drop_nulls().iter_rows())
    reading = Reading(judged, table.refused, ())
    extra = {
        "items": list(table.judged),
        "classes": {name: counts[name] for name in ROMAN if name in counts},
        "without_class": judged["class"].null_count(),
    }
    return finish(judged, reading, args, out, extra)
