"""How long ago something was, in words."""

from datetime import timedelta

import pytest

from bihuan.kit.ages import age_text


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(-5, "0 分钟"), (0, "0 分钟"), (59, "59 分钟"), (60, "1 小时"), (119, "1 小时"), (47 * 60 + 59, "47 小时"), (48 * 60, "2 天"), (100 * 24 * 60, "100 天")],
)  # fmt: skip
def test_an_age_is_said_in_the_unit_that_fits(minutes: int, said: str) -> None:
    assert age_text(timedelta(minutes=minutes)) == said
