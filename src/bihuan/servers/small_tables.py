"""Pages ask many small questions: the engine that polars takes for large tables costs each of them 2 ms before it begins."""

import polars as pl


def expect_small_tables() -> None:
    """Let this process answer queries in memory. Not for jobs that read years of hours."""
    pl.Config.set_engine_affinity("in-memory")
