"""The how-to is true: what it shows is a register of eight fields in at most 80 lines, and all doors open for it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to-add-a-register.md"
BLOCK = re.compile(r"```python\n# (\w+\.py)\n(.*?)```", re.DOTALL)
SETTINGS = """
from bihuan.settings import *
INSTALLED_APPS = [*INSTALLED_APPS, "gates"]
"""
WALK = """
import json, os, sys
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from bihuan.kit.registers.actions import apply
from bihuan.kit.registers.exchange import keep, plan_of
from bihuan.kit.registers.export import csv_of, excel_of
from bihuan.kit.registers.planning import references_of
from bihuan.kit.registers.template import csv_template, excel_template
from bihuan.kit.registers.undo import undo
from bihuan.kit.registers.writing import Act
from bihuan.registry.changes import Batch
from bihuan.registry.models import Region
from gates.models import Gate
from gates.registers import GATES
call_command("migrate", verbosity=0)
with connection.schema_editor() as editor:
    editor.create_model(Gate)
Region.objects.create(code="140321", name="平定县")
folder = Path(os.environ["BIHUAN_DATA"])
heads = csv_template(GATES).decode("utf-8-sig")
assert excel_template(GATES, references_of(GATES))
row = ["G1", "东门", "平定县", "", "113.6", "37.8", "", "2024-01-01", "", "", "出入口", "2", "3.5", "120", "是", "2024-01-01 08:00", "李", "G2"]
other = ["G2", "西门", "140321", "", "113.61", "37.8", "", "", "", "", "in", "", "", "", "", "", "", ""]
bad = ["G3", "北门", "140321", "", "113.62", "37.8", "", "", "", "", "上", "0", "3.55", "-1", "也许", "昨天", "", "G9"]
(folder / "x.csv").write_text(heads + "\\n".join(",".join(r) for r in (row, other, bad)) + "\\n")
plan = plan_of(GATES, keep(folder / "x.csv"), None)
apply(plan, Act(None, "how-to"))
for name, made in (("y.csv", csv_of), ("y.xlsx", excel_of)):
    (folder / name).write_bytes(made(GATES, Gate.objects.order_by("pk")))
same = [plan_of(GATES, keep(folder / n), None).report().same for n in ("y.csv", "y.xlsx")]
columns = sorted({r.column for r in plan.report().refused})
undone = undo(GATES, Batch.objects.get(), Act(None, "how-to")).report().corrected
print(json.dumps({"new": plan.report().new, "same": same, "refused": columns, "undone": undone, "left": Gate.objects.count()}))
"""


def test_eight_fields_cost_at_most_eighty_lines_and_have_every_door(tmp_path: Path) -> None:
    blocks = dict(BLOCK.findall(HOW_TO.read_text("utf-8")))
    assert set(blocks) == {"models.py", "registers.py"}
    assert sum(len(text.strip().splitlines()) for text in blocks.values()) <= 80
    assert len(re.findall(r"^    \w+ = models\.", blocks["models.py"], re.MULTILINE)) == 8
    package = tmp_path / "gates"
    package.mkdir()
    for name, text in {"__init__.py": "", **blocks}.items():
        (package / name).write_text(text)
    (tmp_path / "toy_settings.py").write_text(SETTINGS)
    data = tmp_path / "data"
    data.mkdir()
    path = os.pathsep.join([str(tmp_path), *sys.path])
    env = {
        **os.environ,
        "PYTHONPATH": path,
        "BIHUAN_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "toy_settings",
    }
    ran = subprocess.run([sys.executable, "-c", WALK], capture_output=True, text=True, env=env, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == {
        "new": 2,
        "same": [2, 2],
        "refused": sorted(
            ["方向*", "车道数", "车道宽度（m）", "日进出限额（辆/d）", "视频留存", "联网时间", "相邻门禁"]
        ),
        "undone": 2,
        "left": 0,
    }
