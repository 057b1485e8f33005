"""The form of a visit to a works."""

from pathlib import Path

from bihuan.kit.inspection.declared import Form, of_register
from bihuan.scenarios.sewage_works.registers import WORKS

FORM = Form(
    "works_check",
    "污水处理厂现场检查",
    Path(__file__).parent / "forms" / "works_check.xlsx",
    about="sewage_works",
    objects=of_register(WORKS),
)
