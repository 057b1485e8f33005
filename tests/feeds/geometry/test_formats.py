"""Files as mapping programs write them: every format, Chinese texts in both encodings, the systems that bureaus use."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from bihuan.domain.places.faults import Why
from bihuan.feeds.geometry.features import BadFile, Features, Note, WhyFile
from bihuan.feeds.geometry.reading import read
from tests.feeds.geometry.made import IN_ZONE, NAMES, PLACES, ZONE, geojson, written, zipped


def places(found: Features) -> list[list[float]]:
    return [feature["geometry"]["coordinates"] for feature in found.features]


def names(found: Features) -> list[Any]:
    return [feature["properties"]["名称"] for feature in found.features]


def why(path: Path, layer: str = "") -> BadFile:
    with pytest.raises(BadFile) as found:
        read(path, layer)
    return found.value


def notes(found: Features) -> list[Note]:
    return [note.what for note in found.notes]


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp"])
def test_a_file_gives_its_features_with_their_properties(tmp_path: Path, name: str) -> None:
    found = read(written(tmp_path / name, crs="EPSG:4326"))
    assert places(found) == [[p.x, p.y] for p in PLACES]
    assert [f["properties"] for f in found.features] == [
        {"名称": NAMES[0], "流量": 0},
        {"名称": NAMES[1], "流量": 1.5},
    ]
    assert (found.numbers, found.refused, found.notes) == ([1, 2], [], [])
    assert {f["type"] for f in found.features} == {"Feature"}


def test_a_kml_and_a_kmz_give_their_names_and_folders(tmp_path: Path) -> None:
    mark = "<Placemark><name>{}</name><ExtendedData><Data name='流量'><value>3</value></Data></ExtendedData><Point><coordinates>{},37.8,900</coordinates></Point></Placemark>"
    text = "<?xml version='1.0' encoding='UTF-8'?><kml xmlns='http://www.opengis.net/kml/2.2'><Document>"
    text += f"<Folder><name>甲</name>{mark.format('一号', 113.5)}</Folder><Folder><name>乙</name>{mark.format('二号', 113.6)}</Folder></Document></kml>"
    plain = tmp_path / "口.kml"
    plain.write_text(text, "utf-8")
    with zipfile.ZipFile(tmp_path / "口.kmz", "w") as archive:
        archive.writestr("doc.kml", text)
    for path in (plain, tmp_path / "口.kmz"):
        found = read(path)
        assert places(found) == [[113.5, 37.8], [113.6, 37.8]]
        assert [f["properties"]["Name"] for f in found.features] == ["一号", "二号"]
        assert notes(found) == [Note.LAYERS_JOINED]


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
@pytest.mark.parametrize("stated", ["rightly", "not at all", "wrongly"])
def test_chinese_texts_of_a_shapefile_are_read_whatever_its_cpg_says(
    tmp_path: Path, encoding: str, stated: str
) -> None:
    written(tmp_path / "口.shp", encoding=encoding)
    cpg = tmp_path / "口.cpg"
    if stated == "not at all":
        cpg.unlink()
    elif stated == "wrongly":
        cpg.write_text("UTF-8" if encoding == "GB18030" else "936")
    found = read(tmp_path / "口.shp")
    assert names(found) == NAMES
    assert (Note.ENCODING in notes(found)) == (stated != "rightly")


def test_a_zip_holds_a_shapefile_in_any_folder_under_a_chinese_name(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    written(tmp_path / "s" / "排口.shp", encoding="GB18030")
    with zipfile.ZipFile(zipped(tmp_path / "s", tmp_path / "a.zip", inside="数据/"), "a") as archive:
        archive.writestr("__MACOSX/._排口.shp", b"x")
        archive.writestr("数据/说明.txt", "x")
    assert names(read(tmp_path / "a.zip")) == NAMES


def test_several_shapefiles_or_layers_are_named_and_one_is_chosen(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    for name in ("甲", "乙"):
        written(tmp_path / "s" / f"{name}.shp")
    zipped(tmp_path / "s", tmp_path / "a.zip")
    written(tmp_path / "a.gpkg", layer="甲")
    written(tmp_path / "a.gpkg", layer="乙", append=True)
    for path in (tmp_path / "a.zip", tmp_path / "a.gpkg"):
        refused = why(path)
        assert refused.why is WhyFile.SEVERAL_LAYERS
        assert set(refused.values["layers"].split("、")) == {"甲", "乙"}
        assert names(read(path, "甲")) == NAMES
        assert why(path, "丙").why is WhyFile.NO_SUCH_LAYER


def test_a_gauss_krueger_zone_becomes_degrees(tmp_path: Path) -> None:
    # On the central meridian 114 E the easting is 500 km and the northing the length of the meridian: 4 207 498.02 m to
    # 38 N (series for WGS-84, Snyder 1987, formula 3-21 with its constants).
    path = written(tmp_path / "a.shp", [shapely.Point(500_000, 4_207_498.02)], ["中央子午线"], crs=ZONE)
    found = read(path)
    assert places(found)[0] == pytest.approx([114, 38], abs=2e-7)
    assert notes(found) == [Note.CONVERTED]


@pytest.mark.parametrize("zone", ["EPSG:4526", ZONE])  # with the number 38 before the easting, and without
def test_zones_with_and_without_their_number_are_one_place(tmp_path: Path, zone: str) -> None:
    shift = 38_000_000 if zone == "EPSG:4526" else 0
    moved = [shapely.Point(p.x + shift, p.y) for p in IN_ZONE]
    for one, other in zip(places(read(written(tmp_path / "a.gpkg", moved, crs=zone))), PLACES, strict=True):
        assert one == pytest.approx([other.x, other.y], abs=1e-7)


def test_a_prj_in_the_words_of_another_program_is_understood(tmp_path: Path) -> None:
    written(tmp_path / "a.shp", IN_ZONE, crs=ZONE)
    (tmp_path / "a.prj").write_text(
        'PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )
    assert places(read(tmp_path / "a.shp"))[0] == pytest.approx([113.58, 37.86], abs=1e-7)


def test_xian_1980_is_refused_because_nobody_publishes_its_parameters(tmp_path: Path) -> None:
    refused = why(written(tmp_path / "a.gpkg", crs="EPSG:4610"))
    assert (refused.why, refused.values["system"]) == (WhyFile.SYSTEM_NOT_CONVERTED, "Xian 1980")


def test_beijing_1954_is_converted_where_proj_knows_the_region_and_says_how_exactly(tmp_path: Path) -> None:
    # EPSG:15920 (Ordos basin) is good to 1 m; in Shanxi no set of parameters is public.
    ordos = written(tmp_path / "a.gpkg", [shapely.Point(109.0, 38.5)], ["井"], crs="EPSG:4214")
    found = read(ordos)
    (note,) = found.notes
    assert (note.what, note.values["metres"]) == (Note.CONVERTED_ROUGHLY, "1")
    assert 20 < abs(places(found)[0][0] - 109.0) * 87_000 < 150
    there = why(written(tmp_path / "b.gpkg", [shapely.Point(126.5, 45.7)], ["哈尔滨"], crs="EPSG:4214"))
    assert there.why in (WhyFile.SYSTEM_NOT_CONVERTED,)


def test_a_missing_prj_is_told_and_projected_metres_without_one_are_refused(tmp_path: Path) -> None:
    written(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    found = read(tmp_path / "a.shp")
    assert (places(found)[0], notes(found)) == ([113.58, 37.86], [Note.TAKEN_AS_WGS84])
    written(tmp_path / "b.shp", IN_ZONE, crs=ZONE)
    (tmp_path / "b.prj").unlink()
    assert why(tmp_path / "b.shp").why is WhyFile.NO_SYSTEM


@pytest.mark.parametrize("part", [".dbf", ".shx"])
def test_a_shapefile_without_one_of_its_parts_says_which(tmp_path: Path, part: str) -> None:
    written(tmp_path / "a.shp")
    (tmp_path / f"a{part}").unlink()
    refused = why(tmp_path / "a.shp")
    assert (refused.why, refused.values) == (WhyFile.PART_MISSING, {"part": part})


def test_a_refused_feature_says_its_number_and_the_others_are_taken(tmp_path: Path) -> None:
    bow_tie = {
        "type": "Polygon",
        "coordinates": [[[113, 37], [113.2, 37.2], [113.2, 37], [113, 37.2], [113, 37]]],
    }
    path = geojson(
        tmp_path / "a.geojson", {"type": "Point", "coordinates": [113.5, 37.8, 900]}, None,
        {"type": "Point", "coordinates": [37.8, 113.5]}, bow_tie, {"type": "Polygon", "coordinates": [[[1, 2]]]},
        {"type": "Point", "coordinates": []}, {"type": "Point", "coordinates": [2.35, 48.85]},
    )  # fmt: skip
    found = read(path)
    assert found.numbers == [1, 4]
    assert {r.feature: r.fault.why for r in found.refused} == {
        2: Why.NO_GEOMETRY, 3: Why.SWAPPED, 5: Why.BEYOND_MENDING, 6: Why.EMPTY_GEOMETRY, 7: Why.OUTSIDE_CHINA,
    }  # fmt: skip
    (note,) = found.notes
    assert (note.what, note.values["feature"]) == (Note.MENDED, "4")
    assert places(found)[0] == [113.5, 37.8]


@pytest.mark.parametrize(
    "told",
    [
        {"type": "Point", "coordinates": [113.5, 37.8]},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [113.5, 37.8]}, "properties": None},
        [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [113.5, 37.8]}}],
    ],
)
def test_geojson_in_its_other_forms(tmp_path: Path, told: Any) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(told))
    assert places(read(path)) == [[113.5, 37.8]]


@pytest.mark.parametrize(
    ("crs", "same"),
    [("urn:ogc:def:crs:OGC:1.3:CRS84", True), ("urn:ogc:def:crs:EPSG::4490", True), ("EPSG:4547", False)],
)
def test_the_older_crs_of_geojson_is_heeded(tmp_path: Path, crs: str, same: bool) -> None:
    point = PLACES[0] if same else IN_ZONE[0]
    told = {"type": "name", "properties": {"name": crs}}
    path = geojson(tmp_path / "a.geojson", {"type": "Point", "coordinates": [point.x, point.y]}, crs=told)
    assert places(read(path))[0] == pytest.approx([113.58, 37.86], abs=1e-7)


def test_a_system_that_is_none_is_named(tmp_path: Path) -> None:
    told = {"type": "name", "properties": {"name": "北京地方坐标系"}}
    path = geojson(tmp_path / "a.geojson", {"type": "Point", "coordinates": [1, 1]}, crs=told)
    assert (why(path).why, why(path).values) == (WhyFile.SYSTEM_NOT_UNDERSTOOD, {"system": "北京地方坐标系"})


def test_areas_and_lines_keep_their_kind_and_empty_cells_are_none(tmp_path: Path) -> None:
    line = shapely.LineString([(113.1, 37.8), (113.2, 37.9)])
    area = shapely.Point(113.5, 37.8).buffer(0.01)
    for i, made in enumerate((line, area)):
        (feature,) = read(written(tmp_path / f"{i}.gpkg", [made], [""])).features
        assert shapely.geometry.shape(feature["geometry"]).equals_exact(made, 1e-6)
        assert feature["properties"]["名称"] is None


def test_what_is_no_file_of_geometry_says_so(tmp_path: Path) -> None:
    for name, content, expected in (
        ("a.txt", b"hello", WhyFile.NOT_KNOWN), ("a.geojson", b"", WhyFile.EMPTY), ("a.geojson", b"{", WhyFile.DAMAGED),
        ("a.geojson", b"[" * 100_000, WhyFile.DAMAGED), ("a.json", b'{"type": "Topology"}', WhyFile.NOT_KNOWN),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', WhyFile.EMPTY), ("a.xlsx", b"PK\x03\x04", WhyFile.DAMAGED),
        ("a.kml", b"<kml></kml>", None), ("a.shp", b"\x00\x00\x27\x0a", WhyFile.PART_MISSING), ("a.gpkg", b"SQLite format 3\0", WhyFile.DAMAGED),
    ):  # fmt: skip
        path = tmp_path / name
        path.write_bytes(content)
        assert expected is None or why(path).why is expected
        assert why(path).why in WhyFile
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    assert why(tmp_path / "b.zip").why is WhyFile.NO_SHAPEFILE


def test_a_table_without_geometry_has_no_features(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.raw.write(path, None, [np.array(NAMES, dtype=object)], ["名称"], crs=None, geometry_type=None)
    assert why(path).why is WhyFile.EMPTY


def test_a_number_of_which_only_the_beginning_can_be_read_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a.shp")
    dbf = (tmp_path / "a.dbf").read_bytes()
    (tmp_path / "a.dbf").write_bytes(dbf.replace(b"1.50000", b"1.5x000"))
    found = read(path)
    assert [(note.what, note.values) for note in found.notes] == [(Note.DOUBTFUL_NUMBERS, {"count": "1"})]
