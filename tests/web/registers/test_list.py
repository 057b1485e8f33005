"""The list of a register: what it shows, how it is narrowed, ordered and taken away, and to whom."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

from django.test import Client
from django.utils.html import escape

from bihuan.kit.registers.planning import references_of
from bihuan.registry.models import Organisation, Region, Site
from tests.kit.registers.world import planned
from tests.people import City
from tests.web.registers.conftest import STATIONS, Made

LIST = "/registers/stations/"


def codes(client: Client, query: str = "") -> list[str]:
    """The first column of the list, as its file has it."""
    text = client.get(f"{LIST}?as=csv&{query}").content.decode("utf-8-sig")
    return [row[0] for row in list(csv.reader(io.StringIO(text)))[1:]]


def test_all_registers_say_how_much_of_them_a_person_sees(city: City, client: Client, station: Made) -> None:
    station()
    station(code="S2", name="外县站", region="140322", lon="113.4", lat="38.1")
    for role, region, count in (("chief", "140300", 2), ("ranger", "140321", 1), ("ranger", "140302", 0)):
        client.force_login(city.person(role, region))
        rows = {row["register"].kind: row["count"] for row in client.get("/registers/").context["rows"]}
        assert rows["stations"] == count


def test_the_list_shows_names_words_and_units(chief: Client, station: Made) -> None:
    station(evaluated="是")
    page = chief.get(LIST).content.decode()
    for text in ("桃北中学", "平定县", "国控", "共 1 个"):
        assert text in page
    assert "140321</td>" not in page
    measures = chief.get("/registers/measures/").content.decode()
    assert "kg/d" in measures


def test_a_filter_by_region_takes_all_that_lies_inside(chief: Client, station: Made) -> None:
    Region.objects.create(code="140321100", name="冠山镇", parent_id="140321")
    station()
    station(code="S2", region="140321100", name="镇上的站", lat="37.7")
    station(code="S3", region="140322", name="盂县站", lon="113.4", lat="38.1")
    assert codes(chief, "f_region=140321") == ["S1", "S2"]
    assert codes(chief, "f_region=140321100") == ["S2"]
    assert codes(chief, "f_region=140300") == ["S1", "S2", "S3"]


def test_filters_by_choice_yes_or_no_and_unit(chief: Client, city: City, station: Made) -> None:
    station(rank="省控", evaluated="是")
    station(code="S2", name="另一站", lat="37.7", organisation=city.governments["140321"].name)
    assert codes(chief, "f_rank=provincial") == ["S1"]
    assert codes(chief, "f_evaluated=否") == ["S2"]
    assert codes(chief, f"f_organisation={city.governments['140321'].pk}") == ["S2"]
    assert codes(chief, f"f_organisation={city.governments['140321'].name}") == ["S2"]


def test_what_no_filter_can_mean_gets_a_sentence(chief: Client, station: Made) -> None:
    for query in ("f_region=乌有县", "f_rank=x", "f_evaluated=maybe", "f_organisation=99999999999999999999"):
        answer = chief.get(f"{LIST}?{query}")
        assert answer.status_code == 400
        assert "请在列表中选择" in answer.content.decode()


def test_a_choice_of_too_many_units_becomes_a_field_to_type_in(chief: Client, city: City) -> None:
    region = city.regions["140321"]
    Organisation.objects.bulk_create(
        Organisation(name=f"企业{n}", kind="enterprise", region=region) for n in range(201)
    )
    choices = {f.name.removeprefix("f_"): f.choices for f in chief.get(LIST).context["list"].fields}
    assert choices["organisation"] is None
    assert choices["region"]


def test_what_has_ended_stands_apart(chief: Client, station: Made) -> None:
    station()
    station(code="S2", name="旧站", lat="37.7", until="2019-01-01")
    station(code="S3", name="将停的站", lat="37.75", until=str(date.today() + timedelta(days=400)))  # noqa: DTZ011
    assert codes(chief) == ["S1", "S3"]
    assert codes(chief, "state=ended") == ["S2"]
    assert codes(chief, "state=all") == ["S1", "S2", "S3"]


def test_the_search_looks_through_code_and_name_and_nothing_else(chief: Client, station: Made) -> None:
    station(code="A9")
    station(code="B1", name="桃南中学", lat="37.7")
    assert codes(chief, "q=a9") == ["A9"]
    assert codes(chief, "q=中学") == ["A9", "B1"]
    assert codes(chief, "q=平定") == []


def test_the_order_is_the_one_asked_for_and_turns_round(chief: Client, station: Made) -> None:
    station(code="S1", name="乙", region="140322", lon="113.4", lat="38.1")
    station(code="S2", name="甲", region="140302", lon="113.58", lat="37.85")
    assert codes(chief) == ["S1", "S2"]
    assert codes(chief, "sort=-code") == ["S2", "S1"]
    by_name = Region.objects.filter(pk__in=("140302", "140322")).order_by("name").values_list("pk", flat=True)
    assert codes(chief, "sort=region") == [{"140322": "S1", "140302": "S2"}[pk] for pk in by_name]
    heads = {head.column.title: head for head in chief.get(f"{LIST}?sort=name").context["list"].heads}
    assert (heads["名称"].arrow, heads["名称"].query) == ("▲", "?sort=-name")


def test_a_page_has_fifty_and_the_file_has_all(chief: Client, station: Made) -> None:
    station()
    made = Site.objects.get()
    Site.objects.bulk_create(
        Site(code=f"T{n:03}", name=f"站{n}", region=made.region, lon=113.6, lat=37.8, rank="national")
        for n in range(60)
    )
    assert len(chief.get(LIST).context["list"].lines) == 50
    assert len(chief.get(f"{LIST}?page=2").context["list"].lines) == 11
    assert len(codes(chief)) == 61


def test_the_file_of_all_columns_comes_in_again_without_a_change(
    chief: Client, station: Made, data_dir: Path
) -> None:
    station(since="2018-01-01", organisation="平定县人民政府")
    for form in ("csv", "xlsx"):
        path = data_dir / f"stations.{form}"
        path.write_bytes(chief.get(f"{LIST}?whole={form}&q=S1").content)
        assert dict(planned(STATIONS, path).counts) == {"same": 1}
    assert chief.get(f"{LIST}?whole=pdf").status_code == 400


def test_an_empty_list_says_what_to_do(city: City, client: Client, data_dir: Path) -> None:
    client.force_login(city.person("chief", "140300"))
    assert "下载模板填好后导入" in client.get(LIST).content.decode()
    assert "清除筛选" in client.get(f"{LIST}?q=x").content.decode()
    client.force_login(city.person("ranger"))
    assert "您的职务范围内还没有登记" in client.get(LIST).content.decode()


def test_a_county_sees_its_own_alone(city: City, client: Client, station: Made) -> None:
    station()
    station(code="S2", name="盂县站", region="140322", lon="113.4", lat="38.1")
    client.force_login(city.person("chief", "140322"))
    assert codes(client) == ["S2"]
    offered = {f.name.removeprefix("f_"): f.choices for f in client.get(LIST).context["list"].fields}
    assert offered["region"] == [("140322", "盂县")]
    assert client.get(f"{LIST}?f_region=140321").status_code == 400


def test_the_list_costs_a_few_queries_however_many_rows_it_has(
    chief: Client, station: Made, django_assert_max_num_queries: Made
) -> None:
    for n in range(30):
        station(code=f"S{n:02}", name=f"站{n}", lat=f"37.{600 + 5 * n}", organisation="平定县人民政府")
    chief.get(LIST)
    with django_assert_max_num_queries(25):
        chief.get(LIST)


def test_a_template_offers_what_the_person_sees(city: City, client: Client, data_dir: Path) -> None:
    client.force_login(city.person("chief", "140322"))
    assert client.get(f"{LIST}template.xlsx").content[:2] == b"PK"
    offered = references_of(STATIONS, city.person("chief", "140322"))
    assert list(offered["region"].texts) == ["140322"]
    assert "编码*" in client.get(f"{LIST}template.csv").content.decode("utf-8-sig")
    assert client.get(f"{LIST}template.doc").status_code == 404
    client.force_login(city.person("ranger", "140322"))
    assert client.get(f"{LIST}template.csv").status_code == 403


def test_names_are_text(chief: Client, station: Made) -> None:
    name = "<img src=x onerror=alert(1)>"
    station(name=name)
    for page in (LIST, f"{LIST}S1/"):
        text = chief.get(page).content.decode()
        assert name not in text
        assert escape(name) in text


def test_a_register_that_nobody_declared_is_not_there(chief: Client) -> None:
    assert chief.get("/registers/nothing/").status_code == 404


def test_the_menu_names_every_register(chief: Client) -> None:
    page = chief.get("/registers/").content.decode().split("<main>")[0]
    assert "登记</summary>" in page
    assert LIST in page
