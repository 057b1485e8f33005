"""What comes again and again is kept, what comes once or twice is not, and there is an end to both."""

from bihuan.feeds.hj212.remembered import Remembered


def test_kept_from_the_third_time_on():
    kept = Remembered(10)
    assert [kept.put("a", n) for n in range(3)] == [False, False, True]
    assert (kept.get("a"), kept.get("b")) == (2, None)


def test_what_comes_once_never_fills_it():
    kept = Remembered(10)
    assert not any(kept.put(n, n) for n in range(100))
    assert len(kept) == 0


def test_it_holds_no_more_than_it_may():
    kept = Remembered(10)
    for n in range(35):
        for _ in range(3):
            kept.put(n, n)
        assert 0 < len(kept) <= 10
        assert kept.get(n) == n
