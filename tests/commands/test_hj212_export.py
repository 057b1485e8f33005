"""`bihuan hj212 export`: the promised columns, times in China, both ends included (interface)."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive import Archive
from bihuan.installation.marker import open_installation
from bihuan.pipeline.packets import ACCEPTED
from tests.commands.cli import run
from tests.feeds.hj212.packets import pack

MN, OTHER = "010000A8900016F000169DC0", "88888880000001"
RECEIVED = datetime(2026, 1, 1, 0, 0, 1, 250_000, tzinfo=UTC)
COLUMNS = ["mn", "cn", "data_time", "code", "field", "value", "flag", "edition", "received"]


def packet(time: str, mn: str = MN, cn: str = "2011", flag: int = 4) -> bytes:
    return pack(
        f"QN={time}000;ST=31;CN={cn};PW=123456;MN={mn};Flag={flag};CP=&&DataTime={time};a21026-Rtd=18.50,a21026-Flag=N&&"
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder whose packets are kept and not yet stored, as a crash leaves them."""
    folder = tmp_path / "city"
    open_installation(folder, create=True)
    sent = [
        packet("20260101080000"),
        packet("20260101080030"),
        packet("20260101080000", cn="2051", flag=8),
        packet("20260101080100", OTHER),
    ]
    Archive(folder / "archive").devices.journal.append_many([(ACCEPTED, p, RECEIVED) for p in sent])
    return folder


def export(
    capsys: pytest.CaptureFixture[str], data: Path, *words: str, name: str = "out.csv"
) -> pl.DataFrame:
    out = data.parent / name
    ran = run(capsys, "--data", data, "hj212", "export", *words, "--out", out)
    assert ran.code == 0, ran.err
    return pl.read_csv(out, infer_schema=False) if name.endswith("csv") else pl.read_parquet(out)


def test_a_row_per_device_command_time_and_field(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = export(capsys, data, "--from", "2026-01-01T08:00", "--to", "2026-01-01T08:00:30")
    assert table.columns == COLUMNS
    received = "2026-01-01T08:00:01.250"
    factor = ("a21026", "Rtd", "18.50", "N")
    assert table.rows() == [
        (MN, "2011", "2026-01-01T08:00:00", *factor, "2017", received),
        (MN, "2011", "2026-01-01T08:00:30", *factor, "2017", received),
        (MN, "2051", "2026-01-01T08:00:00", *factor, "2025", received),
    ]


def test_keys_without_a_code_are_given_out_passwords_and_keys_are_not(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cp = "DataTime=20260102080000;PolId=w01018;i11001-Info=//S:##0096PW=S3cr3t;MN=1//;a_b=7;NewPW=S3cr3t;newSK=S3cr3t"
    log = pack(f"QN=20260102080000000;ST=32;CN=8888;PW=S3cr3t;MN={MN};Flag=4;CP=&&{cp}&&")
    Archive(data / "archive").devices.journal.append(ACCEPTED, log, RECEIVED)
    table = export(capsys, data, "--from", "2026-01-02", "--to", "2026-01-03").fill_null("")
    assert set(table["cn"]) == {"8888"}
    assert set(table.select("code", "field", "value").rows()) == {
        ("", "PolId", "w01018"),
        ("i11001", "Info", "//S:##0096PW=******;MN=1//"),
        ("", "a_b", "7"),
        ("", "NewPW", "******"),
        ("", "newSK", "******"),
    }


def test_one_device_only_and_times_with_an_offset(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    span = ("--from", "2026-01-01T00:00+00:00", "--to", "2026-01-01T01:00Z")
    table = export(capsys, data, *span, "--mn", OTHER, name="out.parquet")
    assert table["mn"].to_list() == [OTHER]
    assert table["data_time"].to_list() == [datetime(2026, 1, 1, 8, 1)]  # noqa: DTZ001 - files carry naive China time


def test_an_empty_span_gives_only_the_header(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = export(capsys, data, "--from", "2025-01-01", "--to", "2025-01-02")
    assert (table.columns, table.height) == (COLUMNS, 0)


def test_nothing_is_done_for_wrong_words(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = data.parent / "out.csv"
    turned = ["--from", "2026-01-02", "--to", "2026-01-01"]
    assert run(capsys, "--data", data, "hj212", "export", *turned, "--out", out).code == 2
    right = ["--from", "2026-01-01", "--to", "2026-01-02"]
    assert run(capsys, "--data", data / "none", "hj212", "export", *right, "--out", out).code == 2
    assert not out.exists()


def test_simulated_devices_are_marked_in_a_last_column(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    span = ("--from", "2026-01-01T08:00", "--to", "2026-01-01T09:00", "--mn")
    (data / "devices.json").write_text(f'{{"{OTHER}": {{"simulated": true}}, "{MN}": {{}}}}')
    simulated, real = (export(capsys, data, *span, mn) for mn in (OTHER, MN))
    assert simulated.columns == [*COLUMNS, "simulated"]
    assert set(simulated["simulated"]) == {"true"}
    assert set(real["simulated"]) == {"false"}
