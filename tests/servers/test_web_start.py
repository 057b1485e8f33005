"""The web process starts by its command, as the supervisor starts it: nothing has set Django up before."""

import os
import subprocess
import sys
from pathlib import Path


def test_the_module_of_the_web_process_can_be_loaded_first(tmp_path: Path) -> None:
    given = {**os.environ, "BIHUAN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "bihuan.settings"}
    done = subprocess.run(
        [sys.executable, "-c", "import bihuan.servers.web"],
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
