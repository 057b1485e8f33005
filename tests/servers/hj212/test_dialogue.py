"""Requests to loggers: request, 9011, uploads, 9012, with time-outs and resends, over a real connection."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.archive import Archive
from bihuan.feeds.hj212 import sm4
from bihuan.installation.marker import open_installation
from bihuan.loggers import parked, register
from bihuan.loggers.commands import Command, Spool, new_command
from tests.feeds.hj212.packets import crc_of, pack
from tests.servers.loggers import MN, Logger, Receiver, exported, seconds_of, until_true, upload

QUICK = ("--open", "--answer-wait", "0.6", "--resends", "2", "--result-wait", "1.5")


KEY = bytes(range(16))


def spool_of(folder: Path) -> Spool:
    return Spool(Archive(folder / "archive").devices.folder)


def ask(folder: Path, name: str, **cp: str) -> None:
    spool_of(folder).save(new_command(MN, name, cp, by="王调度", now=datetime.now(UTC)))


def newest(folder: Path) -> Command:
    return spool_of(folder).of(MN)[0]


def until_state(folder: Path, state: str) -> Command:
    until_true(lambda: newest(folder).state == state, 10)
    return newest(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    open_installation(tmp_path / "city", create=True)
    return tmp_path / "city"


def test_the_clock_is_read_request_answer_upload_result(folder: Path) -> None:
    # HJ 212-2017 7: request with Flag 5 -> 9011 QnRtn=1 -> upload 1011 -> 9012 ExeRtn=1, with the request's QN.
    with Receiver(folder, *QUICK) as receiver, Logger(receiver.client()) as logger:
        ask(folder, "read_clock")
        head, cp = logger.request()
        qn = head.pop("QN")
        assert re.fullmatch(r"\d{17}", qn)
        assert head == {"ST": "31", "CN": "1011", "PW": "123456", "MN": MN, "Flag": "5"}
        assert cp == ""
        until_state(folder, "sent")
        logger.say("9011", "QnRtn=1", qn)
        until_state(folder, "accepted")
        logger.say("1011", "SystemTime=20260301000102", qn)
        logger.say("9012", "ExeRtn=1", qn)
        ended = until_state(folder, "done")
        assert (ended.answer, ended.result, ended.sends, ended.by) == (1, 1, 1, "王调度")
        assert ended.told == {"SystemTime": "20260301000102"}


def test_the_clock_that_is_set_is_the_time_of_the_request(folder: Path) -> None:
    with Receiver(folder, *QUICK) as receiver, Logger(receiver.client()) as logger:
        ask(folder, "set_clock")
        head, cp = logger.request()
        assert (head["CN"], cp) == ("1012", f"SystemTime={head['QN'][:14]}")


def test_a_device_that_asks_for_the_time_gets_it_once(folder: Path) -> None:
    # HJ 212-2017 table 9: 1013 asks for a clock set; it is answered by 9013, then the platform sends 1012.
    with Receiver(folder, *QUICK) as receiver, Logger(receiver.client()) as logger:
        notice = pack(f"QN=20260301000000000;ST=31;CN=1013;PW=123456;MN={MN};Flag=5;CP=&&PolId=a21026&&")
        assert logger.client.ask(notice)["CN"] == "9013"
        head, cp = logger.request()
        assert (head["CN"], cp) == ("1012", f"SystemTime={head['QN'][:14]}")
        logger.client.send(notice)  # while it is being set
        assert logger.client.answers(1)[0]["CN"] == "9013"
        logger.say("9011", "QnRtn=1", head["QN"])
        logger.say("9012", "ExeRtn=1", head["QN"])
        assert until_state(folder, "done").by == "系统"
        assert logger.quiet(1.2)


def test_an_unanswered_request_is_sent_again_the_same_and_then_given_up(folder: Path) -> None:
    # Here 2 resends, 0.6 s apart: three packets, QN included the same (HJ 212-2017 table 1).
    with Receiver(folder, *QUICK) as receiver, Logger(receiver.client()) as logger:
        ask(folder, "keep_sample")
        began = time.monotonic()
        requests = [logger.request() for _ in range(3)]
        assert time.monotonic() - began >= 1.2
        assert requests[0] == requests[1] == requests[2]
        assert until_state(folder, "timed_out").sends == 3
        assert logger.quiet(1)


def test_a_refusal_and_a_failure_say_their_code(folder: Path) -> None:
    with Receiver(folder, *QUICK) as receiver, Logger(receiver.client()) as logger:
        ask(folder, "calibrate", PolId="a21026")
        head, cp = logger.request()
        assert (head["CN"], cp) == ("3011", "PolId=a21026")
        logger.say("9011", "QnRtn=3", head["QN"])
        assert until_state(folder, "refused").answer == 3
        ask(folder, "calibrate", PolId="a21026")
        head, _ = logger.request()
        logger.say("9011", "QnRtn=1", "20200101000000000")  # of another request
        logger.say("9011", "QnRtn=1", head["QN"])
        logger.say("9012", "ExeRtn=5", head["QN"])
        assert until_state(folder, "failed").result == 5


def test_a_device_that_agrees_and_never_ends_times_out(folder: Path) -> None:
    with Receiver(folder, *QUICK) as receiver, Logger(receiver.client()) as logger:
        ask(folder, "calibrate", PolId="a21026")
        logger.say("9011", "QnRtn=1", logger.request()[0]["QN"])
        ended = until_state(folder, "timed_out")
        assert (ended.answer, ended.result) == (1, None)
        assert logger.quiet(1)


def test_fetched_minutes_are_stored_and_counted_and_commands_wait_their_turn(folder: Path) -> None:
    with Receiver(folder, *QUICK) as receiver, Logger(receiver.client()) as logger:
        ask(folder, "fetch_minutes", BeginTime="20260301000000", EndTime="20260301003000")
        ask(folder, "read_clock")
        head, cp = logger.request()
        assert (head["CN"], cp) == ("2051", "BeginTime=20260301000000;EndTime=20260301003000")
        logger.say("9011", "QnRtn=1", head["QN"])
        for minute in (10, 20, 30, 50):  # 00:50 is its own upload, outside of what was asked
            logger.client.send(upload(60 * minute, cn="2051", flag=4))
        logger.say("9012", "ExeRtn=1", head["QN"])
        assert logger.request()[0]["CN"] == "1011"
        first = spool_of(folder).of(MN)[1]
        assert (first.state, first.uploads) == ("done", 3)
        receiver.stop()
    assert exported(folder)["cn"].to_list().count("2051") == 4 * 2


def test_a_restarted_receiver_carries_a_command_on_with_the_same_packet(folder: Path) -> None:
    with Receiver(folder, "--open") as receiver, Logger(receiver.client()) as logger:
        ask(folder, "keep_sample")
        first = logger.request()
        until_state(folder, "sent")
        receiver.kill()
    with Receiver(folder, *QUICK) as receiver, Logger(receiver.client()) as logger:
        assert logger.request() == first
        logger.say("9012", "ExeRtn=1", first[0]["QN"])
        assert until_state(folder, "done").sends >= 2


def test_no_connection_is_said_and_nothing_is_sent_later(folder: Path) -> None:
    with Receiver(folder, *QUICK, "--connection-wait", "1") as receiver:
        ask(folder, "read_clock")
        until_state(folder, "no_connection")
        with Logger(receiver.client()) as logger:
            assert logger.quiet(1.5)


def test_a_new_password_is_taken_from_the_moment_it_is_on_its_way(folder: Path) -> None:
    register.accept(folder / "devices.json", MN, password="123456")
    with Receiver(folder, *QUICK[1:]) as receiver, Logger(receiver.client()) as logger:
        ask(folder, "set_password", NewPW="654321")
        head, cp = logger.request()
        assert (head["PW"], cp) == ("123456", "NewPW=654321")
        logger.say("9011", "QnRtn=1", head["QN"])
        assert logger.client.ask(upload(2, pw="654321"))["CN"] == "9014"
        assert logger.client.ask(upload(3, pw="123456"))["CN"] == "9014"
        logger.say("9012", "ExeRtn=1", head["QN"], pw="654321")
        ended = until_state(folder, "done")
        assert "654321" not in str(ended)
        assert register.read_register(folder / "devices.json")[MN].password == "654321"

        def old_one_is_refused() -> bool:
            logger.client.send(upload(4, pw="123456"))
            return logger.client.silent()

        until_true(old_one_is_refused)


def encrypted(packet: bytes, key: bytes) -> bytes:
    return packet[:6] + sm4.encrypt(packet[6:-6], key) + packet[-6:]


def the_new_key(request: bytes, old: bytes) -> tuple[dict[str, str], bytes]:
    """The header of a 1014 and the key in it; its CP is encrypted with the old one, its check value of the plain text."""
    plain = sm4.decrypt(request[6:-6], old)
    assert plain is not None
    assert crc_of(plain) == request[-6:-2].decode()
    head, _, cp = plain.decode().partition(";CP=&&")
    fields = dict(item.split("=", 1) for item in head.split(";"))
    match = re.fullmatch(r"SKCreateTime=(\d{14});NewSK=([0-9a-f]{32})&&", cp)
    assert match
    assert match[1] == fields["QN"][:14]
    return fields, bytes.fromhex(match[2])


def keyed(folder: Path) -> Path:
    path = folder / "devices.json"
    register.accept(path, MN, name="一厂", password="123456", key=KEY.hex())
    return path


def test_a_key_changes_when_the_device_confirms_and_the_old_one_counts_until_then(folder: Path) -> None:
    # HJ 212-2025 (second-hand): 1014 with SKCreateTime and NewSK, then 9011 and 9012.
    path = keyed(folder)
    with Receiver(folder, *QUICK[1:]) as receiver, receiver.client() as client:
        assert client.ask(encrypted(upload(1, edition=2025), KEY))["CN"] == "9014"
        ask(folder, "set_key")
        head, new = the_new_key(client.socket.recv(65536), KEY)
        assert (head["CN"], head["Flag"]) == ("1014", "9")
        assert new != KEY
        client.send(pack(f"QN={head['QN']};ST=91;CN=9011;PW=123456;MN={MN};Flag=8;CP=&&QnRtn=1&&"))
        for second, key in ((2, KEY), (3, new), (4, KEY)):
            assert client.ask(encrypted(upload(second, edition=2025), key))["CN"] == "9014"
        open_file = next(
            (Archive(folder / "archive").devices.folder / "commands" / "open").glob("[0-9]*.json")
        )
        assert [file.stat().st_mode & 0o777 for file in (path, open_file)] == [0o600, 0o600]
        client.send(pack(f"QN={head['QN']};ST=91;CN=9012;PW=123456;MN={MN};Flag=8;CP=&&ExeRtn=1&&"))
        ended = until_state(folder, "done")
        assert new.hex() not in str(ended)
        device = register.read_register(path)[MN]
        assert (device.key, device.next_key, device.name, device.password) == (new, None, "一厂", "123456")
        assert device.key_changed
        assert client.ask(encrypted(upload(5, edition=2025), new))["CN"] == "9014"

        def old_one_is_refused() -> bool:
            client.send(encrypted(upload(6, edition=2025), KEY))
            return client.silent()

        until_true(old_one_is_refused)
        receiver.stop()
    assert {1, 2, 3, 4, 5} <= set(seconds_of(exported(folder)))


def test_a_refused_key_is_dropped_and_one_that_nobody_confirms_is_taken_beside_the_old_one(
    folder: Path,
) -> None:
    path = keyed(folder)
    with Receiver(folder, *QUICK[1:]) as receiver, receiver.client() as client:
        client.ask(encrypted(upload(1, edition=2025), KEY))
        ask(folder, "set_key")
        head, _ = the_new_key(client.socket.recv(65536), KEY)
        client.send(pack(f"QN={head['QN']};ST=91;CN=9011;PW=123456;MN={MN};Flag=8;CP=&&QnRtn=2&&"))
        until_state(folder, "refused")
        assert register.read_register(path)[MN].next_key is None
        ask(folder, "set_key")
        _, new = the_new_key(client.socket.recv(65536), KEY)
        until_state(folder, "timed_out")
        assert client.socket.recv(65536).count(b"CN=1014") == 2  # the resends
        for second, key in ((2, KEY), (3, new)):
            assert client.ask(encrypted(upload(second, edition=2025), key))["CN"] == "9014"


def test_a_device_gets_a_new_key_when_it_asks_and_has_the_old_one(folder: Path) -> None:
    keyed(folder)
    request = pack(
        f"QN=20260301000000000;ST=31;CN=1014;PW=123456;MN={MN};Flag=9;CP=&&PolId=i23005,PolId=i23006&&"
    )
    with Receiver(folder, *QUICK[1:]) as receiver, receiver.client() as client:
        assert client.ask(request)["CN"] == "9014"
        assert client.silent(1.2)  # anybody could have sent it
        assert client.ask(encrypted(request, KEY))["CN"] == "9014"
        the_new_key(client.socket.recv(65536), KEY)
        assert newest(folder).by == "系统"


def test_an_older_device_has_no_key_to_change(folder: Path) -> None:
    keyed(folder)
    with Receiver(folder, *QUICK[1:]) as receiver, Logger(receiver.client()):
        ask(folder, "set_key")
        assert "2025" in until_state(folder, "failed").note


def test_a_locked_out_device_is_parked_and_what_it_sent_comes_in_when_it_is_admitted(folder: Path) -> None:
    path = keyed(folder)
    with Receiver(folder) as receiver, receiver.client() as client:
        assert client.ask(upload(1))["CN"] == "9014"
        register.refuse(path, MN, "疑似冒用")

        def locked() -> bool:
            client.send(upload(2))
            return client.silent()

        until_true(locked)
        until_true(lambda: not receiver.state()["devices"][MN]["online"])
        device = register.read_register(path)[MN]
        assert (device.refused, device.reason, device.key) == (True, "疑似冒用", KEY)
        register.admit(path, MN)
        parked.ask(Archive(folder / "archive").devices.folder, MN)

        def admitted() -> bool:
            client.send(upload(3))
            return not client.silent()

        until_true(admitted)
        assert register.read_register(path)[MN].key == KEY
        until_true(lambda: not parked.asked(Archive(folder / "archive").devices.folder, parked.READY))
        until_true(lambda: {1, 2, 3} <= set(seconds_of(exported(folder))))
