"""What a workbook is made of."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Rows = Sequence[Sequence[Any]]
Written = Callable[..., Path]
