"""The check that packages can be built on this machine, before the stack is created."""

import os
import platform
import shutil

from deploy.account.account import Account
from deploy.account.lines import Line, note, ok, stop
from deploy.packaging.errors import PackageError
from deploy.packaging.interpreter import find_interpreter

SUBJECT = "this machine"
# The Debian packages of the programs that script/package needs.
PROGRAMS = {"gcc": "gcc", "mariadb_config": "libmariadb-dev", "pkg-config": "pkg-config"}


def look_at_machine(account: Account) -> list[Line]:
    kind = f"{platform.system()} on {platform.machine()}"
    if kind != "Linux on x86_64":
        return [
            stop(
                SUBJECT,
                f"it is {kind}",
                "Packages have to be built on Linux on x86_64, like Lambda. Use such a machine, "
                "or a virtual one.",
            )
        ]
    try:
        interpreter = find_interpreter(account.settings["base"]["runtime"])
    except PackageError as error:
        return [stop(SUBJECT, "the Python of the packages is missing", str(error))]
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if not missing:
        return [ok(SUBJECT, f"Linux on x86_64, Python {interpreter.version}, gcc")]
    found = f"missing for the database driver: {', '.join(missing)}"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        return [note(SUBJECT, found, "script/package installs it.")]
    command = f"`sudo apt-get install {' '.join(missing)}`"
    return [stop(SUBJECT, found, f"{command}, or what your system calls it.")]
