"""Files of long observations on their way: stored once whatever stops in between, mended by their own records, mapped."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bihuan.archive import Archive
from bihuan.archive.observations import Asked
from bihuan.archive.quarantine import NotMended, Refused
from bihuan.feeds.mapping import ColumnMapping, Target
from bihuan.feeds.reading import Unreadable
from bihuan.pipeline.files import import_files
from bihuan.pipeline.mend_values import mend, mendable, record

DATA = Path(__file__).parents[1] / "data"
CAME = datetime(2021, 4, 6, tzinfo=UTC)
MENDED = CAME + timedelta(days=1)
TEXT = (
    "site,time,quantity,value,period,unit\n"
    "W1,2021-04-01T08:00,w21003,0.5,hour,mg/L\n"
    "W1,2021-04-01T09:00,w21003,abc,hour,mg/L\n"
    "W1,2021-04-01T10:30,w21003,0.7,hour,mg/L\n"
    "W1,2021-04-01T11:00,w21003,8,hour,ppm\n"
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def take(archive: Archive, path: Path, text: str | None = None, mapping: ColumnMapping | None = None) -> None:
    if text is not None:
        path.write_text(text, "utf-8")
    (report,) = import_files(archive, [path], received=CAME, mapping=mapping)
    assert not report.error, report.error


def values(archive: Archive) -> list[tuple[str, str, datetime, float | None]]:
    rows = archive.observations.read(Asked()).collect().sort("site", "quantity", "start")
    return rows.select("site", "quantity", "start", "value").rows()


def refused_at(archive: Archive, row: int) -> Refused:
    return next(r for r in archive.quarantine.find() if r.row == row)


def at(hour: int) -> datetime:
    return datetime(2021, 4, 1, hour - 8, tzinfo=UTC)


def test_an_import_that_stopped_before_its_end_is_stored_once(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_archive: Archive, _position: int) -> None:
        raise KeyboardInterrupt  # killed between the two tables

    with monkeypatch.context() as killed:
        killed.setattr(Archive, "settled", stop)
        with pytest.raises(KeyboardInterrupt):
            take(archive, tmp_path / "one.csv", TEXT)
    take(archive, tmp_path / "two.csv", "site,time,code,value,period\nW2,2021-04-01T08:00,w21003,1,hour\n")
    assert [v[0] for v in values(archive)] == ["W1", "W2"]
    assert archive.observations.history(Asked()).height == 2
    assert archive.quarantine.count() == 3


def test_a_mended_cell_goes_in_alone_and_is_known_from_then_on(archive: Archive, tmp_path: Path) -> None:
    take(archive, tmp_path / "lab.csv", TEXT)
    assert mendable(archive, archive.quarantine.find()) == {r.id for r in archive.quarantine.find()}
    bad = refused_at(archive, 3)
    assert dict(record(archive, bad))["value"] == "abc"
    report = mend(archive, bad.id, value="0.6", who="李明", received=MENDED)
    assert (report.new, report.corrected) == (1, 0)
    assert values(archive) == [("W1", "w21003", at(8), 0.5), ("W1", "w21003", at(9), 0.6)]
    assert archive.observations.read(Asked(as_of=CAME)).collect().height == 1


def test_a_mended_time_and_a_mended_unit_bring_the_row(archive: Archive, tmp_path: Path) -> None:
    take(archive, tmp_path / "lab.csv", TEXT)
    mend(archive, refused_at(archive, 4).id, value="2021-04-01T10:00", who="李明", received=MENDED)
    mend(archive, refused_at(archive, 5).id, value="ug/L", who="李明", received=MENDED)
    assert values(archive)[1:] == [("W1", "w21003", at(10), 0.7), ("W1", "w21003", at(11), 0.008)]


def test_what_is_still_wrong_says_why(archive: Archive, tmp_path: Path) -> None:
    take(archive, tmp_path / "lab.csv", TEXT)
    with pytest.raises(NotMended, match="still refused: 'x': not a number"):
        mend(archive, refused_at(archive, 3).id, value="x", who="李明", received=MENDED)
    with pytest.raises(NotMended, match="no value to take in"):
        mend(archive, refused_at(archive, 3).id, value=" ", who="李明", received=MENDED)
    assert archive.quarantine.count() == 3


def test_one_quantity_of_a_section_is_mended_without_bringing_back_the_others(
    archive: Archive, tmp_path: Path
) -> None:
    head = "省份,断面名称,监测时间,氨氮(mg/L),总磷(mg/L),站点情况\n"
    take(archive, tmp_path / "s_2021-04.csv", head + "山西省,白羊墅,04-01 08:00,x,0.2,正常\n")
    later = "site,time,code,value,period\n山西省·白羊墅,2021-04-01T08:00,w21011,0.3,4h\n"
    take(archive, tmp_path / "later.csv", later)
    mend(archive, refused_at(archive, 2).id, value="0.1", who="李明", received=MENDED)
    assert [v[1:] for v in values(archive)] == [("w21003", at(8), 0.1), ("w21011", at(8), 0.3)]


def test_a_cell_of_a_published_answer_is_mended_where_it_stood(archive: Archive, tmp_path: Path) -> None:
    text = (DATA / "water_answer_2020-12-15.json").read_text("utf-8")
    path = tmp_path / "answer_2020-12-15.json"
    take(archive, path, text.replace("title='原始值：8.26305'>8.26", "title='原始值：82.6'>82.6"))
    (bad,) = archive.quarantine.find()
    assert (bad.row, bad.column, bad.value) == (2, "pH(无量纲)", "82.6")
    mend(archive, bad.id, value="8.26", who="李明", received=MENDED)
    ph = [v for v in values(archive) if v[:2] == ("北京市·古北口", "w01001")]
    assert ph == [("北京市·古北口", "w01001", datetime(2020, 12, 15, tzinfo=UTC), 8.26)]


def test_a_mapping_names_any_quantity_and_period(archive: Archive, tmp_path: Path) -> None:
    mapping = ColumnMapping(
        "工地", ("时间",), {"TSP": Target("a34001", 1000.0), "噪声": Target("Leq")}, label="end", period="minute"
    )  # fmt: skip
    take(archive, tmp_path / "dust.csv", "工地,时间,TSP,噪声,flag\nG1,2021-04-01 08:01,0.3,55,D\n", mapping)
    assert values(archive) == [("G1", "Leq", at(8), 55.0), ("G1", "a34001", at(8), 300.0)]
    assert archive.ambient.current().collect().is_empty()
    assert (
        archive.observations.read(Asked()).collect()["flag"].null_count() == 2
    )  # a column that is not mapped
    with pytest.raises(Unreadable, match="unknown quantity w99999"):
        ColumnMapping("s", ("t",), {"x": Target("w99999")})
    with pytest.raises(Unreadable, match="rain has no code"):
        ColumnMapping("s", ("t",), {"x": Target("rain"), "y": Target("Leq")})


def test_an_inside_name_in_a_long_mapping_means_its_own_unit(archive: Archive, tmp_path: Path) -> None:
    mapping = ColumnMapping(
        "s", ("t",), {"so2": Target("so2"), "pm": Target("pm10")}, label="start", period="minute"
    )
    take(archive, tmp_path / "x.csv", "s,t,so2,pm\nA,2021-04-01T08:00,35,80\n", mapping)
    assert values(archive) == [("A", "a21026", at(8), 0.035), ("A", "a34002", at(8), 80.0)]  # mg/m³, µg/m³


def test_raw_input_of_long_files_is_freed_once_it_is_stored(archive: Archive, tmp_path: Path) -> None:
    take(archive, tmp_path / "a.csv", "site,time,code,value,period\nW,2021-04-01T08:00,w21003,1,hour\n")
    take(archive, tmp_path / "b.csv", "site,time,code,value,period\nW,2021-04-01T08:00,w21003,2,hour\n")
    archive.compact()
    freed = archive.retain(CAME + timedelta(days=1), timedelta(0))
    assert freed["files"] == 2
    assert freed["parts"] >= 2  # what compaction replaced
    assert values(Archive(archive.root)) == [("W", "w21003", at(8), 2.0)]
