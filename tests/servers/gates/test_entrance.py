"""Gates over real sockets: who is let in, what is answered, what is kept."""

import hashlib
import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from bihuan.archive import Archive
from bihuan.feeds.gates.signing import PASSAGES, SIGNATURE
from bihuan.simulate.gates.client import Client
from tests.servers.gates.running import Entrance, installed
from tests.servers.installed import python

JPEG = b"\xff\xd8\xff\xe0" + b"a picture" * 50


def passage(number: object, **other: Any) -> dict[str, Any]:
    """A record of a truck that goes in."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    return {
        "gate": "V001-G1", "time": at, "number": number, "direction": "in", "plate": "晋C12345", "colour": "yellow",
        "fuel": "diesel", "stage": "5", "stage_source": "list", "net_t": 30, "photos": ["head.jpg"], "photo_time": at, **other,
    }  # fmt: skip


@pytest.fixture
def entrance(tmp_path: Path, empty_database: Path) -> Any:
    folder = tmp_path / "city"
    with Entrance(folder, installed(folder, empty_database)) as running:
        yield running


def rows(entrance: Entrance) -> Any:
    entrance.stored()
    return Archive(entrance.folder / "archive").passages.current().collect()


def test_only_a_fresh_signature_of_the_units_key_is_let_in(entrance: Entrance) -> None:
    link = entrance.link()
    body = json.dumps({"records": [passage(1)]}).encode()
    assert (
        link.ask("POST", PASSAGES, body, {"Accept-Language": "en"})[1]["error"]["code"] == "gate_not_signed"
    )
    signed = link.headers("POST", PASSAGES, body)
    wrong = link.ask("POST", PASSAGES, body, signed | {SIGNATURE: "0" * 64})
    assert (wrong[0], wrong[1]["error"]["code"]) == (401, "gate_wrong_signature")
    other = link.ask("POST", PASSAGES, body.replace(b"C12345", b"C54321"), signed)
    assert other[0] == 401, "the signature covers the body"
    assert link.ask("POST", PASSAGES, body, signed)[0] == 200
    again = link.ask("POST", PASSAGES, body, signed)
    assert (again[0], again[1]["error"]["code"]) == (409, "gate_replayed")
    late = entrance.link(clock=lambda: time.time() - 400)
    status, told = late.records([passage(2)])
    assert (status, told["error"]["code"]) == (401, "gate_clock")
    entrance.end(signal.SIGKILL)
    entrance.start()
    assert entrance.link().ask("POST", PASSAGES, body, signed)[0] == 409, "also after a restart"
    assert rows(entrance)["number"].to_list() == ["1"]


def test_a_bad_record_is_refused_by_its_field_and_the_others_are_taken(entrance: Entrance) -> None:
    given = [
        passage("a"),
        passage("b", time="soon"),
        passage("c", plate="晋C·I2345", net_t="heavy"),
        passage("d", gate="V001-G9"),
        passage("e", gate="V002-G1"),
        "no record",
    ]
    status, told = entrance.link().records(given)  # type: ignore[arg-type]
    assert (status, told["taken"], told["marked"], told["refused"]) == (200, 1, 2, 3)
    by = {r["record"]: r for r in told["records"]}
    assert [f["field"] for f in by[2]["faults"]] == ["time"]
    assert by[2]["faults"][0]["why"]
    assert by[2]["faults"][0]["remedy"]
    assert by[3]["noted"] == ["look_alike", "unread"]
    assert by[4]["noted"] == ["unknown_gate"]
    assert by[5]["faults"][0]["code"] == "gate_of_other_unit"
    kept = rows(entrance)
    assert set(kept["number"]) == {"a", "c", "d"}
    assert kept.filter(number="c").select("plate", "plate_sent", "net_kg").row(0) == (
        "晋C12345",
        "晋C·I2345",
        None,
    )
    passages = Archive(entrance.folder / "archive").passages
    listed = passages.refused.find(limit=10)
    assert {(r.row, r.column) for r in listed} == {(2, "time"), (3, "net_t"), (5, "gate"), (6, "")}
    assert b"soon" in passages.journal.read(listed[0].journal).data, "raw as it came"


def test_a_body_that_is_no_json_is_kept_raw_and_listed(entrance: Entrance) -> None:
    assert entrance.link().ask("POST", PASSAGES, b"{broken")[0] == 422
    assert rows(entrance).is_empty()
    (listed,) = Archive(entrance.folder / "archive").passages.refused.find()
    assert listed.why.code == "gate_no_json"
    assert entrance.link().records([passage(n) for n in range(1001)])[0] == 422


def test_what_was_answered_survives_a_kill_and_a_resend_is_kept_once(entrance: Entrance) -> None:
    client = Client(entrance.link(), batch=10)
    client.passed(passage(n) for n in range(30))
    assert client.send()
    entrance.end(signal.SIGKILL)
    client.passed([passage(99)])
    assert not client.send(), "it is buffered"
    entrance.start()
    again = Client(entrance.link(), batch=7)
    again.passed(passage(n, time=r["time"]) for n, r in enumerate([passage(0)] * 3, 200))
    again.passed(client.waiting)
    assert again.send()
    first = rows(entrance)
    assert first.height == 34
    repeated = [{**passage(5), "time": t.isoformat()} for t in first.filter(number="5")["start"]]
    status, told = entrance.link().records(repeated)
    assert (status, told["refused"]) == (200, 0)
    assert rows(entrance).height == 34


def test_a_picture_is_kept_under_its_sum_and_nothing_else_is(entrance: Entrance) -> None:
    link = entrance.link()
    assert link.picture(JPEG) == (201, {"photo": hashlib.sha256(JPEG).hexdigest(), "new": True})
    assert link.picture(JPEG)[0] == 200
    path = Archive(entrance.folder / "archive").passages.picture(hashlib.sha256(JPEG).hexdigest())
    assert path.read_bytes() == JPEG
    assert link.picture(b"<script>")[0] == 415
    assert link.ask("PUT", f"/gates/v1/photos/{'0' * 64}", JPEG)[0] == 422
    assert link.ask("PUT", "/gates/v1/photos/../../x", JPEG)[0] == 422
    assert link.picture(JPEG + b"\0" * 4 * 2**20)[0] == 413


def test_a_vendors_dialect_is_read_by_its_codes(entrance: Entrance) -> None:
    at = time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600))
    one = {"mjbh": "V002-G1", "gcsj": at, "lsh": 7, "jcfx": 1, "cphm": "晋C12345", "cpys": 2, "rlzl": "B", "pfjd": "4",
           "jz": "31.5", "sffx": 2, "zp": "a.jpg,b.jpg"}  # fmt: skip
    body = json.dumps({"data": [one, {**one, "lsh": 8, "cpys": 7, "pfjd": "X"}]}).encode()
    status, told = entrance.link("V002").ask("POST", PASSAGES, body)
    assert (status, told["taken"], told["marked"]) == (200, 1, 1)
    assert told["records"][1]["noted"] == ["colour_unknown", "stage_unknown"]
    first, second = rows(entrance).sort("number").to_dicts()
    assert (first["direction"], first["colour"], first["fuel"], first["stage"]) == (
        "out",
        "yellow",
        "diesel",
        "4",
    )
    assert (first["net_kg"], first["allowed"], first["photos"]) == (31_500.0, 0, "a.jpg b.jpg")
    assert (second["colour"], second["stage"]) == (None, None), "never guessed"


def test_a_key_that_was_ended_lets_nobody_in(entrance: Entrance) -> None:
    assert entrance.link().records([passage(1)])[0] == 200
    with python(
        entrance.folder, "-m", "bihuan.cli", "--data", str(entrance.folder), "gates", "revoke", "V001"
    ) as process:
        process.communicate()
    until = time.monotonic() + 20
    while entrance.link().records([passage(2)])[0] == 200:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert entrance.link().records([passage(3)])[0] == 401


def test_it_stops_as_it_is_told(entrance: Entrance) -> None:
    assert entrance.link().records([passage(1)])[0] == 200
    assert entrance.end() == 0
