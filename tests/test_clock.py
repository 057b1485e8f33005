"""A damaged file of the replay stops nobody: what was known goes on, else real time; setting the replay mends it."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan import clock

THEN = datetime(2019, 2, 25, 6, tzinfo=UTC)
BROKEN = (
    "", "{", "[]", "null", "3", '"x"', "{}", '{"shown": 1}', '{"shown": "a", "real": 0, "speed": 1}', '{"shown": 1, "real": 0, "speed": NaN}',
    '{"shown": 1e300, "real": 0, "speed": 1}', '{"shown": 1, "real": 0, "speed": 1e99}', '{"shown": 1, "real": 0, "speed": -1}',
    '{"shown": 1, "real": 0, "speed": 1, "more": 2}', '{"shown": null, "real": 0, "speed": 1}', '{"shown": true, "real": [], "speed": 1}',
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of an installation whose replay stands at THEN."""
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    clock.set_replay(THEN, 0)
    return tmp_path / "clock.json"


def write(file: Path, text: str) -> None:
    """Another content, with a time of its own (two writes may fall into one tick)."""
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text)
    os.utime(file, ns=(before + 10**6,) * 2)


@pytest.mark.parametrize("text", BROKEN)
def test_what_was_known_goes_on_and_setting_the_replay_mends_it(file: Path, text: str) -> None:
    assert clock.now() == THEN
    write(file, text)
    assert clock.now() == THEN
    assert clock.is_broken()
    assert not clock.is_lost()
    clock.set_replay(THEN + timedelta(hours=1), 0)
    assert clock.now() == THEN + timedelta(hours=1)
    assert not clock.is_broken()


def test_who_knew_nothing_has_the_real_time_and_knows_that_it_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    write(tmp_path / "clock.json", "{")
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.is_lost()
    assert clock.replay() is not None  # a replay can be set from the bar of the pages
    assert caplog.text.count("is damaged") == 1
    clock.set_replay(THEN, 0)
    assert (clock.now(), clock.is_lost()) == (THEN, False)


def test_without_a_file_the_clock_is_the_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    assert clock.replay() is None
    assert not clock.is_broken()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=40), st.dictionaries(st.sampled_from(["shown", "real", "speed"]), st.one_of(st.floats(), st.integers(), st.none(), st.text(max_size=3))).map(json.dumps)))  # fmt: skip
def test_no_content_of_the_file_raises(file: Path, text: str) -> None:
    write(file, text.encode("utf-8", "replace").decode())
    assert clock.now().tzinfo is not None


def test_a_fast_replay_ends_before_the_calendar_does(file: Path) -> None:
    real = time.time() - 3650 * 86400
    write(file, json.dumps({"shown": 0.0, "real": real, "speed": 1e6}))
    assert clock.now().year == 9000
