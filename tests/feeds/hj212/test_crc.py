"""The check value, against annex A of both editions and against the loop that the annex prints."""

from hypothesis import given
from hypothesis import strategies as st

from bihuan.feeds.hj212.crc import crc_text, crc_texts, judge, modbus
from tests.feeds.hj212.packets import EXAMPLE_2017, EXAMPLE_2025, crc_of, modbus_of


def test_worked_examples_of_the_standards():
    assert crc_text(EXAMPLE_2017[6:-6]) == b"1C80"
    assert crc_text(EXAMPLE_2025[6:-6]) == b"2200"


def test_it_is_not_modbus():
    # Computed with the published Modbus algorithm for the same two segments: 0759 and CCF4.
    assert modbus(EXAMPLE_2017[6:-6]) == 0x0759
    assert modbus(EXAMPLE_2025[6:-6]) == 0xCCF4


@given(st.binary(max_size=1300))
def test_fold_equals_the_loop_of_the_annex(segment):
    assert crc_text(segment).decode() == crc_of(segment)


def test_fold_equals_the_loop_at_every_length_and_beyond_the_longest_packet():
    for size in (*range(200), 9_999, 16_384, 16_385):
        segment = bytes(number * 7 % 251 for number in range(size))
        assert crc_text(segment).decode() == crc_of(segment)


@given(st.lists(st.tuples(st.binary(max_size=9), st.binary(min_size=1, max_size=70)), min_size=1, max_size=9))
def test_many_together_equal_the_loop_wherever_they_lie(pieces):
    data, places = b"", []
    for between, segment in pieces:
        data += between + segment
        places.append((len(data) - len(segment), len(data)))
    starts, ends = zip(*places, strict=True)
    assert [value.decode() for value in crc_texts(data, starts, ends)] == [crc_of(s) for _, s in pieces]


@given(st.binary(max_size=300))
def test_modbus_equals_its_loop(segment):
    assert f"{modbus(segment):04X}" == modbus_of(segment)


def test_forms_that_are_taken_and_marked():
    segment = EXAMPLE_2017[6:-6]
    assert judge(segment, b"1C80") == ()
    assert judge(segment, b"1c80") == ("crc_lowercase",)
    assert judge(segment, b"0759") == ("crc_modbus",)
    assert judge(segment, b"5907") == ("crc_modbus_swapped",)
    assert judge(segment, b"1C08") is None
