"""The journal keeps every byte, in order, through crashes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bihuan.archive import journal as module
from bihuan.archive.journal import HEADER, Journal, JournalDamaged

NOW = datetime(2019, 10, 5, 6, 0, 0, 123456, tzinfo=UTC)


def test_entries_come_back_by_position_and_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    positions = journal.append_many([("hj212:1", b"##0101", NOW), ("file:ambient", b"", NOW)])
    positions.append(journal.append("hj212:2", b"\0\xff" * 1000, NOW + timedelta(seconds=1)))
    assert positions == sorted(set(positions))
    assert [e.position for e in Journal(tmp_path).entries()] == positions
    assert [e.data for e in journal.entries(source="hj212:")] == [b"##0101", b"\0\xff" * 1000]
    assert [e.position for e in journal.entries(after=positions[0])] == positions[1:]
    entry = journal.read(positions[2])
    assert (entry.source, entry.received) == ("hj212:2", NOW + timedelta(seconds=1))


def test_a_torn_tail_at_any_byte_is_cut_and_the_rest_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    kept = journal.append("a", b"whole", NOW)
    journal.append("b", b"torn", NOW)
    (segment,) = journal.segments()
    content = segment.read_bytes()
    first = HEADER.size + len(b"a") + len(b"whole")
    for size in range(first, len(content)):
        segment.write_bytes(content[:size])
        assert [e.position for e in Journal(tmp_path).entries()] == [kept]
        again = Journal(tmp_path).append("c", b"after", NOW)
        assert [e.source for e in Journal(tmp_path).entries()] == ["a", "c"]
        assert again == kept + first
        assert segment.stat().st_size == first + HEADER.size + 1 + len(b"after")


def test_two_writers_take_turns(tmp_path: Path) -> None:
    one, two = Journal(tmp_path), Journal(tmp_path)
    for number in range(5):
        one.append("one", str(number).encode(), NOW)
        two.append("two", str(number).encode(), NOW)
    assert [e.source for e in one.entries()] == ["one", "two"] * 5


def test_what_the_other_writer_left_is_not_read_again_but_its_torn_tail_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = Journal(tmp_path), Journal(tmp_path)
    for journal in (one, two):  # the first append of each looks at all that is there
        journal.append("s", b"first", NOW)
    looked: list[Path] = []
    whole = Journal._good_end
    monkeypatch.setattr(Journal, "_good_end", lambda self, at: (looked.append(at), whole(self, at))[1])
    for number in range(5):
        one.append("one", str(number).encode(), NOW)
        two.append("two", str(number).encode(), NOW)
    assert looked == []
    (segment,) = one.segments()
    with segment.open("ab") as file:
        file.write(b"BHJ1 torn")  # a third one was killed
    one.append("one", b"after", NOW)
    assert [e.source for e in two.entries()] == ["s", "s", *["one", "two"] * 5, "one"]
    assert len(looked) == 1


def test_segments_roll_and_old_ones_can_be_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEGMENT", 200)
    journal = Journal(tmp_path)
    positions = [journal.append("s", bytes(90), NOW + timedelta(days=i)) for i in range(8)]
    assert len(journal.segments()) == 4
    assert journal.drop_before(NOW + timedelta(days=4), stored=positions[-1]) == 2
    assert [e.position for e in journal.entries()] == positions[4:]
    assert journal.drop_before(NOW + timedelta(days=99), stored=positions[4]) == 0
    assert journal.read(positions[5]).position == positions[5]
    with pytest.raises(JournalDamaged, match="restore"):
        journal.read(positions[0])


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    position = journal.append("a", b"value 12", NOW)
    (segment,) = journal.segments()
    segment.write_bytes(segment.read_bytes().replace(b"12", b"13"))
    with pytest.raises(JournalDamaged):
        journal.read(position)


def test_reading_on_from_any_position_gives_what_lies_beyond(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    positions = journal.append_many([("a" if n % 3 else "b", bytes(n), NOW) for n in range(30)])
    everything = list(journal.entries())
    assert [e.position for e in everything] == positions
    for after in range(positions[-1] + 2):  # positions of entries, and every byte between them
        assert list(journal.entries(after=after)) == [e for e in everything if e.position > after]
