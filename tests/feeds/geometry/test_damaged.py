"""No damaged file whatever ends in anything but a code for its sender; what breaks the library breaks only its process."""

import json
import random
import shutil
import zipfile
from pathlib import Path

import pytest

from bihuan.apart import Stopped
from bihuan.feeds.geometry.features import BadFile, Features, Note, WhyFile
from bihuan.feeds.geometry.reading import read
from bihuan.feeds.reading import Unreadable
from bihuan.pipeline.geometry_files import features_of
from tests.feeds.geometry.made import IN_ZONE, NAMES, ZONE, written, zipped

TURNS = 60


def good(folder: Path, name: str) -> Path:
    """A file of this name whose every byte is meant."""
    if not name.endswith((".zip", ".kmz", ".kml")):
        return written(folder / name, IN_ZONE, crs=ZONE)
    if name.endswith(".zip"):
        (folder / "s").mkdir(exist_ok=True)
        written(folder / "s" / "口.shp", encoding="GB18030")
        return zipped(folder / "s", folder / name)
    text = "<kml xmlns='http://www.opengis.net/kml/2.2'><Document><Placemark><name>口</name><Polygon><outerBoundaryIs><LinearRing><coordinates>113,37 114,37 114,38 113,37</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"
    if name.endswith(".kml"):
        (folder / name).write_text(text, "utf-8")
    else:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doc.kml", text)
    return folder / name


@pytest.mark.parametrize(
    "name", ["a.geojson", "a.gpkg", "a.zip", "a.kml", "a.kmz", "a.shp", "a.dbf", "a.shx", "a.prj"]
)
def test_any_change_of_a_good_file_gives_features_or_a_code(tmp_path: Path, name: str) -> None:
    """Bytes turned, cut, doubled and filled in, in every part of a Shapefile, with the same dice in every run."""
    opened = "a.shp" if name[2:] in ("dbf", "shx", "prj") else name
    content = good(tmp_path, opened).parent.joinpath(name).read_bytes()
    dice = random.Random(name)
    ends = set()
    for turn in range(TURNS):
        folder = tmp_path / str(turn)
        folder.mkdir()
        for part in tmp_path.glob("a.*"):
            shutil.copy(part, folder)
        (folder / name).write_bytes(changed(content, dice))
        try:
            ends.add(type(read(folder / opened)))
        except BadFile as error:
            ends.add(error.why)
    assert ends <= {Features, *WhyFile}
    assert len(ends) > 1


def changed(content: bytes, dice: random.Random) -> bytes:
    """The content with one wound."""
    made, at = bytearray(content), dice.randrange(len(content))
    end = min(len(made), at + dice.choice((1, 4, 64)))
    way = dice.randrange(5)
    if way == 0:
        return bytes(made[:at])
    if way == 1:
        made[at:end] = dice.randbytes(end - at)
    elif way == 2:
        made[at:end] = b"\xff" * (end - at)
    elif way == 3:
        made[at:end] = b""
    else:
        made[at:at] = made[at:end]
    return bytes(made)


def test_a_file_is_read_apart_with_its_texts_notes_and_refusals(tmp_path: Path) -> None:
    path = good(tmp_path, "a.zip")
    found = features_of(path, "排口.zip")
    assert [f["properties"]["名称"] for f in found.features] == NAMES
    moved = features_of(written(tmp_path / "b.gpkg", IN_ZONE, crs=ZONE), "断面.gpkg")
    assert [note.what for note in moved.notes] == [Note.CONVERTED]


def test_a_loose_shapefile_is_read_with_the_parts_that_came_beside_it(tmp_path: Path) -> None:
    written(tmp_path / "k1.shp", encoding="GB18030")
    parts = [(tmp_path / f"k1{end}", f"排口{end}") for end in (".shx", ".dbf", ".prj", ".cpg")]
    found = features_of(tmp_path / "k1.shp", "排口.shp", beside=parts)
    assert [f["properties"]["名称"] for f in found.features] == NAMES
    with pytest.raises(BadFile) as alone:
        features_of(tmp_path / "k1.shp", "排口.shp")
    assert alone.value.why is WhyFile.PART_MISSING


def test_the_layer_that_is_asked_for_and_the_reason_come_back_from_apart(tmp_path: Path) -> None:
    written(tmp_path / "a.gpkg", layer="甲")
    written(tmp_path / "a.gpkg", layer="乙", append=True)
    assert len(features_of(tmp_path / "a.gpkg", "a.gpkg", "乙").features) == 2
    with pytest.raises(BadFile) as several:
        features_of(tmp_path / "a.gpkg", "a.gpkg")
    assert (several.value.why, several.value.values) == (
        WhyFile.SEVERAL_LAYERS,
        {"layers": "甲、乙", "names": json.dumps(["甲", "乙"])},
    )


def test_a_bomb_of_zeros_ends_with_a_sentence_and_not_with_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shx", b"x")
        archive.writestr("a.dbf", b"x")
        with archive.open("a.shp", "w", force_zip64=True) as part:
            for _ in range(40):
                part.write(bytes(2**20))
    monkeypatch.setattr("bihuan.feeds.geometry.unpacked.LARGEST", 2**20)
    with pytest.raises(BadFile) as bomb:
        read(tmp_path / "a.zip")
    assert bomb.value.why is WhyFile.TOO_LARGE


def test_a_file_that_needs_too_much_memory_is_told_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIHUAN_READ_MEMORY", "20")  # GDAL alone takes more
    with pytest.raises(Stopped, match=r"断面\.gpkg takes more than 20 MB"):
        features_of(written(tmp_path / "a.gpkg"), "断面.gpkg")


def test_a_folder_or_a_missing_file_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.shp"):
        with pytest.raises(Unreadable):
            features_of(path, "a.shp")
