"""The centre shows what is known of the air at its minute, the same for everybody, to each the own stations."""

from datetime import timedelta
from pathlib import Path

from django.test import Client

from bihuan.archive import Archive
from bihuan.pipeline.files import import_files
from bihuan.registry.models import Site
from tests.people import City
from tests.web.measured import MORNING, Measured


def centre(city: City, role: str = "dispatcher", region: str = "140300") -> str:
    client = Client()
    client.force_login(city.person(role, region))
    return client.get("/").content.decode()


def test_the_centre_shows_a_delivery_at_once_and_the_past_when_the_replay_goes_back(
    measured: Measured, city: City, tmp_path: Path
) -> None:
    assert ">500<" not in centre(city)
    site = Site.objects.filter(evaluated=True).order_by("code")[0].code
    label = (MORNING + timedelta(hours=7)).strftime("%Y-%m-%dT%H:00")
    path = tmp_path / "new.csv"
    path.write_text(f"site,time,PM2.5,PM10,SO2,NO2,O3,CO\n{site},{label},500,600,10,20,30,1\n")
    (report,) = import_files(Archive(measured.folder / "archive"), [path], received=MORNING)
    assert report.new + report.corrected == 1
    assert ">500<" in centre(city)  # the station's index, which ends at 500
    measured.at(MORNING - timedelta(days=1))
    assert ">500<" not in centre(city)


def test_a_county_shares_the_citys_air_but_sees_only_its_own_stations(measured: Measured, city: City) -> None:
    Site.objects.filter(evaluated=True).update(region=city.regions["140321"])
    name = Site.objects.filter(evaluated=True)[0].name
    assert name in centre(city)
    assert name in centre(city, "handler", "140321")
    assert name not in centre(city, "handler", "140322")


def test_a_county_reads_what_the_citys_value_is_made_of(client: Client, city: City, data_dir: Path) -> None:
    for code, county in (("A", "140321"), ("B", "140322"), ("C", "140322")):
        Site.objects.create(
            code=code, name=code, rank="national", region=city.regions[county], city=city.regions["140300"], lon=113.6,
            lat=37.8, evaluated=True,
        )  # fmt: skip
    for region, own in (("140300", None), ("140321", 1), ("140322", 2), ("140302", 0)):
        client.force_login(city.person("chief", region))
        text = client.get("/").content.decode()
        assert "阳泉市 3 个评价点位" in text
        made_of = f"全市值由全市 3 个评价点位算得；您的职务范围内有 {own} 个。"
        assert (made_of in text) is (own is not None)
        assert "0 个评价点位" not in text


def test_an_empty_installation_says_what_is_missing(client: Client, city: City, data_dir: Path) -> None:
    client.force_login(city.person("dispatcher", "140300"))
    assert "没有收到评价点位的数据" in client.get("/").content.decode()


def test_the_calendar_belongs_to_the_evaluation_in_the_menu(
    client: Client, city: City, data_dir: Path
) -> None:
    client.force_login(city.person("dispatcher", "140300"))
    menu = client.get("/evaluation/calendar/").context["menu"]
    assert [(h.title, line.title) for h in menu for line in h.lines if line.here] == [("空气", "评价")]
