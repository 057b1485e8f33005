"""What is said of the days ahead is written down once a day, and scored beside persistence when the days are over."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from bihuan import clock
from bihuan.scenarios.water_sections.models import Outlook, Section
from bihuan.scenarios.water_sections.outlooks import freeze, ranked_score, scores_of
from bihuan.scenarios.water_sections.tests.test_month import deliver, of_days
from bihuan.scenarios.water_sections.tests.world import section
from tests.people import City
from tests.web.world import NOW


def quiet(_: str) -> None:
    """Nobody listens."""


def test_an_outlook_is_frozen_once_a_day_and_never_changed(place: City, tmp_path: Path) -> None:
    section(place, "山西·甲")
    section(place, "山西·乙")
    deliver(tmp_path, of_days("山西·甲", date(2018, 11, 1), date(2019, 2, 24), 0.4))
    assert freeze(NOW, quiet) == "断面 2 个，新发布展望 1 个"
    (made,) = Outlook.objects.all()
    assert (made.section_id, made.as_of, made.content["still"]) == ("山西·甲", NOW, 2)
    assert [d["lead"] for d in made.content["days"]] == [1, 2, 3, 4, 5, 6, 7]
    assert made.content["days"][0]["chances"]["2"] == 1
    assert freeze(NOW + timedelta(hours=1), quiet) == "断面 2 个，新发布展望 0 个"
    with pytest.raises(TypeError):
        made.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Outlook.objects.filter(pk=made.pk).update(content={})


def test_what_came_later_is_not_in_it_and_scores_it(place: City, tmp_path: Path) -> None:
    """Ⅱ for ever was said; the water was Ⅳ from the third day on. Persistence said the same: both are equally wrong."""
    mine = section(place, "山西·甲")
    deliver(tmp_path, of_days("山西·甲", date(2018, 11, 1), date(2019, 2, 24), 0.4))
    freeze(NOW, quiet)
    assert scores_of(mine, NOW) == []
    later = NOW + timedelta(days=8)
    clock.set_replay(later, 0)
    deliver(
        tmp_path,
        of_days("山西·甲", date(2019, 2, 26), date(2019, 2, 27), 0.4)
        + of_days("山西·甲", date(2019, 2, 28), date(2019, 3, 4), 1.2),
    )
    found = {s.lead: s for s in scores_of(Section.objects.get(), later)}
    assert (found[1].ours, found[1].still) == (0, 0)
    assert (found[4].ours, found[4].still) == (2, 2)
    assert not found[4].better


def test_the_score_punishes_what_is_farther_off() -> None:
    assert ranked_score({"2": 1.0}, 2) == 0
    assert ranked_score({"2": 1.0}, 3) == 1
    assert ranked_score({"2": 1.0}, 4) == 2
    assert ranked_score({"2": 0.5, "3": 0.5}, 3) == 0.25
