"""The evidence of an hour: its minutes, and every packet they came from, decoded again with its check value recomputed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from bihuan.domain.outlets.reading import PERIODS
from bihuan.domain.timeaxis import HOUR
from bihuan.feeds.hj212 import Piece, decode_stream
from bihuan.feeds.hj212.crc import crc_text, judge
from bihuan.feeds.hj212.framing import frames
from bihuan.feeds.hj212.masking import hidden, without_secrets
from bihuan.registry.hours import archive
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.items import LABELS
from bihuan.scenarios.plant_emissions.medium import Medium
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.received import Seen, seen, versions

NAMES = {"2051": "分钟数据", "2061": "小时数据", "2031": "日数据", "2011": "实时数据"}
FIELDS = {
    "Avg": "均值", "Min": "最小", "Max": "最大", "Rtd": "实时", "Cou": "累计", "Flag": "标识", "EFlag": "设备标识",
    "ZsAvg": "折算均值", "ZsMin": "折算最小", "ZsMax": "折算最大", "ZsRtd": "折算实时", "DataTime": "数据时间",
}  # fmt: skip
_PRINTED = re.compile(rb"([0-9A-Fa-f]{1,4})\s*\Z")


@dataclass(frozen=True)
class Packet:
    """A packet as it came: where it stands in the journal, from whom, its text, what it says, and its check value.

    `fits`: the printed value belongs to the segment, by the standard's way or by one of the `variants` that are accepted;
    `computed`: by the standard's way.
    """

    position: int
    received: datetime
    source: str
    raw: str
    name: str
    start: datetime
    piece: Piece
    printed: str
    computed: str
    fits: bool
    variants: tuple[str, ...]
    names: Mapping[str, str]

    @property
    def decoded(self) -> list[tuple[str, str, str, str, str]]:
        """(code, what it is, field, what it is, value); what nobody knows stays empty."""
        return [(c, self.names.get(c, ""), f, FIELDS.get(f, ""), v) for c, f, v in self.fields]

    @property
    def header(self) -> list[tuple[str, str]]:
        """Header fields that were sent."""
        return [(k, str(v)) for k, v in self.piece.header.items() if v is not None and k != "PW"]

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """(code, field, value) of the content."""
        content = self.piece.cp
        top = [("", key, str(value)) for key, value in hidden(content["top"]).items()]
        factors = content["factors"].items()
        return top + [(c, f, v) for c, fields in factors for f, v in hidden(fields).items()]


@dataclass(frozen=True)
class Evidence:
    """An hour of an outlet: the platform's numbers, its minutes, and its packets by receipt."""

    data: Seen
    packets: list[Packet]

    @property
    def hour(self) -> dict[str, Any] | None:
        """The platform's hour."""
        return self.data.hours.row(0, named=True) if self.data.hours.height else None


def evidence_of(medium: Medium, outlet: Outlet, hour: datetime, known: datetime) -> Evidence:
    """Everything about the hour that begins at `hour`, as known at `known`."""
    factors = register.factors_table([outlet.code])
    of_hour = (pl.col("cn") == "2051") | ((pl.col("cn") == "2061") & (pl.col("start") == hour))
    rows = versions(factors, hour, hour + HOUR, known).filter(
        of_hour, pl.col("code").is_in(factors["code"].unique().to_list())
    )
    said = rows.select("journal", "received", "cn", "start").unique().sort("received", "journal").collect()
    named = factors.select("code", pl.col("item").replace_strict(LABELS, default=""))
    names: dict[str, str] = dict(named.iter_rows())
    packets = [_packet(p, at, cn, begin, names) for p, at, cn, begin in said.iter_rows()]
    return Evidence(seen(medium, [outlet.code], hour, hour + HOUR, known), packets)


def _packet(position: int, received: datetime, cn: str, start: datetime, names: Mapping[str, str]) -> Packet:
    entry = archive().devices.journal.read(position)
    frame, piece = next(
        (f, p) for f, p in zip(frames(entry.data), decode_stream(entry.data), strict=True) if p.accepted
    )
    found = _PRINTED.search(entry.data[frame.start : frame.end].rstrip())
    printed = found[1] if found else b""
    verdict = judge(frame.segment, printed)
    return Packet(
        position=position,
        received=received,
        source=entry.source,
        raw=without_secrets(entry.data).decode("utf-8", "replace"),
        name=NAMES.get(cn, PERIODS.get(cn, cn)),
        start=start,
        piece=piece,
        printed=printed.decode(),
        computed=crc_text(frame.segment).decode(),
        fits=verdict is not None,
        variants=tuple(verdict or ()),
        names=names,
    )
