"""What several processes have seen adds up to what one would have seen."""

import pickle
import random
from datetime import UTC, datetime, timedelta

from bihuan.feeds.hj212 import Piece, decode_stream
from bihuan.servers.hj212.devices import Devices
from bihuan.servers.hj212.processes.news import RecentDevices, take_up
from tests.servers.loggers import upload

START = datetime(2026, 3, 1, 4, tzinfo=UTC)
NAMES = [letter * 24 for letter in "ABCDE"]
STRANGER = "F" * 24


def piece_of(mn: str, second: int, pick: random.Random) -> Piece:
    packet = upload(second, mn, cn=pick.choice(("2011", "2051", "2061")))
    if pick.random() < 0.3:
        packet = packet[:-6] + packet[-6:].lower()  # the mark crc_lowercase, where a letter is in it
    (piece,) = decode_stream(packet)
    assert piece.accepted
    return piece


def nobody(mn: str) -> bool:
    """No name is registered."""
    return False


def note(devices: Devices, mn: str, piece: Piece, peer: str, now: datetime) -> None:
    """As the intake does."""
    seen = devices.of(mn, now)
    seen.peer = peer
    seen.note(piece, now)


def test_two_shares_handed_over_at_any_moments_make_the_whole() -> None:
    for seed in range(20):
        pick = random.Random(seed)
        alone, whole, parts = Devices(), Devices(), (RecentDevices(), RecentDevices())
        for number in range(300):
            now, mn = START + timedelta(seconds=number), pick.choice(NAMES)
            recent = pick.choice(parts)
            event = pick.random()
            if number < len(NAMES):  # all are known before anything of them is refused
                mn, event = NAMES[number], 1.0
            if event < 0.2:
                for one in (recent, alone):
                    one.note_broken(mn, "crc", b"%d" % number, now, listed=False)
            elif event < 0.3:
                piece = piece_of(STRANGER, pick.randrange(86_400), pick)
                for one in (recent, alone):
                    one.of_unknown(STRANGER, now).note(piece, now)
            else:
                piece = piece_of(mn, pick.randrange(86_400), pick)
                for one in (recent, alone):
                    note(one, mn, piece, f"10.0.0.{number}:1", now)
            recent.counts["events"] += 1
            alone.counts["events"] += 1
            if (
                pick.random() < 0.3 or number < 10
            ):  # at first at once: of names that nobody has nothing is noted
                take_up(whole, pickle.loads(pickle.dumps(recent.hand_over())), nobody)
        for recent in parts:
            take_up(whole, recent.hand_over(), nobody)
        assert whole.as_dict(set()) == alone.as_dict(set())


def test_a_refused_packet_counts_for_a_device_that_only_another_process_knows_and_for_no_stranger() -> None:
    whole, one, other = Devices(), RecentDevices(), RecentDevices()
    note(one, NAMES[0], piece_of(NAMES[0], 1, random.Random(0)), "10.0.0.1:1", START)
    take_up(whole, one.hand_over(), nobody)
    for mn in NAMES[:2]:
        other.note_broken(mn, "password", b"##0101", START, listed=False)
    take_up(whole, other.hand_over(), nobody)
    assert list(whole.known) == NAMES[:1]
    assert whole.known[NAMES[0]].broken == {"password": 1}
    assert (whole.known[NAMES[0]].packets, whole.known[NAMES[0]].last) == (1, START)


def test_what_is_refused_of_a_registered_device_is_kept_until_it_is_taken() -> None:
    alone, whole, recent = Devices(), Devices(), RecentDevices()
    for second in (1, 2):
        now = START + timedelta(seconds=second)
        for one in (alone, recent):
            one.note_broken(NAMES[0], "password", b"##0101", now, listed=True)
            one.note_broken(STRANGER, "password", b"##0101", now, listed=False)
    take_up(whole, recent.hand_over(), NAMES.__contains__)
    for devices in (alone, whole):
        assert list(devices.rejected) == NAMES[:1]
        assert devices.rejected[NAMES[0]].broken == {"password": 2}
        assert devices.rejected[NAMES[0]].last_broken == (START + timedelta(seconds=2), "password", b"##0101")
        note(devices, NAMES[0], piece_of(NAMES[0], 3, random.Random(0)), "10.0.0.1:1", START)
        assert (devices.rejected, devices.known[NAMES[0]].broken) == ({}, {"password": 2})
