"""Jobs in pieces: each piece is done whatever became of the others, and who reads the result knows which failed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bihuan import jobs
from bihuan.errors import BihuanError
from bihuan.jobs import Job, NotAll, do_each, error_sentence, is_running, run
from bihuan.registry.models import JobRun
from bihuan.schedule import every_job

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)


def fails(error: Exception) -> Callable[[], str]:
    def piece() -> str:
        raise error

    return piece


def test_what_was_done_is_told_in_order_and_silent_pieces_are_left_out(data_dir: Path) -> None:
    assert do_each({"a": lambda: "甲", "b": lambda: None, "c": lambda: "", "d": lambda: "丁"}) == ["甲", "丁"]
    assert do_each({}) == []


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_piece_that_fails_keeps_no_other_from_its_work(data_dir: Path, place: int) -> None:
    done: list[str] = []
    pieces: dict[str, Callable[[], str | None]] = {
        n: (lambda n=n: done.append(n) or f"{n} 好") for n in "abc"
    }  # type: ignore[misc]  # the default binds the name
    name = "abc"[place]
    pieces[name] = fails(BihuanError("没有数据"))
    with pytest.raises(NotAll) as found:
        do_each(pieces)
    assert done == [n for n in "abc" if n != name]
    assert str(found.value) == "；".join([f"{name}：没有数据", *(f"{n} 好" for n in done)])


def test_failures_come_first_and_each_by_its_name(data_dir: Path) -> None:
    with pytest.raises(NotAll, match=r"^b：坏；c：出现未预料的错误（ValueError: odd）.*；a 好$"):
        do_each({"a": lambda: "a 好", "b": fails(BihuanError("坏")), "c": fails(ValueError("odd"))})


def test_the_whole_record_of_an_unforeseen_error_lies_where_the_sentence_says(data_dir: Path) -> None:
    said = error_sentence(ValueError("odd" * 500), "job check")
    assert len(said) < 500
    kept = data_dir / said.split("数据目录 ")[1]
    assert kept.is_file()
    assert "odd" * 500 in kept.read_text(encoding="utf-8")


def test_where_no_record_can_be_written_the_error_is_told_all_the_same(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(jobs, "keep_error", full)
    assert error_sentence(ValueError("odd"), "x") == "出现未预料的错误（ValueError: odd），完整记录在运行日志"


@pytest.mark.parametrize(
    ("work", "ok"),
    [(lambda now, say: "好" * 900, True), (lambda now, say: fails(BihuanError("坏" * 900))(), False)],
)
def test_a_long_result_is_cut_and_stops_nothing(
    db: None, data_dir: Path, work: Callable[..., str], ok: bool
) -> None:
    run(Job("probe", "试", timedelta(hours=1), work), NOW)
    entry = JobRun.objects.get()
    assert (entry.ok, len(entry.result), entry.as_of, entry.cut_off) == (ok, 500, NOW, False)


def test_progress_is_seen_while_it_runs_and_the_lock_is_free_afterwards(db: None, data_dir: Path) -> None:
    seen: list[str] = []
    job = Job("probe", "试", timedelta(hours=1), lambda now, say: (say("一半"), seen.append(JobRun.objects.get().progress))[0] or "好")  # fmt: skip
    run(job, NOW)
    assert seen == ["一半"]
    assert not is_running(job)


def test_runs_are_kept_in_a_bounded_number_the_newest_of_each_job(
    db: None, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "KEEP_RUNS", 3)
    for name in ("a", "b"):
        for n in range(5):
            run(Job(name, name, timedelta(hours=1), lambda now, say, n=n: str(n)), NOW)  # type: ignore[misc]  # the default binds the number
    assert [r.result for r in JobRun.objects.filter(job="a")] == ["4", "3", "2"]
    assert JobRun.objects.filter(job="b").count() == 3


def test_every_job_of_the_schedule_has_a_name_and_a_lock_of_its_own() -> None:
    assert (
        len({job.name for job in every_job()}) == len({job.title for job in every_job()}) == len(every_job())
    )
    assert all(job.name.isidentifier() and job.every.total_seconds() >= 600 for job in every_job())
