"""Rolling-origin test of the forecast on ambient tables."""

import argparse
import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import psutil

from bihuan.commands import backtest_tables as tables
from bihuan.commands.backtest_tables import label_of
from bihuan.commands.backtest_work import Parts, Work, finish, forecasts_in, forget, key
from bihuan.commands.output import Output
from bihuan.domain.forecast import rolling, statistical
from bihuan.domain.forecast.areas import areas_of
from bihuan.domain.forecast.model import NoHistory
from bihuan.domain.forecast.statistical import Sample
from bihuan.domain.quantities import BY_LABEL, ITEMS
from bihuan.domain.timeaxis import parse_moment
from bihuan.domain.verification.errors import score
from bihuan.domain.verification.pairs import observed_long
from bihuan.errors import NothingDone
from bihuan.feeds.reading import Unreadable
from bihuan.installation import files
from bihuan.pipeline import given_tables

HELP = "forecast again and again over past data and score it against what was measured"
EXAMPLE = (
    "bihuan backtest air.parquet --from 2019-08-01T00:00 --to 2019-09-28T00:00 --every 6h "
    "--items PM2.5,O3 --peers --out forecasts.parquet"
)
MEMORY_OF_ONE = 1.5 * 2**30
"""What one process may need [bytes]: 1.0 GB was measured at 50 sites, 9 months of hours and 60 days of origins."""
SPAN = re.compile(r"^(\d+)(h|d)$")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("inputs", nargs="+", type=Path, metavar="IN", help="ambient tables")
    parser.add_argument("--from", dest="first", required=True, metavar="T", help="first origin")
    parser.add_argument("--to", dest="last", required=True, metavar="T", help="last origin")
    parser.add_argument("--every", default="6h", metavar="6h", help="distance of origins (default 6h)")
    parser.add_argument("--leads", type=int, default=72, help="hours ahead, 1..168 (default 72)")
    parser.add_argument("--items", default="PM2.5,O3", help="items, joined by commas (default PM2.5,O3)")
    parser.add_argument("--weather", choices=("none", "observed", "noisy"), default="none")
    parser.add_argument("--refit", metavar="30d", help="fit again after this time (default: once)")
    parser.add_argument(
        "--city", action="append", default=[], metavar="CODE=A,B", help="also the city's mean"
    )
    parser.add_argument(
        "--peers", action="store_true", help="also run the named baselines and print the table"
    )
    parser.add_argument(
        "--sample",
        default=f"{statistical.SITES},{statistical.ORIGINS}",
        metavar="SITES,ORIGINS",
        help="with --peers: on how many the slow ones of statsforecast run (default %(default)s)",
    )
    parser.add_argument(
        "--processes",
        type=int,
        metavar="N",
        help="processes, each with its memory (default: as many as there are cores and room)",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help=".parquet, .csv or .xlsx")


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the backtest, or go on with one that was broken off; exit 1 when records of the inputs were refused."""
    _check_out(args.out)
    processes = _processes(args.processes)
    plan = _plan(args)
    areas = areas_of(parse_cities(args.city))
    history, refused = read_tables(args.inputs, out)
    _check_weather(plan, history)
    work = Work(plan, areas, args.peers, _sample(args, plan, history) if args.peers else None)
    parts = Parts(args.out, key(work, args.inputs))
    try:
        paths, resumed = finish(work, history, parts, processes, out.progress)
    except NoHistory as error:
        forget(parts)
        raise NothingDone(f"the model cannot be fitted on rows before --from: {error}") from error
    forecast = forecasts_in(paths)
    if forecast.is_empty():
        forget(parts)
        raise NothingDone(
            f"no site has 5 days of {args.items} before --from; choose other items or a later --from"
        )
    files.write_table(to_file(forecast), args.out)
    observed = observed_long(history, plan.items, areas)
    data = {
        "rows": forecast.height,
        "out": str(args.out),
        "scores": tables.labelled(score(forecast, observed)),
        "peers": tables.peers(paths, observed) if args.peers else [],
        "sample": tables.on_sample(paths, observed, work.sample) if args.peers else None,
        "resumed": resumed,
        "processes": processes,
        "memory_mb": tables.memory(),
    }
    forget(parts)
    out.result({**data, "refused": refused}, tables.text(data))
    return 1 if refused else 0


def _check_out(path: Path) -> None:
    if path.suffix.lower() not in (".parquet", ".csv", ".xlsx"):
        raise NothingDone(f"{path.name}: the output must end in .parquet, .csv or .xlsx")
    if not path.parent.is_dir():
        raise NothingDone(f"the folder {path.parent} does not exist; make it first or choose another --out")


def _processes(asked: int | None) -> int:
    """How many processes: by default one for each core, never more, and as many as the free memory holds."""
    cores = len(os.sched_getaffinity(0))
    if asked is not None and not 1 <= asked <= cores:
        raise NothingDone(f"--processes {asked}: choose 1 to {cores}, the number of cores")
    room = int(psutil.virtual_memory().available // MEMORY_OF_ONE)
    return asked or max(1, min(cores, room))


def _sample(args: argparse.Namespace, plan: rolling.Plan, history: pl.DataFrame) -> Sample | None:
    """Where the slow peers run; None where their library is not installed."""
    found = re.fullmatch(r"([1-9]\d*),([1-9]\d*)", args.sample)
    if not found:
        raise NothingDone(f"--sample {args.sample}: write how many sites and origins, such as 3,8")
    if not statistical.available():
        return None
    origins = [o for segment in plan.segments() for o in segment]
    sites = history["site"].unique().to_list()
    return statistical.sample(sites, origins, most_sites=int(found[1]), most_origins=int(found[2]))


def parse_span(text: str, name: str) -> timedelta:
    """`6h` or `30d`. Raises NothingDone for anything else."""
    found = SPAN.match(text)
    if not found or not 0 < int(found[1]) < 100_000:
        raise NothingDone(f"{name} {text}: write a number of hours or days, such as 6h or 30d")
    return timedelta(hours=int(found[1]) * (24 if found[2] == "d" else 1))


def parse_time(text: str, name: str) -> datetime:
    """Command-line time. Raises NothingDone when it is none."""
    try:
        return parse_moment(text)
    except ValueError as error:
        raise NothingDone(f"{name} {text}: not a time; write it like 2019-10-05T06:00") from error


def parse_cities(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """`CODE=A,B` -> code and sites. Raises NothingDone."""
    cities = {}
    for text in texts:
        code, equal, sites = text.partition("=")
        if not equal or not code or not sites:
            raise NothingDone(
                f"--city {text}: write the region code and its sites, such as 140300=1738A,1739A"
            )
        cities[code] = tuple(s for s in sites.split(",") if s)
    return cities


def parse_items(text: str) -> tuple[str, ...]:
    """Item labels joined by commas -> inside names. Raises NothingDone for an unknown one."""
    known = [q.label for q in ITEMS]
    labels = [t.strip() for t in text.split(",") if t.strip()]
    unknown = [label for label in labels if label not in known]
    if unknown or not labels:
        raise NothingDone(f"--items {text}: unknown {', '.join(unknown)}; choose from {', '.join(known)}")
    return tuple(BY_LABEL[label].name for label in labels)


def _plan(args: argparse.Namespace) -> rolling.Plan:
    first, last = parse_time(args.first, "--from"), parse_time(args.last, "--to")
    if last < first:
        raise NothingDone(f"--to {args.last} lies before --from {args.first}")
    if any(t.minute or t.second for t in (first, last)):
        raise NothingDone("--from and --to must be whole hours")
    if not 1 <= args.leads <= 168:
        raise NothingDone(f"--leads {args.leads}: choose 1 to 168 hours")
    refit = parse_span(args.refit, "--refit") if args.refit else None
    every = parse_span(args.every, "--every")
    return rolling.Plan(first, last, every, args.leads, parse_items(args.items), args.weather, refit)


def read_tables(paths: Sequence[Path], out: Output) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Rows of all ambient tables together, and the refused records. Raises NothingDone."""
    given_tables.warm()
    frames, refused = [], []
    for number, path in enumerate(paths):
        try:
            reading = given_tables.ambient(path)
        except Unreadable as error:
            raise NothingDone(str(error)) from error
        frames.append(reading.rows)
        refused += [r.as_dict() for r in reading.refused]
        out.progress("read tables", number + 1, len(paths))
    rows = pl.concat(frames, how="diagonal")
    if rows.is_empty():
        raise NothingDone("the tables hold no row that could be read")
    return rows.unique(["site", "start"], keep="last", maintain_order=True), refused


def _check_weather(plan: rolling.Plan, history: pl.DataFrame) -> None:
    if plan.weather != "none" and not {"temp", "wspm"} & set(history.columns):
        raise NothingDone(
            f"--weather {plan.weather}: the tables have no weather columns such as TEMP or WSPM"
        )


def to_file(hours: pl.DataFrame) -> pl.DataFrame:
    """Inside rows -> the promised columns: time (END label) and issued in China Standard Time without zone."""
    labels = {i: label_of(i) for i in hours["item"].unique()}
    local = pl.duration(hours=8)
    columns = [c for c in hours.columns if c.startswith("q")]
    return hours.select(
        "site",
        pl.col("item").replace(labels),
        (pl.col("issued").dt.replace_time_zone(None) + local).alias("issued"),
        (pl.col("start").dt.replace_time_zone(None) + local + pl.duration(hours=1)).alias("time"),
        "lead",
        "mean",
        *columns,
        "model",
    )
