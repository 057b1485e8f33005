"""From a check's table to findings: the registry gives each target its name, region and responsible unit."""

import json
from collections.abc import Mapping

import polars as pl
from django.db import transaction

from bihuan.cases.findings import open_or_extend
from bihuan.cases.targets import Target, targets_of
from bihuan.domain.checks import Check


@transaction.atomic
def file_findings(check: Check, found: pl.DataFrame) -> tuple[int, int]:
    """File each row of a check's table; returns (new, extended). A target the registry does not know is left out."""
    known: dict[str, Mapping[str, Target]] = {}
    new = extended = 0
    for row in found.sort("start").iter_rows(named=True):
        kind = row["target_kind"]
        target = known.setdefault(kind, targets_of(kind)).get(row["target"])
        if target is None:
            continue
        _, is_new = open_or_extend(
            check_key=f"{check.key}:{row['item']}" if row["item"] else check.key,
            target_kind=kind,
            target=row["target"],
            target_name=target.name,
            title=row["title"],
            region=target.region,
            organisation=target.organisation,
            started_at=row["start"],
            until=row["until"],
            item=row["item"] or "",
            magnitude=row["magnitude"],
            unit=row["unit"],
            severity=check.severity,
            evidence=json.loads(row["evidence"]),
            basis=check.basis,
            simulated=target.simulated,
        )
        new, extended = new + is_new, extended + (not is_new)
    return new, extended
