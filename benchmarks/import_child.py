"""What reading a file apart costs: the same files read in this process and in one of their own.

`python benchmarks/import_child.py [ROWS]` prints seconds for each, the difference and the ratio.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bihuan import apart
from bihuan.feeds.names import linked
from bihuan.pipeline.reading_process import Go, Wanted, read_months, take

ROUNDS = 7


def table(path: Path, rows: int) -> Path:
    """An ambient table of so many rows, a month of hours per station."""
    lines = (f"S{n // 720},2019-10-{n % 720 // 24 + 1:02}T{n % 24:02}:00,{n % 90},0.7" for n in range(rows))
    path.write_text("site,time,PM2.5,CO\n" + "\n".join(lines) + "\n")
    return path


def seconds(act: Callable[[Path], object]) -> float:
    """The median of some rounds, each with a fresh folder."""
    taken = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            act(Path(folder))
            taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    """Print the table."""
    began = time.perf_counter()
    apart.warm()
    for rows in [int(a) for a in sys.argv[1:]] or [1, 20_000, 1_000_000]:
        with tempfile.TemporaryDirectory() as folder:
            path = table(Path(folder) / "hours.csv", rows)
            wanted = Wanted(path.name)

            def child(out: Path, path: Path = path, wanted: Wanted = wanted) -> None:
                link = linked(path, path.name, out)
                apart.run(take, link, wanted, out, file=path.name, hear=lambda *_: Go(None))  # type: ignore[arg-type] # of weather only

            def inside(out: Path, path: Path = path) -> None:
                read_months(path, "ambient", None, out, lambda _: None)

            if began:
                child(Path(tempfile.mkdtemp(dir=folder)))
                sys.stdout.write(
                    f"first file, with the start of the small process: {time.perf_counter() - began:.3f} s\n"
                )
                began = 0.0
            here, there = seconds(inside), seconds(child)
            sys.stdout.write(
                f"{rows:>9} rows: here {here:.3f} s, apart {there:.3f} s, {there - here:+.3f} s, ratio {there / here:.2f}\n"
            )


if __name__ == "__main__":
    main()
