"""Issue and freeze the forecast as of a moment."""

import argparse
from pathlib import Path
from types import ModuleType

import polars as pl

from bihuan.archive.forecasts import ForecastStore
from bihuan.commands.backtest import parse_cities, parse_time, to_file
from bihuan.commands.marks import with_marks
from bihuan.commands.output import Output
from bihuan.commands.weather_files import simulated_sites
from bihuan.domain.forecast.areas import Areas, areas_of
from bihuan.domain.forecast.model import NoHistory
from bihuan.errors import NothingDone
from bihuan.forecasting.freezing import issue_and_freeze
from bihuan.installation import files
from bihuan.small_json import read_small_json

HELP = "issue and freeze the forecast as of a moment, from what had been received by then"
EXAMPLE = "bihuan --data data forecast --as-of 2019-01-11T08:00 --out forecast.parquet"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "--as-of", required=True, metavar="T", help="issue time; later receipts are not looked at"
    )
    parser.add_argument(
        "--sites", metavar="A,B", help="sites (default: all that reported in the last 7 days)"
    )
    parser.add_argument(
        "--city",
        action="append",
        default=[],
        metavar="CODE=A,B",
        help="also the city's own forecast (default: the folder's city.json)",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help=".parquet, .csv or .xlsx")


def run(args: argparse.Namespace, out: Output) -> int:
    """Forecast, freeze, write the hourly rows."""
    if args.out.suffix.lower() not in (".parquet", ".csv", ".xlsx"):
        raise NothingDone(f"{args.out.name}: the output must end in .parquet, .csv or .xlsx")
    if not (args.data / "archive").is_dir():
        raise NothingDone(
            f"{args.data} is not an installation (it has no archive); import measurements first"
        )
    moment = parse_time(args.as_of, "--as-of")
    sites = [s for s in args.sites.split(",") if s] if args.sites else None
    cities = parse_cities(args.city) or city_of(args.data)
    registered = register()
    counties = registered.counties() if registered else None
    try:
        run_id, made = issue_and_freeze(
            args.data,
            moment,
            sites=sites,
            cities=cities,
            counties=counties,
            decisions=registered.excluded_by(moment) if registered else None,
            say=out.progress,
        )
    except NoHistory as error:
        raise NothingDone(str(error)) from error
    if made.hours.is_empty():
        raise NothingDone(f"no forecast: {'; '.join(f'{k}: {v}' for k, v in made.reasons.items())}")
    files.write_table(
        with_marks(to_file(made.hours), "site", _simulated(areas_of(cities, counties))), args.out
    )
    forecast_sites = made.hours["site"].unique().sort().to_list()
    meta = ForecastStore(args.data).meta(run_id)
    data = {
        "run": run_id,
        "model": meta["model_id"],
        "fallback": meta["fallback"],
        "rows": made.hours.height,
        "sites": forecast_sites,
        "reasons": made.reasons,
        "out": str(args.out),
    }
    notes = [meta["fallback"]] if meta["fallback"] else []
    notes += [f"{site}: {why}" for site, why in made.reasons.items()]
    out.result(
        data,
        "\n".join(
            [f"{made.hours.height} rows of run {run_id} written to {args.out}", *notes, *_days(made.days)]
        ),
    )
    return 0


def _simulated(areas: Areas) -> set[str]:
    """Places whose forecast rests on a simulated station: the station, and each area that it counts to."""
    sites = set(simulated_sites())
    return sites | {area for area, stations in areas.items() if sites & set(stations)}


def register() -> ModuleType | None:
    """What the register says for the forecast; None in a bare installation without a register."""
    import django

    django.setup()
    from django.db import connection

    from bihuan.registry import forecasting
    from bihuan.registry.models import ValueDecision

    # Asking an SQLite database that is not there would make one.
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).is_file():
        return None
    known = ValueDecision._meta.db_table in connection.introspection.table_names()
    return forecasting if known else None


def city_of(folder: Path) -> dict[str, tuple[str, ...]]:
    """The folder's own city from city.json ({"code": ..., "sites": [...]}), if it has one."""
    path = folder / "city.json"
    if not path.is_file():
        return {}
    try:
        found = read_small_json(path)
        return {str(found["code"]): tuple(map(str, found["sites"]))}
    except (ValueError, KeyError, TypeError) as error:
        raise NothingDone(f'{path}: must hold {{"code": "140300", "sites": ["1738A"]}} ({error})') from error


def _days(days: pl.DataFrame) -> list[str]:
    """AQI of each city by day, one line each."""
    rows = days.filter(pl.col("site").str.starts_with("city:"), pl.col("item") == "aqi").sort("site", "date")
    return [
        f"{r['site']} {r['date']} AQI {r['q05']:.0f}..{r['q50']:.0f}..{r['q95']:.0f}"
        for r in rows.iter_rows(named=True)
    ]
