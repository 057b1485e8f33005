"""The real entry point, many times over: one process with the command loaded, forked for every run.

A line of stdin is a JSON list of arguments, the answer a JSON object with `code`, `out` and `err`.
"""

import json
import os
import signal
import sys
import tempfile
import traceback

from bihuan import apart, cli

PATIENCE = 20
"""Seconds after which a command counts as hanging and is ended."""


def run_forked(argv: list[str]) -> dict[str, object]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            signal.alarm(PATIENCE)
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            code = 1
            try:
                code = cli.main(argv)
            except SystemExit as error:
                code = error.code if isinstance(error.code, int) else 1
            except BaseException:  # noqa: BLE001 # what Python itself would do
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return {"code": code, "out": texts[0], "err": texts[1]}


def main() -> None:
    apart.warm()  # once for all runs, which share it
    for name in (name for names in cli.TASKS.values() for name in names):
        cli.command_module(name)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run_forked(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
