"""What a kind of outlet has to say of itself: its tables, its law, its pages."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.domain.outlets.tables import Watched
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.standings import Standing


@dataclass(frozen=True)
class Tables:
    """Schemas of a medium: minutes, what loggers made of them, hours, amounts of hours, lines of the ledger."""

    minutes: pl.Schema
    logged: pl.Schema
    hours: pl.Schema
    amounts: pl.Schema
    ledger: pl.Schema


class Medium(ABC):
    """pollutants: what has limits and amounts; items: what an hour shows; flow: the quantity that carries them; kept:
    folder of kept hours below the archive; ranged: what has a limit with a lower end; fields: what an outlet of another
    medium has and this one has not, and the same of loggers; conditions: what its marks of condition may say.
    """

    key: str
    pollutants: tuple[str, ...]
    items: tuple[str, ...]
    spanned: tuple[str, ...]
    ranged: tuple[str, ...] = ()
    unit: str
    flow: str
    tables: Tables
    watched: type[Watched]
    units: Mapping[str, str]
    kept: Path
    processes: Mapping[str, str]
    without: tuple[str, ...] = ()
    logger_without: tuple[str, ...] = ()
    conditions: tuple[str, ...]
    by_day: bool
    """Limits judge the mean of the day only."""
    compared: bool
    """A comparison (比对) is entered with both figures, and `allowed_error` judges it."""
    limit_title: str
    states_note: str
    """What over and likely to be over mean in the list of outlets (Chinese)."""
    stopped_note: str = ""
    """What a stopped hour of the calendar is beside a source that stood still (Chinese)."""
    meaning: tuple[str, ...]
    """What the numbers of the ledger mean, a line each (Chinese)."""
    heads: tuple[str, ...] = ()
    """Heads of columns of the ledger that only this medium has."""
    sheets: str
    """What the sheets of the month report are called by, before the name of each."""
    page: str
    hour_page: str

    @property
    def texts(self) -> tuple[str, ...]:
        """All Chinese texts of its own that pages show, to be translated."""
        own = (self.limit_title, self.states_note, self.stopped_note, *self.heads, *self.meaning)
        return tuple(text for text in own if text)

    @abstractmethod
    def rules(self, on: date) -> object:
        """All that hours made of minutes depend on beside the register: what the law says on a date, and settings."""

    @abstractmethod
    def hours(
        self, minutes: pl.DataFrame, outlets: pl.DataFrame, marks: pl.DataFrame, on: date
    ) -> pl.DataFrame:
        """HOURS of minutes by the rules of a date."""

    @abstractmethod
    def limits(self, codes: Iterable[str]) -> pl.DataFrame:
        """LIMITS of outlets."""

    @abstractmethod
    def amounts(
        self, hours: pl.DataFrame, marks: pl.DataFrame, lost: pl.DataFrame, month: date, until: datetime
    ) -> pl.DataFrame:
        """AMOUNTS of every hour up to `until`, by the rules of a month; lost: UNCONTROLLED."""

    @abstractmethod
    def ledger(
        self, amounts: pl.DataFrame, outlets: pl.DataFrame, limits: pl.DataFrame, month: date
    ) -> pl.DataFrame:
        """Lines of the ledger, by the rules of a month."""

    @abstractmethod
    def allowed_error(self, item: str, reference: float, on: date) -> float | None:
        """What an analyser may differ by from a reference value; None where no figure is known."""

    @abstractmethod
    def standings(self, outlets: Collection[Outlet], now: datetime) -> list[Standing]:
        """How outlets stand at `now`, by what had been received by then; the worst first."""

    @abstractmethod
    def panels(self, outlet: Outlet, now: datetime, *, minutes: bool) -> dict[str, Any]:
        """Curves of the last 72 hours, or of the minutes of the last 24 hours, for the chart element."""

    @abstractmethod
    def process(self, key: str) -> dict[str, Any]:
        """A process as its table has it, or its key alone as `label`."""

    def recent_days(self, outlet: Outlet, now: datetime) -> list[dict[str, Any]]:
        """The last days, where limits judge days; newest first."""
        return []

    def line(self, row: dict[str, Any], read: dict[str, Any]) -> dict[str, Any]:
        """A line of the ledger as people read it: `read` is what all media have of `row`."""
        return read
