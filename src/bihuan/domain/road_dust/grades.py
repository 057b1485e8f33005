"""Grades of silt load by class of road, and what dirt may remain by class of cleaning; dated, from grades.csv."""

from datetime import date
from pathlib import Path

from bihuan.domain.outlets.dated import in_force

GRADES = Path(__file__).with_suffix(".csv")
SILT, DIRT = "silt", "dirt"
BAD = "bad"
"""Beyond the last grade."""


def grade_of(what: str, kind: str, value: float, on: date) -> str | None:
    """The grade of a value [g/m²] of a class on a date; a grade holds up to its limit, which is still of it. None where no grade is known."""
    rows = in_force(GRADES, on)
    known = sorted(
        (up_to, grade)
        for w, k, grade, up_to in rows.select("what", "class", "grade", "up_to").iter_rows()
        if (w, k) == (what, kind)
    )
    if not known:
        return None
    return next((grade for up_to, grade in known if value <= up_to), BAD)
