"""Two receiving processes on one port: resends, requests and answers work whichever of them holds the connection."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bihuan.cli import main
from bihuan.installation.marker import open_installation
from bihuan.loggers import register
from tests.feeds.hj212.packets import pack
from tests.servers.hj212.processes import TWO, ask, holder, pair, spool_of, until_state
from tests.servers.loggers import Logger, Receiver, exported, seconds_of, until_true, upload

QUICK = ("--open", "--answer-wait", "1", "--resends", "2", "--result-wait", "3")
A, B, C = "A" * 24, "B" * 24, "C" * 24


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    folder = tmp_path_factory.mktemp("processes") / "city"
    open_installation(folder, create=True)
    register.accept(folder / "devices.json", C, password="123456")
    with Receiver(folder, *TWO, *QUICK) as child:
        yield child


def test_a_resend_over_the_other_process_is_answered_and_stored_once_and_the_page_shows_the_sum(
    receiver: Receiver,
) -> None:
    mn, (one, other) = "1" * 24, pair(receiver)
    with one, other:
        one.send(b"".join(upload(second, mn) for second in (1, 2, 3)))
        assert [a["QN"][12:14] for a in one.answers(3)] == ["01", "02", "03"]
        other.send(upload(3, mn) + upload(4, mn) + upload(5, mn)[:-6] + b"FFFE\r\n")
        assert [a["QN"][12:14] for a in other.answers(2)] == ["03", "04"]
        one.send(upload(6, mn)[:-6] + b"FFFE\r\n")
        until_true(lambda: receiver.state()["devices"].get(mn, {}).get("broken") == {"crc": 2})
        about = receiver.state()["devices"][mn]
        assert (about["packets"], about["online"], about["st"]) == (5, True, "31")
        assert about["peer"] == "{}:{}".format(*other.socket.getsockname())
        other.close()
        until_true(lambda: not receiver.state()["devices"][mn]["online"])
        assert one.ask(upload(7, mn))["CN"] == "9014"  # it still has the older connection
        until_true(lambda: receiver.state()["devices"][mn]["online"])
    assert seconds_of(exported(receiver.folder, "--mn", mn)) == [1, 2, 3, 4, 7]


def test_requests_reach_devices_of_either_process_once(receiver: Receiver) -> None:
    one, other = pair(receiver)
    with Logger(one, A) as first, Logger(other, B) as second:
        for mn in (A, B):
            ask(receiver, mn, "calibrate", PolId="a21026")
        for logger in (first, second):
            head, cp = logger.request()
            assert (head["CN"], head["MN"], cp) == ("3011", logger.mn, "PolId=a21026")
            logger.say("9011", "QnRtn=1", head["QN"])
            logger.say("9012", "ExeRtn=1", head["QN"])
        for logger in (first, second):
            ended = until_state(receiver, logger.mn, "done")
            assert (ended.answer, ended.result, ended.sends) == (1, 1, 1)
            assert logger.quiet(0.7)


def test_a_device_that_changes_process_during_a_dialogue_ends_it_there(receiver: Receiver) -> None:
    # It is asked over one connection, agrees, goes, and says over the other, as the first thing, that it has done it.
    mn, (one, other) = "2" * 24, pair(receiver)
    with Logger(one, mn) as logger, other:
        ask(receiver, mn, "calibrate", PolId="a21026")
        qn = logger.request()[0]["QN"]
        logger.say("9011", "QnRtn=1", qn)
        until_state(receiver, mn, "accepted")
        other.send(pack(f"QN={qn};ST=91;CN=9012;PW=123456;MN={mn};Flag=4;CP=&&ExeRtn=1&&"))
        assert until_state(receiver, mn, "done").sends == 1


def test_resends_follow_the_device_to_its_newest_connection(receiver: Receiver) -> None:
    mn, (one, other) = "3" * 24, pair(receiver)
    with Logger(one, mn) as first:
        ask(receiver, mn, "keep_sample")
        asked = first.request()
        with Logger(other, mn) as second:  # while the first connection stands there half open
            assert second.request() == asked
            second.say("9012", "ExeRtn=1", asked[0]["QN"])
            assert until_state(receiver, mn, "done").sends == 2
            assert first.quiet(1.2)


def test_a_device_that_asks_for_the_time_gets_it_in_either_process(receiver: Receiver) -> None:
    mn, (one, other) = "4" * 24, pair(receiver)
    for client in (one, other):
        with Logger(client, mn) as logger:
            notice = f"QN=20260301000000000;ST=31;CN=1013;PW=123456;MN={mn};Flag=5;CP=&&PolId=a21026&&"
            assert client.ask(pack(notice))["CN"] == "9013"
            head, cp = logger.request()
            assert (head["CN"], cp) == ("1012", f"SystemTime={head['QN'][:14]}")
            logger.say("9012", "ExeRtn=1", head["QN"])
            until_state(receiver, mn, "done")


def test_a_new_password_is_taken_by_the_other_process_as_soon_as_the_device_has_it(
    receiver: Receiver,
) -> None:
    one, other = pair(receiver)
    with Logger(one, C) as logger, other:
        ask(receiver, C, "set_password", NewPW="654321")
        qn = logger.request()[0]["QN"]
        assert other.ask(upload(2, C, pw="654321"))["CN"] == "9014"
        assert other.ask(upload(3, C, pw="123456"))["CN"] == "9014"
        other.send(pack(f"QN={qn};ST=91;CN=9012;PW=654321;MN={C};Flag=4;CP=&&ExeRtn=1&&"))
        until_state(receiver, C, "done")

        def old_one_is_refused() -> bool:
            other.send(upload(4, C, pw="123456"))
            return other.silent()

        until_true(old_one_is_refused)


def test_a_request_outlives_the_process_that_sent_it_and_is_not_asked_twice(receiver: Receiver) -> None:
    mn = "5" * 24
    with Logger(receiver.client(), mn) as logger:
        ask(receiver, mn, "calibrate", PolId="a21026")
        asked = logger.request()
        until_state(receiver, mn, "sent")
        victim = psutil.Process(holder(receiver, logger.client))
        victim.kill()
        victim.wait(10)  # until then it may still be given connections
        with Logger(receiver.client(), mn) as again:
            assert again.request() == asked  # the same packet, which the device knows by its QN
            again.say("9011", "QnRtn=1", asked[0]["QN"])
            again.say("9012", "ExeRtn=1", asked[0]["QN"])
            until_state(receiver, mn, "done")
            assert again.quiet(1.2)
    assert len(spool_of(receiver).of(mn)) == 1


def test_a_taken_port_is_not_shared_with_another_installation(tmp_path: Path, receiver: Receiver) -> None:
    words = ["--data", str(tmp_path / "other"), "hj212", "serve", "--port", str(receiver.port)]
    assert main([*words, *TWO]) == 2
    assert main([*words, "--processes", "1"]) == 2
