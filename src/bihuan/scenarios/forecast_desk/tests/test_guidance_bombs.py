"""A guidance file that would take the memory of the web process is refused on the page; nothing of it is kept."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan import apart
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.forecast_desk import guidance_file
from bihuan.scenarios.forecast_desk.models import Guidance
from bihuan.scenarios.forecast_desk.tests.world import World
from tests.apart import wild
from tests.apart.bombs import bomb

ROWS = (("城市", "因子", "日期", "值"), ("阳泉", "AQI", "2019-02-26", "100"))


def upload(client: Client, world: World, content: bytes, name: str = "省.xlsx") -> str:
    client.force_login(world.person())
    issued = (world.at - timedelta(hours=1)).astimezone(CST)
    form = {
        "file": SimpleUploadedFile(name, content),
        "source": "省中心",
        "issued": f"{issued:%Y-%m-%dT%H:%M}",
    }
    return client.post(reverse("forecast_desk:guidance"), form, follow=True).content.decode()


@pytest.mark.parametrize(("says", "words"), [(None, "展开"), (4000, "内存")])
def test_a_spreadsheet_that_unfolds(
    client: Client,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    says: int | None,
    words: str,
) -> None:
    monkeypatch.setenv("BIHUAN_READ_MEMORY", "300")
    path = bomb(tmp_path / "bomb.xlsx", *ROWS, says=says)
    assert words in upload(client, world, path.read_bytes())
    assert not Guidance.objects.exists()
    upload(client, world, "城市,因子,日期,值\n阳泉,AQI,2019-02-26,100\n".encode(), "good.csv")
    assert Guidance.objects.count() == 1


def test_a_reader_that_aborts(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def aborting(_function: object, path: Path, file: str, *_given: object) -> None:
        apart.run(wild.aborting, file=file)

    monkeypatch.setattr(guidance_file, "look", aborting)
    assert "省.xlsx" in upload(client, world, b"x")
    assert not Guidance.objects.exists()
