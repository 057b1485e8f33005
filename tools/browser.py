"""See that what the tests take from the system is there: a Chromium, Chinese fonts, a Java for ODK Validate; install it when the system allows it."""

import os
import shutil
import subprocess
import sys

JAVA = "default-jre-headless"
COMMAND = f"apt-get update && apt-get install -y chromium fonts-noto-cjk {JAVA}"


def missing() -> list[str]:
    """Packages that are not there yet."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    fonts = (
        shutil.which("fc-list")
        and b":" in subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout
    )
    there = {"chromium": found, "fonts-noto-cjk": fonts, JAVA: shutil.which("java")}
    return [package for package, is_there in there.items() if not is_there]


def main() -> int:
    """Exit 0 when all is there."""
    wanted = missing()
    if not wanted:
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        sys.stderr.write(f"installing {', '.join(wanted)} for the tests\n")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-q", "update"], env=quiet, stdout=subprocess.DEVNULL, check=False)
        subprocess.run(
            ["apt-get", "-q", "-y", "install", *wanted], env=quiet, stdout=subprocess.DEVNULL, check=False
        )
        wanted = missing()
    if wanted:
        sys.stderr.write(
            f"bihuan: {', '.join(wanted)} missing for the tests. Type this one command:\n  sudo sh -c '{COMMAND}'\n"
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
