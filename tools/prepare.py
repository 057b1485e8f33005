"""Make the environment in .venv from the lock file. Runs on any Python 3, so that an old one gets a clear word."""

import os
import shutil
import subprocess
import sys

NEEDED_MB = 1500


def stop(message):
    sys.stderr.write("bihuan: " + message + "\n")
    sys.exit(2)


def check_machine():
    if sys.version_info < (3, 11):
        stop(
            "Python 3.11 or newer is needed, this is %d.%d. Install a newer one and run again with "
            "`make PYTHON=python3.11 ...`." % sys.version_info[:2]
        )
    free = shutil.disk_usage(".").free // 2**20
    if free < NEEDED_MB and not os.path.exists(".venv/bin/pip"):
        stop(
            "the disk has %d MB free, the environment needs about %d MB. Free some space and run again."
            % (free, NEEDED_MB)
        )


def make_venv():
    if os.path.exists(".venv/bin/pip"):
        return
    sys.stderr.write("[1/3] making the environment in .venv\n")
    try:
        import venv

        venv.create(".venv", with_pip=True, clear=False)
    except (ImportError, subprocess.CalledProcessError):
        stop("Python's venv module is not complete. On Debian or Ubuntu type: apt-get install python3-venv")


def pip(step, *arguments):
    sys.stderr.write(step + "\n")
    done = subprocess.run(
        [".venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments],
        check=False,
    )
    if done.returncode:
        stop(
            "the packages could not be installed (see above). Is the package index reachable and the disk not full? Run again to go on."
        )


def main(kind):
    check_machine()
    make_venv()
    lock = "requirements.lock" if kind == "run" else "requirements-dev.lock"
    pip("[2/3] installing the locked packages (about a minute)", "--require-hashes", "-r", lock)
    pip("[3/3] installing bihuan", "--no-deps", "-e", ".")


if __name__ == "__main__":
    main(sys.argv[1])
