"""Forecast runs, frozen: a folder each, written once, never changed, with the hash of its contents."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.atomic import draft
from bihuan.domain.timeaxis import INSTANT
from bihuan.errors import BihuanError

PARTS = ("hours", "days", "members")
STAMP = "%Y%m%dT%H%M%SZ"
"""How a run's id begins: its issue in UTC. Ids sort as their issues do."""


class RunError(BihuanError):
    """A forecast run is absent, exists already, or was altered."""


@dataclass(frozen=True)
class Run:
    """One frozen run as it is read back."""

    run_id: str
    issued: datetime
    hours: pl.DataFrame
    days: pl.DataFrame
    members: pl.DataFrame
    meta: dict[str, Any]


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for part in PARTS:
        whole.update(hashlib.sha256((folder / f"{part}.parquet").read_bytes()).digest())
    return whole.hexdigest()


def _issued_of(run_id: str) -> datetime:
    return datetime.strptime(run_id.split("-")[0], STAMP).replace(tzinfo=UTC)


class ForecastStore:
    """`root`/forecasts/<issued, UTC>-<hash>/ holds hours, days and members (Parquet) and meta.json."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "forecasts"

    def freeze(
        self, hours: pl.DataFrame, days: pl.DataFrame, members: pl.DataFrame, meta: Mapping[str, Any]
    ) -> str:
        """Keep a run for ever; gives its id.

        meta must hold `issued` (aware datetime); whatever else it says (model, data span, received until) is
        kept. The same contents again give the same id and change nothing; an existing run is never overwritten.
        """
        issued = meta["issued"].astimezone(UTC)
        self.folder.mkdir(parents=True, exist_ok=True)
        with draft(self.folder, f"{issued:{STAMP}}") as folder:
            folder.mkdir()
            for name, frame in zip(PARTS, (hours, days, members), strict=True):
                frame.write_parquet(folder / f"{name}.parquet", compression="zstd")
            digest = _digest(folder)
            run_id = f"{issued:{STAMP}}-{digest[:12]}"
            text = json.dumps(
                {**meta, "run_id": run_id, "sha256": digest}, default=_plain, ensure_ascii=False
            )
            (folder / "meta.json").write_text(text, encoding="utf-8")
            self._place(folder, run_id)
        return run_id

    def _place(self, written: Path, run_id: str) -> None:
        target = self.folder / run_id
        if target.exists():
            if self.verify(run_id):
                return
            raise RunError(f"forecast run {run_id} exists and was altered; restore {target} from a backup")
        written.rename(target)

    def runs(self, until: datetime | None = None, limit: int | None = None) -> list[str]:
        """Ids of runs issued up to `until`, latest first."""
        if not self.folder.is_dir():
            return []
        names = sorted((p.name for p in self.folder.iterdir() if not p.name.startswith(".")), reverse=True)
        last = None if until is None else f"{until.astimezone(UTC):{STAMP}}"
        return [n for n in names if last is None or n.split("-")[0] <= last][:limit]

    def latest(self, as_of: datetime | None = None) -> Run | None:
        """The last run issued up to `as_of`."""
        found = self.runs(as_of, limit=1)
        return self.load(found[0]) if found else None

    def load(self, run_id: str) -> Run:
        """Read a run. Raises RunError when there is none of that id."""
        folder = self.folder / run_id
        if not (folder / "meta.json").is_file():
            raise RunError(f"there is no forecast run {run_id} in {self.folder}")
        frames = {part: pl.read_parquet(folder / f"{part}.parquet") for part in PARTS}
        return Run(run_id, _issued_of(run_id), **frames, meta=self.meta(run_id))

    def part(self, name: str, run_ids: Sequence[str], sites: Sequence[str] | None = None) -> pl.DataFrame:
        """One part (`hours`, `days`, `members`) of several runs in one frame, each row with `issued`; of `sites` or all.

        Much cheaper than loading whole runs: only the rows of the sites are read. Columns are those of the newest
        run; a run from before a column was there has null in it. Empty without any run.
        """
        if not run_ids:
            return pl.DataFrame()
        paths = {
            str(self.folder / r / f"{name}.parquet"): _issued_of(r) for r in sorted(run_ids, reverse=True)
        }
        rows = pl.scan_parquet(
            list(paths), include_file_paths="_path", missing_columns="insert", extra_columns="ignore"
        )
        if sites is not None:
            rows = rows.filter(pl.col("site").is_in(list(sites)))
        if "issued" not in rows.collect_schema():
            rows = rows.with_columns(issued=pl.col("_path").replace_strict(paths, return_dtype=INSTANT))
        return rows.drop("_path").collect()

    def meta(self, run_id: str) -> dict[str, Any]:
        """What is written beside the run."""
        found: dict[str, Any] = json.loads((self.folder / run_id / "meta.json").read_text(encoding="utf-8"))
        return found

    def verify(self, run_id: str) -> bool:
        """Whether the contents still have the hash they were frozen with."""
        digest = _digest(self.folder / run_id)
        return digest == self.meta(run_id)["sha256"] and run_id.endswith(digest[:12])


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
