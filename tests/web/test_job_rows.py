"""How long a job took, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.registry.models import JobRun
from bihuan.web.job_rows import _took

BEGAN = datetime(2019, 2, 25, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(), "0 秒"),
        (timedelta(seconds=59, milliseconds=900), "59 秒"),
        (timedelta(minutes=1), "1 分钟"),
        (timedelta(hours=3, minutes=59), "3 小时"),
        (timedelta(days=2, seconds=5), "2 天"),
    ],
)
def test_a_job_took_seconds_and_from_a_minute_on_what_an_age_is_called(length: timedelta, said: str) -> None:
    assert _took(JobRun(started=BEGAN, ended=BEGAN + length)) == said


def test_a_job_that_never_ran_took_nothing() -> None:
    assert _took(None) == ""
