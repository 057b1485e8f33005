"""Somebody signed in asks for pages and files of the scenario; hours of records as loggers send them."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan.domain.timeaxis import CST
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.month import month_ledger
from bihuan.scenarios.plant_emissions.tests.conftest import MN
from tests.feeds.hj212.packets import pack
from tests.pages import flat
from tests.people import City

TEN = timedelta(minutes=10)
KG = 0.072
"""kg/h of 1 mg/m³ at the 20 m³/s = 72,000 m³/h that the loggers send."""


def as_(client: Client, city: City, role: str = "dispatcher", region: str = "140300") -> Client:
    """The client, signed in as somebody."""
    client.force_login(city.person(role, region), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, name: str, *args: Any, **query: Any) -> Any:
    """GET a page of the scenario."""
    return client.get(reverse(f"plant_emissions:{name}", args=args), query)


def on_map(client: Client, **query: Any) -> Any:
    """The layer of the plants."""
    return client.get(reverse("map_layer", args=["emissions"]), query).json()


def text(client: Client, name: str, *args: Any, **query: Any) -> str:
    """The page as text."""
    return flat(page(client, name, *args, **query).content.decode())


def table(client: Client, name: str, *args: Any, **query: Any) -> list[dict[str, str]]:
    """The rows of a CSV."""
    content = page(client, name, *args, **query, **{"as": "csv"}).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def book(client: Client, name: str, *args: Any, **query: Any) -> Any:
    """The workbook of a page."""
    return load_workbook(io.BytesIO(page(client, name, *args, **query, **{"as": "xlsx"}).content))


def sheet(opened: Any, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet, below its sentence and its heads."""
    head, *rows = list(opened[name].iter_rows(min_row=2, values_only=True))
    return [dict(zip(head, row, strict=True)) for row in rows]


def everything(opened: Any) -> str:
    """All cells of a workbook as one text."""
    return " ".join(str(c) for s in opened for row in s.iter_rows(values_only=True) for c in row)


def at(month: int, day: int, hour: int = 0, minute: int = 0, *, year: int = 2019) -> datetime:
    """A moment by the clocks of China."""
    return datetime(year, month, day, hour, minute, tzinfo=CST)


def six(
    code: str,
    start: datetime,
    nox: float,
    *,
    o2: float = 9.0,
    flags: Sequence[str] = "NNNNNN",
    flow: float = 20.0,
) -> list[bytes]:
    """The ten-minute records of an hour, one for each flag: NOx measured [mg/m³], oxygen [%], flow [m³/s]."""
    return [
        pack(
            f"QN={_stamp(start + (n + 1) * TEN)}000;ST=31;CN=2051;PW=123456;MN={MN[code]};Flag=5;CP=&&"
            f"DataTime={_stamp(start + n * TEN)};a21002-Avg={nox},a21002-Flag={flag};a19001-Avg={o2},a19001-Flag={flag};"
            f"a00000-Avg={flow},a00000-Flag={flag}&&"
        )
        for n, flag in enumerate(flags)
    ]  # fmt: skip


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(CST):%Y%m%d%H%M%S}"


def of_month(code: str, month: date, now: datetime) -> dict[str, Any]:
    """The line of an outlet's NOx in the ledger of a month."""
    rows = month_ledger(MEDIA[GAS], [Outlet.objects.get(pk=code)], month, now).filter(pl.col("item") == "nox")
    return rows.row(0, named=True)
