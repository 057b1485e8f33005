"""Where the table of ambient hours keeps its parts and its log."""

from pathlib import Path


def log_of_folder(root: Path) -> Path:
    return root / "ambient" / "_delta_log"


def log_of(root: Path) -> Path:
    return sorted((root / "ambient" / "_delta_log").glob("*.json"))[-1]


def part_of(root: Path) -> Path:
    return next((root / "ambient").glob("part=*/*/*.parquet"))
