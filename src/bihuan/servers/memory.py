"""Python's search for reference cycles, made rare where millions of small things come and go without any."""

import gc

NEW_THINGS, YOUNG, OLD = 50_000, 2, 500


def search_cycles_rarely() -> None:
    """Leave out what lives now for good, and look at the rest less often: it costs receiving a sixth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_THINGS, YOUNG, OLD)
