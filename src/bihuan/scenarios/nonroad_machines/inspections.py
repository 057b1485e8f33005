"""The form of a check of a machine, filled in wherever one works."""

from pathlib import Path

from bihuan.kit.inspection.declared import Form

FORM = Form(
    "machine_check",
    "非道路移动机械检查",
    Path(__file__).parent / "forms" / "machine_check.xlsx",
    anytime=True,
)
