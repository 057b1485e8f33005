"""Works beside the request: whose they are, how far they are, what comes of them, and how many are remembered."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from bihuan.errors import BihuanError
from bihuan.pipeline.reports import Progress
from bihuan.web import import_work
from bihuan.web.import_work import KEPT, Work, Works

ME, OTHER = 1, 2


@pytest.fixture
def works() -> Works[str]:
    return Works("test")


def quick(_progress: Progress) -> str:
    return "done"


def test_what_ends_soon_is_there_at_once(works: Works[str]) -> None:
    work = works.start(ME, "a.csv", quick)
    assert (work.result(), work.file) == ("done", "a.csv")
    assert works.beside(ME, "b.csv", quick) == "done"


def test_what_takes_longer_is_a_work_that_says_how_far_it_is(
    works: Works[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "PATIENCE", 0)
    told, go_on = threading.Event(), threading.Event()

    def slow(progress: Progress) -> str:
        progress("for the command line", 3, 12)
        told.set()
        go_on.wait(30)
        return "done"

    begun = works.beside(ME, "a.csv", slow)
    assert isinstance(begun, Work)
    assert told.wait(30)
    assert (begun.result(), begun.share) == (None, 25)
    go_on.set()
    assert begun.future.result(30) == "done"
    assert begun.result() == "done"


def test_of_what_cannot_be_counted_no_share_is_told() -> None:
    work = Work[str](ME, "a.csv")
    assert work.share is None
    work.progress("", 5, 0)
    assert work.share is None
    assert work.seconds == 0


def test_a_failure_is_raised_where_the_result_is_asked_for(works: Works[str]) -> None:
    def broken(_progress: Progress) -> str:
        raise BihuanError("表头不对")

    work = works.start(ME, "a.csv", broken)
    for _ in range(2):
        with pytest.raises(BihuanError, match="表头不对"):
            work.result()
    with pytest.raises(BihuanError, match="表头不对"):
        works.beside(ME, "a.csv", broken)
    assert works.start(ME, "a.csv", quick).result() == "done", "the next one is not hindered"


def test_a_work_is_found_by_who_began_it_alone(works: Works[str]) -> None:
    work = works.start(ME, "a.csv", quick)
    assert works.find(work.number, ME) is work
    assert works.find(work.number, OTHER) is None
    assert works.find("unknown", ME) is None


def test_what_was_told_is_forgotten_once_and_for_all(works: Works[str]) -> None:
    work, other = works.start(ME, "a.csv", quick), works.start(ME, "b.csv", quick)
    works.forget(work.number)
    works.forget(work.number)
    assert works.find(work.number, ME) is None
    assert works.find(other.number, ME) is other


def test_the_oldest_works_are_forgotten_and_numbers_cannot_be_guessed(works: Works[str]) -> None:
    numbers = [works.start(ME, "a.csv", quick).number for _ in range(KEPT + 3)]
    assert [n for n in numbers if works.find(n, ME)] == numbers[3:]
    assert len({*numbers}) == KEPT + 3
    assert min(map(len, numbers)) >= 16


def test_one_is_done_after_another(works: Works[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_work, "PATIENCE", 0)
    order: list[str] = []
    gate = threading.Event()

    def named(name: str, *, waits: bool) -> Callable[[Progress], str]:
        def run(_progress: Progress) -> str:
            if waits:
                gate.wait(30)
            order.append(name)
            return name

        return run

    first, second = (works.start(ME, n, named(n, waits=n == "a")) for n in ("a", "b"))
    assert second.result() is None
    gate.set()
    second.future.result(30)
    assert (order, first.result()) == (["a", "b"], "a")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_work_speaks_the_language_of_who_waits_for_it(works: Works[Any], language: str) -> None:
    with translation.override(language):
        expected = gettext("没有写理由")
        assert works.beside(ME, "a.csv", lambda _progress: gettext("没有写理由")) == expected
    assert (
        works.beside(ME, "a.csv", lambda _progress: translation.get_language()) == translation.get_language()
    )
