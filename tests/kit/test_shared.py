"""What is computed once for everybody is never older than its minute, its data or a few seconds, and never another's."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bihuan.kit import shared
from bihuan.kit.shared import ENTRIES, Shared


def test_it_is_made_once_for_all_who_ask_at_the_same_time() -> None:
    store, made = Shared[int](), []

    def make() -> int:
        made.append(threading.get_ident())
        time.sleep(0.05)
        return 7

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: store.get("now", make), range(8))) == [7] * 8
    assert len(made) == 1


def test_another_moment_and_an_old_value_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Shared[str]()
    assert store.get(1, lambda: "a") == "a"
    assert store.get(2, lambda: "b") == "b"
    assert store.get(1, lambda: "c") == "a"
    monkeypatch.setattr(shared, "LONGEST", -1.0)
    assert store.get(1, lambda: "d") == "d"


def test_an_error_is_not_kept_and_only_a_few_values_are() -> None:
    store = Shared[int]()
    with pytest.raises(ZeroDivisionError):
        store.get(0, lambda: 1 // 0)
    for key in range(ENTRIES + 1):
        store.get(key, lambda key=key: key)  # type: ignore[misc]  # the default binds the number
    assert store.get(ENTRIES, lambda: -1) == ENTRIES
    assert store.get(0, lambda: -1) == -1
