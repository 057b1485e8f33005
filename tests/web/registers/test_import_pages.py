"""A file is looked at, taken in as it was shown, and taken back; large ones beside the request."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bihuan.domain.places.coordinates import System
from bihuan.kit.registers.actions import change
from bihuan.kit.registers.writing import Act
from bihuan.registry.changes import Batch
from bihuan.registry.models import Site
from bihuan.web import import_work
from bihuan.web.registers import importing
from tests.kit.registers.world import GOOD
from tests.people import City, build_city
from tests.places.systems import from_wgs84
from tests.web.registers.conftest import STATIONS, Made

PAGE = "/registers/stations/import"
ROWS = [GOOD | {"名称": "新名字"}, GOOD | {"编码": "S2", "名称": "另一站", "纬度": "37.7"}, GOOD | {"编码": "S3", "经度": "很东"}]  # fmt: skip


def looked_at(client: Client, rows: list[dict[str, str]], name: str = "点位.csv", **more: str) -> Any:
    """The answer to a file that is sent for a preview."""
    heads = list(rows[0])
    text = "\n".join([",".join(heads)] + [",".join(row[h] for h in heads) for row in rows])
    file = SimpleUploadedFile(name, text.encode("utf-8-sig"))
    return client.post(PAGE, {"do": "preview", "file": file} | more)


def applied(client: Client, shown: Any, reason: str = "年度更新") -> Any:
    """The answer to the import of what was shown."""
    given = {k: shown.context[k] for k in ("file_token", "digest")}
    return client.post(PAGE, given | {"do": "apply", "reason": reason}, follow=True)


def test_a_preview_tells_every_row_and_writes_nothing(chief: Client, station: Made) -> None:
    station()
    shown = looked_at(chief, ROWS)
    preview = shown.context["preview"]
    assert preview.counts == {"new": 1, "changed": 1, "same": 0, "refused": 1}
    (refused,) = preview.refused
    assert (refused.number, refused.column, refused.value) == (4, "经度", "很东")
    assert refused.why
    assert refused.remedy
    (turn,) = preview.changed[0].turns
    assert (turn.title, turn.before, turn.after) == ("名称", "桃北中学", "新名字")
    assert list(Site.objects.values_list("name", flat=True)) == ["桃北中学"]


def test_what_was_shown_is_taken_in_and_can_be_taken_back(chief: Client, city: City, station: Made) -> None:
    station()
    answer = applied(chief, looked_at(chief, ROWS))
    batch = answer.context["batch"]
    assert (batch.file, batch.reason, batch.person) == (
        "点位.csv",
        "年度更新",
        city.person("chief", "140300"),
    )
    assert "1 行没有导入" in answer.content.decode()
    assert set(Site.objects.values_list("code", "name")) == {("S1", "新名字"), ("S2", "另一站")}
    chief.post(f"/registers/stations/batches/{batch.pk}/undo", {"reason": "导错了"})
    assert set(Site.objects.values_list("code", "name")) == {("S1", "桃北中学")}
    listed = chief.get(PAGE).content.decode()
    assert "已撤销" in listed
    assert "导错了" in listed
    assert "这一批已撤销" in chief.get(f"/registers/stations/batches/{batch.pk}").content.decode()


def test_an_import_needs_a_reason(chief: Client, station: Made) -> None:
    answer = applied(chief, looked_at(chief, ROWS[1:2]), " ")
    assert answer.status_code == 400
    assert "没有写理由" in answer.content.decode()
    assert not Site.objects.exists()


def test_a_register_that_changed_since_the_preview_is_shown_anew(chief: Client, station: Made) -> None:
    made = station()
    shown = looked_at(chief, ROWS)
    change(STATIONS, made, {"name": "别人改的"}, Act(None, "x"))
    again = applied(chief, shown)
    assert again.context["moved"]
    assert again.context["preview"].changed[0].turns[0].before == "别人改的"
    assert not Site.objects.filter(pk="S2").exists()
    applied(chief, again)
    assert Site.objects.get(pk="S1").name == "新名字"


def test_an_undo_says_what_it_leaves_and_why(chief: Client, station: Made) -> None:
    applied(chief, looked_at(chief, [GOOD, GOOD | {"编码": "S2", "纬度": "37.7"}]))
    batch = Batch.objects.get()
    change(STATIONS, Site.objects.get(pk="S1"), {"name": "甲"}, Act(None, "x"))
    answer = chief.post(f"/registers/stations/batches/{batch.pk}/undo", {"reason": "导错了"})
    assert [x.value for x in answer.context["refused"]] == ["S1"]
    assert "又改过" in answer.content.decode()
    assert list(Site.objects.values_list("code", flat=True)) == ["S1"]
    again = chief.post(f"/registers/stations/batches/{batch.pk}/undo", {"reason": "再来"})
    assert again.status_code == 400
    assert "已经撤销过" in again.content.decode()


def test_an_undo_needs_a_reason(chief: Client, station: Made) -> None:
    applied(chief, looked_at(chief, [GOOD]))
    answer = chief.post(f"/registers/stations/batches/{Batch.objects.get().pk}/undo", {"reason": ""})
    assert answer.status_code == 400
    assert Site.objects.exists()


def test_the_system_of_a_files_coordinates_is_asked_and_kept(chief: Client, station: Made) -> None:
    lon, lat = from_wgs84(113.6, 37.8, System.BD09)
    row = GOOD | {"经度": f"{lon:.7f}", "纬度": f"{lat:.7f}"}
    applied(chief, looked_at(chief, [row], system="bd09"))
    assert Site.objects.get().lon == pytest.approx(113.6, abs=2e-6)


def test_a_file_without_the_key_or_no_table_gets_a_sentence(chief: Client, station: Made) -> None:
    assert "认不出每行是哪一个对象" in looked_at(chief, [{"名称": "x"}]).content.decode()
    nonsense = chief.post(
        PAGE, {"do": "preview", "file": SimpleUploadedFile("点位.xlsx", b"PK\x03\x04nonsense")}
    )
    assert nonsense.status_code == 400
    assert "点位.xlsx" in nonsense.content.decode()
    assert chief.post(PAGE, {"do": "preview"}).status_code == 400


def test_a_file_of_geometry_fills_a_register_that_has_shapes(chief: Client, station: Made) -> None:
    station()
    shape = {
        "type": "Polygon",
        "coordinates": [[[113.59, 37.79], [113.61, 37.79], [113.61, 37.81], [113.59, 37.79]]],
    }
    features = [{"type": "Feature", "properties": {"code": "S1"}, "geometry": shape}]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    file = SimpleUploadedFile("点位.geojson", text.encode())
    shown = chief.post(PAGE, {"do": "preview", "file": file})
    assert shown.context["preview"].changed[0].turns[0].title == "位置图形"
    applied(chief, shown)
    assert Site.objects.get().geometry["type"] == "Polygon"
    assert ".gpkg" in chief.get(PAGE).content.decode()
    assert ".gpkg" not in chief.get("/registers/units/import").content.decode()


LINES = {"旧": [(113.59, 37.8), (113.61, 37.8)], "新": [(113.59, 37.8), (113.61, 37.8), (113.62, 37.8)]}


def layered(path: Path) -> Path:
    """A file with a line of S1 in each of two layers, or folders."""
    if path.suffix == ".gpkg":
        for name, ends in LINES.items():
            shape, codes = np.array([shapely.LineString(ends)]), np.array(["S1"], dtype=object)
            pyogrio.raw.write(
                path, shapely.to_wkb(shape), [codes], ["code"], crs="EPSG:4326", geometry_type="LineString", layer=name,
                append=path.exists(),
            )  # fmt: skip
        return path
    folders = [
        f"<Folder><name>{name}</name><Placemark><ExtendedData><Data name='code'><value>S1</value></Data></ExtendedData><LineString>"
        f"<coordinates>{' '.join(f'{x},{y}' for x, y in ends)}</coordinates></LineString></Placemark></Folder>"
        for name, ends in LINES.items()
    ]
    path.write_text(
        f"<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{''.join(folders)}</Document></kml>"
    )
    return path


@pytest.mark.parametrize("name", ["口.gpkg", "口.kml"])
def test_one_of_several_layers_is_chosen_on_the_page(
    chief: Client, station: Made, tmp_path: Path, name: str
) -> None:
    station()
    file = SimpleUploadedFile(name, layered(tmp_path / name).read_bytes())
    asked = chief.post(PAGE, {"do": "preview", "file": file})
    assert list(asked.context["layers"]) == ["旧", "新"]
    shown = chief.post(PAGE, {"do": "preview", "file_token": asked.context["file_token"], "layer": "新"})
    assert shown.context["preview"].counts["changed"] == 1
    applied(chief, shown)
    assert Site.objects.get().geometry["coordinates"] == [list(end) for end in LINES["新"]]


def test_a_county_imports_only_its_own_and_nobody_uses_anothers_file(
    city: City, client: Client, data_dir: Path
) -> None:
    client.force_login(city.person("chief", "140322"))
    shown = looked_at(
        client, [GOOD, GOOD | {"编码": "S2", "区划": "140322", "经度": "113.4", "纬度": "38.1"}]
    )
    assert shown.context["preview"].counts["refused"] == 1
    other = Client()
    other.force_login(city.person("chief", "140300"))
    stolen = applied(other, shown)
    assert stolen.status_code == 400
    assert not Site.objects.exists()
    applied(client, shown)
    assert list(Site.objects.values_list("code", flat=True)) == ["S2"]
    batch = Batch.objects.get()
    assert other.get(f"/registers/stations/batches/{batch.pk}").status_code == 200
    neighbour = Client()
    neighbour.force_login(city.person("chief", "140321"))
    assert neighbour.get(f"/registers/stations/batches/{batch.pk}").status_code == 404
    ranger = Client()
    ranger.force_login(city.person("ranger", "140322"))
    assert ranger.get(PAGE).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_large_file_is_read_beside_the_request(
    client: Client, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(build_city().person("chief", "140300"))
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    monkeypatch.setattr(import_work, "PATIENCE", 0)
    waiting = looked_at(client, [GOOD])
    assert waiting.status_code == 302
    number = waiting["Location"].rsplit("/", 1)[1]
    work = next(iter(importing.WORKS._known.values()))
    assert work.number == number
    work.future.result(60)
    part = client.get(waiting["Location"], headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == waiting["Location"]
    shown = client.get(waiting["Location"])
    assert shown.context["preview"].counts["new"] == 1
    begun = applied(client, shown)
    importing.WORKS._known[begun.redirect_chain[-1][0].rsplit("/", 1)[1]].future.result(60)
    assert client.get(begun.redirect_chain[-1][0], follow=True).context["batch"].changes == 1
    stranger = Client()
    stranger.force_login(Batch.objects.get().person)
    assert client.get("/registers/stations/import/unknown").status_code == 400


def test_refused_names_are_text(chief: Client, station: Made) -> None:
    page = looked_at(chief, [GOOD | {"经度": "<b>东</b>"}]).content.decode()
    assert "<b>东</b>" not in page
